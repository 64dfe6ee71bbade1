"""Tables and SQL of canvases, entries, votes and reviews, and the function that loads a whole canvas."""
