"""Block Kit: what messages and views are made of, within Slack's limits. Pure."""
