"""The names that all parts of the benchmark share."""

TEAM_ID, CHANNEL_ID, BOT_USER_ID = "T0BENCH", "C0BENCH", "U0BOT"
BOT_TOKEN, SIGNING_SECRET = "xoxb-bench", "bench-secret"
MEMBER_COUNT = 200
