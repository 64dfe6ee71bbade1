"""The removal of the app, and the deletion of a workspace's data."""
