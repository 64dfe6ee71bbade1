"""Build the ranking, and the six boxes, which other messages contain too. Pure."""

from collections.abc import Mapping, Sequence

from bot.features.channels.blocks import describe_missing_card
from bot.features.ranking.table import build_ranking_table, describe_ranking
from bot.features.votes.blocks import build_vote_button
from bot.features.votes.model import ALL_BOXES
from bot.method.formatting import format_rank, format_score
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.ranking import RankedEntry
from bot.slack.blockkit.builders import (
    MAX_MESSAGE_CHARACTERS,
    Block,
    Message,
    actions_block,
    build_message,
    command_button,
    context_note,
    divider_block,
    header_block,
    pack_sections,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape
from bot.store.model import CanvasInfo

CardLinks = Mapping[int, str]  # entry id to the link of its card

MAX_BOXES_CHARACTERS = MAX_MESSAGE_CHARACTERS - 1000  # the rest of the message is its title and its buttons
MAX_UNVOTED_CHARACTERS = 2500


def build_box_blocks(metrics: CanvasMetrics) -> tuple[list[Block], list[str]]:
    """Return the six boxes in rank order as blocks, and a line of text for each box."""
    max_characters = MAX_BOXES_CHARACTERS // len(Kind)
    blocks: list[Block] = []
    summaries: list[str] = []
    for kind in Kind:
        box, plural = metrics.boxes[kind], capitalize(kind.spec.plural)
        title = f"{kind.spec.icon} *{plural}*"
        if not box:
            blocks.append(section_block(f"{title}\n_nothing yet_"))
            summaries.append(f"{plural}: nothing yet")
            continue
        lines = [_describe_rank_briefly(ranked) for ranked in box]
        blocks += pack_sections([f"{title} ({len(box)})", *lines], max_characters)
        summaries.append(f"{plural} ({len(box)}): {escape(box[0].entry.text)} …")
    return blocks, summaries


def _describe_rank_briefly(ranked: RankedEntry) -> str:
    must_have = " :star:" if ranked.must_have else ""
    return f"{format_rank(ranked.rank)} {escape(ranked.entry.text)} — {format_score(ranked.score)}{must_have}"


def build_ranking(
    canvas_info: CanvasInfo, metrics: CanvasMetrics, kinds: Sequence[Kind], user_id: str, links: CardLinks
) -> Message:
    """Build the ranking of these kinds' boxes, with links to the cards that the user has not voted on."""
    boxes = {kind: metrics.boxes[kind] for kind in kinds if metrics.boxes[kind]}
    scope = kinds[0] if len(kinds) == 1 else ALL_BOXES
    unvoted = [ranked for box in boxes.values() for ranked in box if user_id not in ranked.entry.votes]
    unvoted_summary = _count_unvoted(len(unvoted))
    unvoted_lines = [
        f"*{unvoted_summary}*",
        *(_link_to_card(canvas_info, ranked, links) for ranked in unvoted),
    ]
    kind_buttons = [
        command_button(capitalize(kind.spec.plural), f"rank {kind.spec.singular}", canvas_info.id)
        for kind in boxes
        if len(boxes) > 1
    ]
    return build_message(
        f"Ranking of {escape(canvas_info.title)}. {unvoted_summary}.\n{describe_ranking(boxes)}",
        header_block(f"Ranking: {canvas_info.title}"),
        build_ranking_table(boxes) if boxes else section_block("There is nothing to rank yet."),
        divider_block(),
        *pack_sections(unvoted_lines, MAX_UNVOTED_CHARACTERS),
        context_note(
            "Few votes count less: *Why?* on a card shows how. :star: must-have: 4.00 or more from at least "
            "three votes. A vote is the team's guess at what the customer finds essential."
        ),
        actions_block(
            build_vote_button(canvas_info.id, scope, style="primary") if unvoted else None,
            *kind_buttons,
            command_button("Fit", "fit", canvas_info.id),
        ),
    )


def _count_unvoted(number: int) -> str:
    return f"You have not voted on {count_noun(number, 'card')}" if number else "You have voted on every card"


def _link_to_card(canvas_info: CanvasInfo, ranked: RankedEntry, links: CardLinks) -> str:
    text = f"{ranked.entry.kind.spec.singular}: {escape(ranked.entry.text)}"
    link = links.get(ranked.entry.id)
    return f"• {text} <{link}|vote>" if link else f"• {text} ({describe_missing_card(canvas_info)})"
