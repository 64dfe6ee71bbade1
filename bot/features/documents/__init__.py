"""A value map as a document: a Slack canvas in its channel, rewritten with each digest."""
