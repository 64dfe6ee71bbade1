"""Voting rounds: an announcement asks a channel to vote until a deadline, then the result is posted."""
