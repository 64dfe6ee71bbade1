"""Fit reviews, the fit as it is now, and why a figure is what it is."""
