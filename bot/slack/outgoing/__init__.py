"""From the bot to Slack: responses, dialogs and messages."""
