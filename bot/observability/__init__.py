"""Logs, metrics and error reports, never with what people typed, nor with a secret."""
