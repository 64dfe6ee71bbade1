"""`/valuemap discuss`, the buttons and the form of discussions, and the call and result of their votes."""

from bot.features.cards.blocks import DISCUSS_ACTION
from bot.features.discussions import blocks
from bot.features.discussions.forms import REASON_FORM
from bot.features.discussions.listeners import (
    decline_reason,
    open_reason_form,
    open_vote_early,
    run_discuss_command,
    start_discussion,
    submit_reason,
    take_back_discussion,
)
from bot.features.discussions.model import ASK_REASON_JOB
from bot.features.discussions.posting import (
    ask_for_reason,
    posts_discussion_calls,
    posts_discussion_results,
)
from bot.features.discussions.service import process_due_discussions
from bot.features.feature import Feature
from bot.features.rounds.model import RESULT_JOB, ROUND_JOB
from bot.slack.incoming.commands import Command, HelpGroup

FEATURE = Feature(
    commands=(
        Command(
            "discuss",
            "[ENTRY]",
            "asks both sides for a reason in private, then all vote on it again; alone: what divides you",
            run_discuss_command,
            order=55,
            group=HelpGroup.VOTE,
        ),
    ),
    actions={
        DISCUSS_ACTION: start_discussion,
        blocks.REASON_ACTION: open_reason_form,
        blocks.NO_REASON_ACTION: decline_reason,
        blocks.OPEN_VOTE_ACTION: open_vote_early,
        blocks.TAKE_BACK_ACTION: take_back_discussion,
    },
    views={REASON_FORM: submit_reason},
    jobs={ASK_REASON_JOB: ask_for_reason},
    job_wrappers={ROUND_JOB: posts_discussion_calls, RESULT_JOB: posts_discussion_results},
    each_tick=(process_due_discussions,),
)
