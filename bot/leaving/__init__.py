"""A workspace that removes the app, or wants its data deleted: gone means gone."""
