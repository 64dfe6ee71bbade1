"""Everything about Slack that no feature owns: incoming requests, outgoing messages, Block Kit."""
