"""Hypothesis settings: without a deadline, a busy machine does not fail a test."""

from hypothesis import settings

settings.register_profile("method", deadline=None)
settings.load_profile("method")
