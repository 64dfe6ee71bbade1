"""The client side: what a member does at Slack, by ids or by what they read."""
