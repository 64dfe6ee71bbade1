"""The canvases of a channel: which is current, their names, their end, and what a team decided of them."""
