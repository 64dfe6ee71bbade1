"""What the result of a voting round looks like. Pure."""

from collections.abc import Sequence

from bot.features.cards.blocks import build_discuss_choice
from bot.features.fit.next_step import build_next_step, format_next_step
from bot.features.rounds.chart import build_spread_chart
from bot.features.rounds.model import Round, RoundFacts
from bot.features.rounds.outcome import RankMove, RoundOutcome, restore_ranking
from bot.method.formatting import format_decimals, format_levels, format_rank, format_score
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
    folded_block,
    header_block,
    pack_sections,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, join_titles, join_words, truncate
from bot.times.clock import format_moment

DIVISIVE_GROUP = ":left_right_arrow: Divides the team, discuss it"
NamedEntry = tuple[Kind, str]  # kind and text: some of the entries are deleted

MAX_TOP_ENTRIES = 10  # of a box that is voted on alone
MAX_TOP_ENTRIES_OF_ALL = 3  # of each box in a vote on all boxes
MAX_NAMED_ENTRIES = 3  # in a line that is seen
MAX_GROUP_LINES = 5  # of a folded group
MAX_TITLE_CHARACTERS = 100  # of the canvas
MAX_NAME_CHARACTERS = 60  # of an entry in a line that is seen
MAX_TEXT_CHARACTERS = 100  # of an entry in a folded line, and in the text
MAX_RANKING_CHARACTERS = 4000
MAX_MOVES_CHARACTERS = 3000


def build_result(facts: RoundFacts, outcome: RoundOutcome) -> Message:
    """Return the result of a round: who took part, must-haves won and lost, what divides, the next step.

    The ranking and what moved in it are folded.
    """
    round_, canvas_info = facts.round, facts.canvas_info
    turnout = facts.describe_turnout("took part", "took part")
    notes, next_step = _list_notes(facts, outcome), find_next_step(facts.metrics)
    findings, moves = _list_findings(outcome), _list_moves(outcome)
    title = escape(truncate(canvas_info.title, MAX_TITLE_CHARACTERS))
    text_lines = [
        f"Vote closed · {turnout}: {round_.box_name} of {escape(canvas_info.title)}.",
        *(f"{group}: {', '.join(_quote_all(entries))}" for group, entries in findings),
        f"Next: {format_next_step(next_step)}",
        *notes,
        *(f"{group}: {', '.join(lines)}" for group, lines in moves),
    ]
    return build_message(
        "\n".join(text_lines),
        header_block(f"Vote closed · {turnout}"),
        context_note(" · ".join([f"{title} · {round_.box_name}", *notes])),
        *(
            section_block(
                f"*{group}:* {_name_some(entries)}",
                build_discuss_choice(canvas_info.id, outcome.divisive) if group == DIVISIVE_GROUP else None,
            )
            for group, entries in findings
        ),
        *build_next_step(canvas_info, next_step),
        build_spread_chart(_list_shown(facts)) if round_.is_sealed else None,
        _fold_ranking(facts, moves),
        actions_block(
            command_button("Ranking", round_.rank_command, canvas_info.id),
            command_button("Review", "review", canvas_info.id),
            command_button("Fit", "fit", canvas_info.id),
        ),
    )


def _list_notes(facts: RoundFacts, outcome: RoundOutcome) -> list[str]:
    """Return how the vote ended, if not as planned, and whether nothing changed, a clause each."""
    round_ = facts.round
    has_entries = any(facts.metrics.boxes[kind] for kind in round_.kinds)
    return [
        *([f"{escape(facts.starter_name)} ended the vote early."] if round_.closed_by_id else []),
        *([f"Planned for {round_.deadline_text}, sent late."] if round_.closed_late else []),
        *(["No rank changed."] if outcome.has_same_ranks else []),
        *(
            ["Who cast no vote keeps an earlier one, or the number on the card."]
            if _has_older_votes(facts)
            else []
        ),
        *([] if has_entries else ["There is nothing left to rank."]),
    ]


def _has_older_votes(facts: RoundFacts) -> bool:
    """Return whether members voted on an entry of a sealed round before it, and not in it."""
    turnout = facts.sealed_turnout
    return turnout is not None and any(
        entry.id not in turnout.get(user_id, ()) for entry in facts.entries for user_id in entry.votes
    )


def _list_findings(outcome: RoundOutcome) -> list[tuple[str, Sequence[NamedEntry]]]:
    """Return what the team has to know: a title and entries each; a finding without entries is left out."""
    findings = [
        (":star: New must-haves", _name_all(outcome.new_must_haves)),
        ("☆ No must-have any more", outcome.lost_must_haves),
        (DIVISIVE_GROUP, _name_all(outcome.divisive)),
    ]
    return [(title, entries) for title, entries in findings if entries]


