"""Build the ranking, and the six boxes, which other messages contain too. Pure."""

from collections.abc import Collection, Mapping, Sequence

from slack_sdk.models.blocks import ButtonElement

from bot.features.cards.blocks import build_discuss_choice
from bot.features.channels.blocks import describe_missing_card
from bot.features.ranking.table import (
    build_box_table,
    describe_boxes,
    describe_ranking,
    describe_state,
)
from bot.features.votes.blocks import build_vote_button
from bot.features.votes.model import ALL_BOXES, find_voted_ids
from bot.method.evidence import EvidenceStates
from bot.method.formatting import format_rank, format_score
from bot.method.kinds import NEED_KINDS, Kind
from bot.method.metrics import CanvasMetrics
from bot.method.ranking import RankedEntry
from bot.method.summary import describe_sealed
from bot.slack.blockkit.builders import (
    MAX_MESSAGE_CHARACTERS,
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
    take_fitting,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, truncate
from bot.store.model import CanvasInfo
from bot.times.clock import format_moment

CardLinks = Mapping[int, str]  # entry id to the link of its card

MAX_BOXES_CHARACTERS = MAX_MESSAGE_CHARACTERS - 1000  # the rest of the message is its title and its buttons
MAX_UNVOTED_LINKS = 3
MAX_UNVOTED_CHARACTERS = 1000
MAX_UNVOTED_TEXT_CHARACTERS = 700  # of the links in the text for notifications and screen readers
MAX_LINKED_TEXT_CHARACTERS = 80  # of an entry


def build_box_blocks(metrics: CanvasMetrics) -> tuple[list[Block | Enhanced], list[str]]:
    """Return the six boxes, each folded under one line, and a line of text for each box.

    Where Slack cannot fold, the entries of all boxes are seen in rank order.
    """
    boxes = [(kind, metrics.boxes[kind]) for kind in Kind]
    states = metrics.evidence.states
    return [_fold_box(kind, box, metrics, states) for kind, box in boxes], [
        f"{capitalize(kind.spec.plural)} ({len(box)}): {escape(box[0].entry.text)} …"
        if box
        else f"{capitalize(kind.spec.plural)}: nothing yet"
        for kind, box in boxes
    ]


def _fold_box(
    kind: Kind, box: Sequence[RankedEntry], metrics: CanvasMetrics, states: EvidenceStates
) -> Enhanced:
    plural = capitalize(kind.spec.plural)
    if not box:
        plain = section_block(f"{kind.spec.icon} *{plural}*\n_nothing yet_")
        return Enhanced((context_note(f"{kind.spec.icon} {plural}: nothing yet"),), (plain,))
    max_characters = MAX_BOXES_CHARACTERS // len(Kind)
    lines = take_fitting((_describe_rank_briefly(ranked, metrics, states) for ranked in box), max_characters)
    left_out = len(box) - len(lines)
    folded = folded_block(_describe_box(kind, box, metrics), pack_sections(lines, max_characters, left_out))
    title = f"{kind.spec.icon} *{plural}* ({len(box)})"
    plain_blocks = pack_sections([title, *lines], max_characters, left_out)
    return Enhanced(folded.blocks, tuple(plain_blocks))


def _describe_box(kind: Kind, box: Sequence[RankedEntry], metrics: CanvasMetrics) -> str:
    """Return the title of a box: ":dart: Jobs 6 · ★1 · all addressed"; it is plain text."""
    size = f"{kind.spec.icon} {capitalize(kind.spec.plural)} {len(box)}"
    if kind not in NEED_KINDS:
        return size
    counts = metrics.fit.must_haves[kind]
    if not counts.total:
        return f"{size} · no must-have yet"
    is_all = counts.addressed == counts.total
    addressed = "all addressed" if is_all else f"{counts.addressed} of {counts.total} addressed"
    return f"{size} · ★{counts.total} · {addressed}"


def _describe_rank_briefly(ranked: RankedEntry, metrics: CanvasMetrics, states: EvidenceStates) -> str:
    """Return "1. slow — 4.20 :star: · ✓ addressed · _evidenced_"; a need without votes is no gap yet."""
    must_have = " :star:" if ranked.must_have else ""
    need = metrics.needs.get(ranked.entry.id)
    cover = f" · {need.cover.label}" if need and ranked.score is not None else ""
    score = f"{format_score(ranked, format_moment)}{must_have}{cover}{describe_state(ranked, states)}"
    return f"{format_rank(ranked.rank)} {escape(ranked.entry.text)} — {score}"


def build_ranking(
    canvas_info: CanvasInfo,
    metrics: CanvasMetrics,
    kinds: Sequence[Kind],
    user_id: str,
    links: CardLinks,
    sealed_votes: Collection[int] = (),
) -> Message:
    """Build the ranking of the first of these kinds' boxes that has entries, with buttons for the others.

    The text, and the blocks for workspaces without tables, have the boxes of all these kinds.
    `sealed_votes` are the ids of the entries that the member has voted on in a sealed round.
    """
    boxes = {kind: metrics.boxes[kind] for kind in kinds if metrics.boxes[kind]}
    states = metrics.evidence.states
    shown = next(iter(boxes), None)
    voted_ids = find_voted_ids(metrics.canvas.entries, user_id, sealed_votes)
    unvoted = [ranked for box in boxes.values() for ranked in box if ranked.entry.id not in voted_ids]
    sealed = describe_sealed(
        (ranked for box in boxes.values() for ranked in box), format_moment, "card", "cards"
    )
    standing = _count_unvoted(len(unvoted)) if boxes else "There is nothing to rank yet"
    summary = " · ".join(filter(None, [standing, sealed]))
    scope = kinds[0] if len(kinds) == 1 else ALL_BOXES
    vote_button = build_vote_button(canvas_info.id, scope, style="primary") if unvoted else None
    return build_message(
        "\n".join(
            [
                f"Ranking of {escape(canvas_info.title)}. {summary}.",
                describe_ranking(boxes, states),
                *_list_unvoted(canvas_info, unvoted, links),
            ]
        ),
        header_block(f"Ranking: {canvas_info.title}"),
        actions_block(*_build_box_buttons(canvas_info, metrics, shown)),
        Enhanced(build_box_table(shown, boxes[shown], states), tuple(describe_boxes(boxes, states)))
        if shown
        else None,
        section_block(summary, vote_button),
        folded_block(
            "Links to the cards",
            pack_sections(
                [_link_to_card(canvas_info, ranked, links) for ranked in unvoted[:MAX_UNVOTED_LINKS]],
                MAX_UNVOTED_CHARACTERS,
            ),
        )
        if unvoted
        else None,
        context_note(
            "★ must-have: 4.00 or more from three votes, or from all voters if fewer · "
            "↔ divisive: discuss it · few votes pull a score less far from 3"
        ),
        actions_block(
            build_discuss_choice(canvas_info.id, boxes[shown] if shown else ()),
            command_button("Fit", "fit", canvas_info.id),
        ),
    )


def _build_box_buttons(
    canvas_info: CanvasInfo, metrics: CanvasMetrics, shown: Kind | None
) -> list[ButtonElement]:
    """Return a button for each box with entries; that of the box that is shown has a dot.

    Where no other box has entries, there is nothing to choose.
    """
    filled = [kind for kind in Kind if metrics.boxes[kind]]
    if filled in ([], [shown]):
        return []
    return [
        command_button(
            f"{'● ' if kind is shown else ''}{capitalize(kind.spec.plural)}",
            f"rank {kind.spec.singular}",
            canvas_info.id,
        )
        for kind in filled
    ]


def _count_unvoted(number: int) -> str:
    return f"You have not voted on {count_noun(number, 'card')}" if number else "You have voted on every card"


def _list_unvoted(canvas_info: CanvasInfo, unvoted: Sequence[RankedEntry], links: CardLinks) -> list[str]:
    """Return as many lines as the text has room for, and the number of the other entries."""
    described = (_link_to_card(canvas_info, ranked, links) for ranked in unvoted)
    lines = take_fitting(described, MAX_UNVOTED_TEXT_CHARACTERS)
    left_out = len(unvoted) - len(lines)
    return [*lines, *([f"…and {left_out} more"] if left_out else [])]


def _link_to_card(canvas_info: CanvasInfo, ranked: RankedEntry, links: CardLinks) -> str:
    text = escape(truncate(ranked.entry.text, MAX_LINKED_TEXT_CHARACTERS))
    link = links.get(ranked.entry.id)
    target = f"<{link}|vote>" if link else f"({describe_missing_card(canvas_info)})"
    return f"• {ranked.entry.kind.spec.singular}: {text} {target}"
