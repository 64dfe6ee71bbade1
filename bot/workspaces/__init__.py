"""Workspaces, their members, and what was already done for them."""
