"""Health checks and metrics of a process, for the operator."""
