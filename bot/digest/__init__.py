"""The fit digest: when it comes and what it says."""
