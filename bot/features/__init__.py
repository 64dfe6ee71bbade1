"""What a user can name: one package for each feature."""
