"""From the bot to Slack: answers, dialogs, messages, pages of results and errors."""
