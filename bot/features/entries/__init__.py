"""Entries: add, edit, move, merge, delete and restore them; duplicates and revisions."""
