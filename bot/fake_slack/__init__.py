"""A stand-in Slack in memory. It knows a bot by its URL and secrets alone, and refuses what Slack refuses."""
