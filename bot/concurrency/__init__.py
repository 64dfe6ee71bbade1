"""Tasks on the one event loop: work that goes on in the background, and work that is batched."""
