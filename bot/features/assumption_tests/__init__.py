"""Tests of assumptions: what would show that an entry is right, what was seen, and what the team decides."""
