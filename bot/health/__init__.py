"""Health checks and metrics of a process, for whoever runs it."""
