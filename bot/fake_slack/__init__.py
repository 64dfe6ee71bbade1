"""A stand-in Slack in memory. It knows a bot by its URL and secrets alone, and refuses what Slack refuses.

docs/fake-slack.md says what it plays, what it does not, and what holds it to Slack's documentation.
"""
