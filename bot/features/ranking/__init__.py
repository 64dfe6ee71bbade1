"""The ranking of a canvas as a table and as text."""
