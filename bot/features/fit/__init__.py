"""The fit review, the fit as it is now, and how an entry's metrics come about."""
