"""Block Kit: builders of messages and views within Slack's limits, and their text. Pure."""
