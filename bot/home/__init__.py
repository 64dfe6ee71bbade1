"""The menu and App Home: where things stand, and what waits for this person."""
