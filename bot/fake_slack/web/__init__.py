"""A page that shows the stand-in Slack in a browser."""
