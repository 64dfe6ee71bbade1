"""Exports: a canvas as JSON, CSV, Markdown or a picture, sent as a file."""
