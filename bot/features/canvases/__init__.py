"""Canvases: start, show, switch, rename, archive, restore and delete them, and their settings."""
