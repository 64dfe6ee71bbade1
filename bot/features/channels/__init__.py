"""Channels: which canvas a request means, and who may see and change it."""
