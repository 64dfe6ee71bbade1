"""What was said to the bot and is not answered yet: stored before Slack hears that it came."""
