"""The page that shows the fake Slack in a browser."""
