"""What the bot does at Slack by itself: intended with the state that it tells of, done at Slack's pace."""
