"""Incoming requests: verify, validate, parse, limit and route them to the handler of a feature."""
