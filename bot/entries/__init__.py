"""Changing an entry that is there: edit, move, merge, delete and undo, and what its thread shows of it."""
