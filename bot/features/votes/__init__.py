"""Votes: number reactions on cards as they arrive, and read back from Slack."""
