"""Outgoing calls: deliver answers, build dialogs, send messages, and read paged results."""
