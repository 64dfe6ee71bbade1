"""Votes: number reactions on cards, recorded from events and read back from Slack."""
