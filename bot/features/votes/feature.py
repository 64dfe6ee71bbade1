"""Votes: number reactions, which are also read back from Slack, and the voting dialog."""

from bot.features.cards.blocks import ENTRY_MENU
from bot.features.feature import Feature
from bot.features.votes.blocks import CAST_ACTION, UNDO_ACTION, VOTE_ACTION
from bot.features.votes.listeners import (
    cast_vote,
    handle_reaction,
    open_voting_dialog,
    undo_vote,
    vote_on_entry,
)
from bot.features.votes.model import READ_ROUND_VOTES_JOB, READ_VOTES_JOB, SEAL_NOTICE_JOB
from bot.features.votes.service import read_back_votes, send_seal_notice

FEATURE = Feature(
    menus={ENTRY_MENU: {"vote": vote_on_entry}},
    actions={VOTE_ACTION: open_voting_dialog, CAST_ACTION: cast_vote, UNDO_ACTION: undo_vote},
    events={"reaction_added": handle_reaction, "reaction_removed": handle_reaction},
    jobs={
        READ_ROUND_VOTES_JOB: read_back_votes,
        READ_VOTES_JOB: read_back_votes,
        SEAL_NOTICE_JOB: send_seal_notice,
    },
)
