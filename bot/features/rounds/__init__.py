"""Voting rounds: a channel is called to vote until a deadline, and told the result."""
