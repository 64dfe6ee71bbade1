"""What cards and rankings look like. Pure."""

from collections.abc import Mapping, Sequence

from bot.features.ranking import table
from bot.method.formatting import format_decimals
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.ranking import RankedEntry
from bot.slack.blockkit.builders import (
    MAX_MESSAGE_CHARACTERS,
    Block,
    Message,
    actions_block,
    action_button,
    divider_block,
    header_block,
    build_message,
    context_note,
    pack_sections,
    command_button,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape
from bot.store.model import CanvasInfo

Links = Mapping[int, str]  # entry to the link of its card


def show_boxes(figures: CanvasMetrics) -> tuple[list[Block], list[str]]:
    """Return the six boxes in rank order, and the same in a few words."""
    room = (MAX_MESSAGE_CHARACTERS - 1000) // len(Kind)
    blocks: list[Block] = []
    words: list[str] = []
    for kind in Kind:
        about, box = kind.spec, figures.boxes[kind]
        title = f"{about.icon} *{capitalize(about.plural)}*"
        if not box:
            blocks.append(section_block(f"{title}\n_nothing yet_"))
            words.append(f"{capitalize(about.plural)}: nothing yet")
            continue
        lines = [_short_line(place) for place in box]
        blocks += pack_sections([f"{title} ({len(box)})", *lines], room)
        words.append(f"{capitalize(about.plural)} ({len(box)}): {escape(box[0].entry.text)} …")
    return blocks, words


def _short_line(place: RankedEntry) -> str:
    must_have = " :star:" if place.must_have else ""
    score = format_decimals(place.score) if place.vote_count else "not ranked yet"
    return f"{place.rank}. {escape(place.entry.text)} — {score}{must_have}"


def build_ranking(
    head: CanvasInfo, figures: CanvasMetrics, kinds: Sequence[Kind], member: str, links: Links
) -> Message:
    """The ranking of these boxes, with what this member has not voted on."""
    shown = {kind: figures.boxes[kind] for kind in kinds if figures.boxes[kind]}
    scope = kinds[0] if len(kinds) == 1 else "all"
    unvoted = [place for kind in shown for place in figures.boxes[kind] if member not in place.entry.votes]
    return build_message(
        f"Ranking of {escape(head.title)}. {_left_to_vote(len(unvoted))}.\n{table.describe_ranking(shown)}",
        header_block(f"Ranking: {head.title}"),
        table.build_ranking_table(shown) if shown else section_block("There is nothing to rank yet."),
        divider_block(),
        *pack_sections([f"*{_left_to_vote(len(unvoted))}*", *(_link_line(place, links) for place in unvoted)], 2500),
        context_note(
            "score = (6 + sum of votes) ÷ (2 + number of votes): two imaginary votes of 3 are in it. "
            ":star: must-have, from 4.00. A vote is the team's guess at what the customer finds essential."
        ),
        actions_block(
            action_button("Vote one by one", "walk", f"{head.id}:{scope}", "primary") if unvoted else None,
            *(
                command_button(capitalize(kind.spec.plural), f"rank {kind.spec.singular}", head.id)
                for kind in shown
                if len(shown) > 1
            ),
            command_button("Fit", "fit", head.id),
        ),
    )


def _left_to_vote(number: int) -> str:
    return f"You have not voted on {count_noun(number, 'card')}" if number else "You have voted on every card"


def _link_line(place: RankedEntry, links: Links) -> str:
    text = f"{place.entry.kind.spec.singular}: {escape(place.entry.text)}"
    link = links.get(place.entry.id)
    return f"• {text} <{link}|vote>" if link else f"• {text} (its card is on its way)"
