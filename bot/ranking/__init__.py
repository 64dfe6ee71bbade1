"""Votes by reaction, and the rankings that follow from them."""
