"""The benchmark: `python -m tests.bench` measures the bot beside what anyone else would run."""
