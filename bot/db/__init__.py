"""The database: engines, transactions, isolation of workspaces, and migrations."""
