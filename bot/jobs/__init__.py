"""The job queue: what the bot does at Slack by itself, each job once, at Slack's pace."""
