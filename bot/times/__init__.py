"""Read the days, times, zones and periods that people type, and format instants for Slack. Pure."""
