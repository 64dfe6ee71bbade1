"""Entries from a file or from pasted text."""
