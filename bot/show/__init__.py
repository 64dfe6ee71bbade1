"""The canvas as it is, or as it was on an earlier day."""
