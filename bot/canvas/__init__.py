"""Canvases and their entries: starting, adding, editing, moving, deleting with undo."""
