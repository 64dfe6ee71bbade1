"""Slack: incoming requests, outgoing messages and Block Kit, as all features share them."""
