"""The canvas as a file."""
