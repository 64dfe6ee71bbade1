"""Canvases: start, show, switch, rename, archive, delete, settings, and a past day."""
