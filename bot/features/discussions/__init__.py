"""Discussions of one entry: reasons from both sides in private, then a sealed vote on it."""
