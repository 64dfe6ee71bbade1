"""A workspace removes the app, or wants its data deleted."""
