"""What the result of a voting round looks like. Pure."""

from collections.abc import Sequence

from bot.features.fit.next_step import build_next_step
from bot.features.ranking.table import build_box_table
from bot.features.rounds.model import RoundFacts
from bot.features.rounds.outcome import RankMove, RoundOutcome, restore_ranking
from bot.method.formatting import format_rank, format_score
from bot.method.kinds import Kind
from bot.method.next_step import find_next_step
from bot.method.ranking import RankedEntry
from bot.slack.blockkit.builders import (
    Block,
    Enhanced,
    Message,
    actions_block,
    build_message,
    command_button,
    context_note,
    header_block,
    pack_sections,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, truncate

MAX_TOP_ENTRIES = 5  # of a box that is voted on alone
MAX_TOP_ENTRIES_OF_ALL = 3  # of each box in a vote on all boxes
MAX_GROUP_LINES = 5
MAX_TEXT_CHARACTERS = 120  # of an entry
MAX_TOP_CHARACTERS = 1000
MAX_TABLE_CHARACTERS = 2500
MAX_GROUP_CHARACTERS = 1200


def build_result(facts: RoundFacts, outcome: RoundOutcome) -> Message:
    """Return the result of a round: the top of each box, and what has changed since the round opened."""
    round_, canvas_info = facts.round, facts.canvas_info
    early_note = f" {escape(facts.starter_name)} closed the vote early." if round_.closed_by_id else ""
    turnout = f"*{facts.describe_turnout('took part', 'took part')}.*{early_note}"
    tops = [block for kind in round_.kinds if facts.metrics.boxes[kind] for block in _build_top(facts, kind)]
    groups = [(title, lines) for title, lines in _list_changes(outcome) if lines]
    text_lines = [
        f"Result of the vote on {round_.box_name}: {escape(canvas_info.title)}. {turnout}",
        *(f"{title}: {', '.join(line.removeprefix('• ') for line in lines)}" for title, lines in groups),
    ]
    late_note = (
        f"Planned for {round_.deadline_text}; late because I was not running." if round_.closed_late else ""
    )
    unchanged_note = "All ranks are as they were when the vote opened." if outcome.has_same_ranks else ""
    return build_message(
        "\n".join(text_lines),
        header_block(f"Result of the vote: {round_.box_name}"),
        context_note(late_note) if late_note else None,
        section_block(f"*{escape(canvas_info.title)}*\n{turnout}"),
        *tops,
        *(block for title, lines in groups for block in _build_group(title, lines)),
        None if tops else section_block("There is nothing left to rank."),
        context_note(unchanged_note) if unchanged_note else None,
        *build_next_step(canvas_info, find_next_step(facts.metrics)),
        actions_block(
            command_button("Ranking", round_.rank_command, canvas_info.id),
            command_button("Review", "review", canvas_info.id),
            command_button("Fit", "fit", canvas_info.id),
        ),
    )


def _build_top(facts: RoundFacts, kind: Kind) -> Sequence[Block | Enhanced]:
    """Return the top of a box's ranking; as a table with pages if the round is on this box alone."""
    box, round_ = facts.metrics.boxes[kind], facts.round
    title = f"{kind.spec.icon} *{capitalize(kind.spec.plural)}*"
    if not any(ranked.vote_count for ranked in box):
        return pack_sections([title, "_nobody has voted on them yet_"], MAX_TOP_CHARACTERS)
    shown = box[: MAX_TOP_ENTRIES if round_.kind else MAX_TOP_ENTRIES_OF_ALL]
    hidden = len(box) - len(shown)
    more = [f"_…and {hidden} more_"] if hidden else []
    sections = pack_sections([title, *map(_describe_rank, shown), *more], MAX_TOP_CHARACTERS)
    if not round_.kind:
        return sections
    ranks_before = {
        entry_id: opening_rank.rank
        for entry_id, opening_rank in restore_ranking(round_.opening_ranking).items()
        if opening_rank.rank is not None
    }
    table = build_box_table(
        kind, box, MAX_TABLE_CHARACTERS, round_.rank_command, MAX_TOP_ENTRIES, ranks_before
    )
    return [Enhanced(table, tuple(sections))]


def _describe_rank(ranked: RankedEntry) -> str:
    name = f"{format_rank(ranked.rank)} {escape(truncate(ranked.entry.text, MAX_TEXT_CHARACTERS))}"
    if ranked.score is None:
        return f"{name} — {format_score(ranked.score)}"
    must_have = " :star:" if ranked.must_have else ""
    votes = count_noun(ranked.vote_count, "vote")
    return f"{name} — *{format_score(ranked.score)}*{must_have}, {votes}"


def _list_changes(outcome: RoundOutcome) -> list[tuple[str, list[str]]]:
    """Return a title and lines for each kind of change; a kind without changes has no lines."""
    return [
        (":arrow_up: Rose", [_describe_move(move) for move in outcome.rose]),
        (":arrow_down: Fell", [_describe_move(move) for move in outcome.fell]),
        (":star: New must-haves", _quote_all(outcome.new_must_haves)),
        ("No must-have any more", [f"• {_quote(*lost)}" for lost in outcome.lost_must_haves]),
        (":left_right_arrow: Divides the team: talk about it", _quote_all(outcome.divisive)),
        ("Added during the vote", _quote_all(outcome.added)),
        ("Deleted or moved during the vote", [f"• {_quote(*removed)}" for removed in outcome.removed]),
    ]


def _build_group(title: str, lines: Sequence[str]) -> list[Block]:
    hidden = len(lines) - MAX_GROUP_LINES
    more = [f"_…and {hidden} more_"] if hidden > 0 else []
    return pack_sections([f"*{title}*", *lines[:MAX_GROUP_LINES], *more], MAX_GROUP_CHARACTERS)


def _describe_move(move: RankMove) -> str:
    entry = move.ranked.entry
    return f"• {_quote(entry.kind, entry.text)}: {move.rank_before} → {move.rank}"


def _quote_all(ranked_entries: Sequence[RankedEntry]) -> list[str]:
    return [f"• {_quote(ranked.entry.kind, ranked.entry.text)}" for ranked in ranked_entries]


def _quote(kind: Kind, text: str) -> str:
    return f"{kind.spec.singular} “{escape(truncate(text, MAX_TEXT_CHARACTERS))}”"
