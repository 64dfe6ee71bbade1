"""The job queue: what the bot does at Slack by itself, each job once and within the rate limits of Slack."""
