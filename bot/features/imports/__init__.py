"""Imports: entries from a file or from pasted text, previewed before anything is added."""
