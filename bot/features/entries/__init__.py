"""Entries: add, edit, move, merge, delete and undo."""
