"""The menu and App Home: where the canvases stand, and what waits for a member."""
