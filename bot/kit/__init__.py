"""Slack and text, without knowing any room."""
