"""The demo: the real bot on a stand-in Slack in the browser, with an example and a place to begin."""
