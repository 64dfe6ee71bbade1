"""Tasks on the one event loop: work in the background, work in batches, calls that are shared, and stopping."""
