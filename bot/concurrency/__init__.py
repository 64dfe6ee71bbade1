"""Tasks on the event loop: background work, batches, shared calls, and the time left to stop."""
