"""Cards: one message for each entry, which members react to with numbers."""
