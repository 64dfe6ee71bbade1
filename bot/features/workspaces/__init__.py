"""Workspaces and their members: who is who, who is where, installation and data deletion."""
