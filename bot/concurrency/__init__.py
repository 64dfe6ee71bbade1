"""Tasks on the event loop: background tasks, batches, shared calls and the shutdown budget."""
