"""The names that all parts of the benchmark share."""

TEAM, CHANNEL, BOT_USER = "T0BENCH", "C0BENCH", "U0BOT"
TOKEN, SECRET = "xoxb-bench", "bench-secret"
MEMBERS = 200
