"""The fit review, the current fit, and explanations of an entry's metrics."""
