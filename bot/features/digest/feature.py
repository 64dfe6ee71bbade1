"""Digests: `/valuemap digest`, the schedule, and the jobs that post a digest."""

from bot.features.digest import schedule_blocks as blocks
from bot.features.digest.listeners import change_frequency, run_digest_command, submit_schedule_form
from bot.features.digest.model import DIGEST_JOB, PICTURE_JOB
from bot.features.digest.posting import post_digest, post_picture
from bot.features.digest.service import enqueue_due_digests, reschedule_digests
from bot.features.feature import Feature
from bot.slack.incoming.commands import Command, HelpGroup

FEATURE = Feature(
    commands=(
        Command(
            "digest",
            "[now | on | off | weekly mon 09:00]",
            "the fit digest and when it comes; also daily, weekdays, monthly",
            run_digest_command,
            order=90,
            group=HelpGroup.FIT,
        ),
    ),
    actions={blocks.FREQUENCY_BLOCK_ID: change_frequency},
    views={blocks.SCHEDULE_CALLBACK_ID: submit_schedule_form},
    jobs={DIGEST_JOB: post_digest, PICTURE_JOB: post_picture},
    at_start=(reschedule_digests,),
    each_tick=(enqueue_due_digests,),
)
