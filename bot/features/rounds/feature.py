"""Voting rounds: `/valuemap vote`, the button that closes a round, and the jobs of a round."""

from bot.features.cards.model import CARD_JOB, MEMBER_JOB
from bot.features.feature import Feature
from bot.features.rounds import blocks
from bot.features.rounds.listeners import (
    cast_sealed_vote,
    close_round,
    refresh_voter_counts,
    run_vote_command,
    take_back_round,
)
from bot.features.rounds.model import REMINDER_JOB, REMINDERS_JOB, RESULT_JOB, ROUND_JOB
from bot.features.rounds.posting import enqueue_reminders, post_announcement, post_result, send_reminder
from bot.features.rounds.service import enqueue_vote_reading, process_due_rounds, refreshes_rounds
from bot.features.votes.blocks import SEALED_CAST_ACTION
from bot.slack.incoming.commands import Command, HelpGroup

FEATURE = Feature(
    commands=(
        Command(
            "vote",
            "[KIND] [sealed] [until WHEN]",
            "calls the channel to vote, reminds once, posts the result; sealed: in private",
            run_vote_command,
            order=50,
            group=HelpGroup.VOTE,
        ),
    ),
    actions={
        SEALED_CAST_ACTION: cast_sealed_vote,
        blocks.CLOSE_ACTION_ID: close_round,
        blocks.TAKE_BACK_ACTION_ID: take_back_round,
    },
    events={"member_joined_channel": refresh_voter_counts, "member_left_channel": refresh_voter_counts},
    jobs={
        ROUND_JOB: post_announcement,
        REMINDERS_JOB: enqueue_reminders,
        REMINDER_JOB: send_reminder,
        RESULT_JOB: post_result,
    },
    job_wrappers={CARD_JOB: refreshes_rounds, MEMBER_JOB: refreshes_rounds},
    each_tick=(process_due_rounds,),
    each_sweep=(enqueue_vote_reading,),
)
