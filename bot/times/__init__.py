"""Days, times, zones and periods: read as people type them, shown as Slack shows them. Pure."""
