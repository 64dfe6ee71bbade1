"""The Slack conversation, without knowing any feature."""
