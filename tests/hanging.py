"""How long a test waits for what must happen, before it fails instead of hanging."""

# Starting a process takes half a second on an idle machine, and more than twenty on one that is busy.
HANG_TIMEOUT_SECONDS = 120
