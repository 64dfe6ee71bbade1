"""Block Kit as HTML: pure functions from what the app sent to what a browser shows."""
