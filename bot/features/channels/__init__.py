"""Channels: resolve the canvas of a request, and check who may see and change it."""
