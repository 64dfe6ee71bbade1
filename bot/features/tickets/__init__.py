"""Tickets: a new one in the team's tracker with title and text filled in, and its link on the card."""
