"""Voting rounds: calling a channel to vote until a deadline, and telling what came of it."""
