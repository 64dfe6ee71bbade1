"""The job queue: what the bot does at Slack in the background, once and within Slack's rate limits."""
