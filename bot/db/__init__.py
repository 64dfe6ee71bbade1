"""The database: engines, transactions, workspaces kept apart, and the schema's migrations."""
