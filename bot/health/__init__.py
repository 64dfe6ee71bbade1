"""What others ask of a process: whether it lives, whether it can work, and its metrics."""
