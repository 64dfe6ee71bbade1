"""Cards: one message for each entry, on which members vote with number reactions."""
