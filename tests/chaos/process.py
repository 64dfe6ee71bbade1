"""One process of the bot as `python -m bot` runs it, but fast: minutes are seconds."""

import asyncio
import logging
import os
from datetime import timedelta

from bot import cli
from bot.settings import read_settings
from bot.timing import Timing

FAST_TIMING = Timing(
    tick_interval=timedelta(seconds=0.25),
    sweep_interval=timedelta(seconds=1),
    job_lease=timedelta(seconds=6),
    call_timeout=timedelta(seconds=2),
    uncertain_period=timedelta(seconds=3),
    channel_post_interval=timedelta(seconds=0.05),
    first_retry_delay=timedelta(seconds=0.2),
    max_retry_delay=timedelta(seconds=3),
    card_read_interval=timedelta(seconds=8),
    active_read_interval=timedelta(seconds=8),
)


def run_fast(verb: str) -> int:
    """Run until a signal, and return the exit code."""
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "WARNING"))
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    verbs = {"run": cli.run_all, "web": cli.run_web, "worker": cli.run_worker}
    return asyncio.run(verbs[verb](read_settings(), FAST_TIMING))
