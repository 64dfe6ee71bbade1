"""Logs, metrics and error reports, without secrets and without what people typed."""
