"""Real processes, killed at random, on real databases that break, at a Slack that fails."""
