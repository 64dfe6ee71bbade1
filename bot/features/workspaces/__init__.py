"""Workspaces and their members, installation of the app, and data deletion."""
