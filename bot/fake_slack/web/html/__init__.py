"""Render Block Kit, mrkdwn and Markdown as HTML, from what a bot sent to what a browser shows."""
