"""Block Kit: messages, views and forms, within Slack's limits. Pure."""
