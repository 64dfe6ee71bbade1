"""A value map as a document: a Slack canvas in its channel, written anew with each digest."""
