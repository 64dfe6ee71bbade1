"""The demo: the real bot and a fake Slack in the browser, with a worked-out example and an empty channel."""
