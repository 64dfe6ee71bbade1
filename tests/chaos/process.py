"""One process of the bot as `python -m bot` runs it, but in a hurry: minutes are seconds."""

import asyncio
import logging
import os
import sys
from datetime import timedelta

from bot import cli
from bot.settings import read_settings
from bot.timing import Pace

HURRY = Pace(
    tick=timedelta(seconds=0.25),
    sweep=timedelta(seconds=1),
    lease=timedelta(seconds=6),
    call=timedelta(seconds=2),
    lag=timedelta(seconds=3),
    between_posts=timedelta(seconds=0.05),
    first_pause=timedelta(seconds=0.2),
    longest_pause=timedelta(seconds=3),
    read_back=timedelta(seconds=8),
)

if __name__ == "__main__":
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "WARNING"))
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    verbs = {"run": cli.run, "web": cli.web, "worker": cli.worker}
    sys.exit(asyncio.run(verbs[sys.argv[1]](read_settings(os.environ), HURRY)))