def _list_moves(outcome: RoundOutcome) -> list[tuple[str, list[str]]]:
    """Return what moved in the ranking: a title and a line for each entry."""
    moves = [
        (":arrow_up: Rose", [_describe_move(move) for move in outcome.rose]),
        (":arrow_down: Fell", [_describe_move(move) for move in outcome.fell]),
        ("Added during the vote", _quote_all(_name_all(outcome.added))),
        ("Deleted or moved during the vote", _quote_all(outcome.removed)),
    ]
    return [(title, lines) for title, lines in moves if lines]


def _name_some(entries: Sequence[NamedEntry]) -> str:
    hidden = len(entries) - MAX_NAMED_ENTRIES
    more = [f"{hidden} more"] if hidden > 0 else []
    return join_words([*_quote_all(entries[:MAX_NAMED_ENTRIES], MAX_NAME_CHARACTERS), *more])


def _fold_ranking(facts: RoundFacts, moves: Sequence[tuple[str, Sequence[str]]]) -> Enhanced | None:
    """Return the top of each box and what moved, folded; None if there is neither."""
    ranking = [
        line for kind in facts.round.kinds if facts.metrics.boxes[kind] for line in _list_top(facts, kind)
    ]
    moved = [
        line
        for title, lines in moves
        for line in (
            f"*{title}*",
            *(f"• {each}" for each in lines[:MAX_GROUP_LINES]),
            *([f"_…and {len(lines) - MAX_GROUP_LINES} more_"] if len(lines) > MAX_GROUP_LINES else []),
        )
    ]
    blocks: list[Block] = [
        *pack_sections(ranking, MAX_RANKING_CHARACTERS),
        *pack_sections(moved, MAX_MOVES_CHARACTERS),
    ]
    titles = [*(["Ranking"] if ranking else []), *(["What changed"] if moved else [])]
    return folded_block(join_titles(titles), blocks) if blocks else None


def _list_top(facts: RoundFacts, kind: Kind) -> list[str]:
    """Return the first lines of a box's ranking, with its title and the number of the others."""
    box, round_ = facts.metrics.boxes[kind], facts.round
    title = f"{kind.spec.icon} *{capitalize(kind.spec.plural)}*"
    if not any(ranked.vote_count for ranked in box):
        return [title, "_nobody has voted on them yet_"]
    shown = _select_top(facts, kind)
    hidden = len(box) - len(shown)
    ranks_before = _restore_ranks(round_) if round_.kind else {}
    return [
        title,
        *(
            _describe_rank(ranked, ranks_before.get(ranked.entry.id))
            + (_describe_spread(ranked) if round_.is_sealed else "")
            for ranked in shown
        ),
        *([f"_…and {hidden} more_"] if hidden else []),
    ]


def _select_top(facts: RoundFacts, kind: Kind) -> Sequence[RankedEntry]:
    return facts.metrics.boxes[kind][: MAX_TOP_ENTRIES if facts.round.kind else MAX_TOP_ENTRIES_OF_ALL]


def _list_shown(facts: RoundFacts) -> list[RankedEntry]:
    """Return the entries with votes of which the folded ranking has a line."""
    return [ranked for kind in facts.round.kinds for ranked in _select_top(facts, kind) if ranked.vote_count]


def _describe_spread(ranked: RankedEntry) -> str:
    """Return " · three 5s, two 1s, agreement 0.29"; "" without votes."""
    if not ranked.vote_count:
        return ""
    agreement = "" if ranked.agreement is None else f", agreement {format_decimals(ranked.agreement)}"
    return f" · {format_levels(ranked.entry.votes.values())}{agreement}"


def _restore_ranks(round_: Round) -> dict[int, int]:
    """Return the ranks at the opening by entry id; an entry that nobody had voted on has none."""
    return {
        entry_id: opening_rank.rank
        for entry_id, opening_rank in restore_ranking(round_.opening_ranking).items()
        if opening_rank.rank is not None
    }


def _describe_rank(ranked: RankedEntry, rank_before: int | None) -> str:
    name = f"{format_rank(ranked.rank)} {escape(truncate(ranked.entry.text, MAX_TEXT_CHARACTERS))}"
    score = format_score(ranked, format_moment)
    if ranked.score is None:
        return f"{name} — {score}"
    must_have = " :star:" if ranked.must_have else ""
    before = f", was {rank_before}" if rank_before else ""
    return f"{name} — *{score}*{must_have}, {count_noun(ranked.vote_count, 'vote')}{before}"


def _describe_move(move: RankMove) -> str:
    (name,) = _quote_all(_name_all([move.ranked]))
    return f"{name}: {move.rank_before} → {move.rank}"


def _name_all(ranked_entries: Sequence[RankedEntry]) -> list[NamedEntry]:
    return [(ranked.entry.kind, ranked.entry.text) for ranked in ranked_entries]


def _quote_all(entries: Sequence[NamedEntry], length: int = MAX_TEXT_CHARACTERS) -> list[str]:
    return [f"{kind.spec.singular} “{escape(truncate(text, length))}”" for kind, text in entries]
