"""TODO: say what this module is."""

from collections import Counter
from collections.abc import Mapping

from slack_sdk.models.blocks import OverflowMenuElement

from bot.method.formatting import format_decimals
from bot.method.ranking import RankedEntry
from bot.method.votes import NUMBER_REACTIONS
from bot.slack.blockkit.builders import (
    Message,
    actions_block,
    action_button,
    build_message,
    context_note,
    overflow_menu,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, format_link
from bot.store.model import Card


def build_card(shown: Card, names: Mapping[str, str], place: RankedEntry, heir: str = "") -> Message:
    """An entry's card; `heir` is the text of the entry that it was merged into."""
    entry, about = shown.entry, shown.entry.kind.spec
    text = escape(entry.text)
    if shown.deleted_by_id is not None:
        who = escape(names.get(shown.deleted_by_id, "somebody"))
        says = f"Deleted by {who}: {about.singular} “{text}”"
        if heir:
            says = (
                f"{capitalize(about.singular)} “{text}” was merged into “{escape(heir)}” by {who}, with its votes"
            )
        return build_message(says, context_note(says), actions_block(action_button("Undo", "undo", str(entry.id))))
    title = f"{about.icon} *{capitalize(about.singular)}*"
    if entry.category:
        title += f" · {escape(entry.category)}"
    source = f" from {format_link(shown.source_link, 'a message')}" if shown.source_link else ""
    source = ", from a file" if shown.is_imported else source
    author = f"by {escape(names.get(entry.author_id, 'somebody'))}"
    figures = f"{author} · {describe_votes(place)}"
    return build_message(
        f"{capitalize(about.singular)}: {text} ({figures})",
        section_block(f"{title}\n{text}"),
        context_note(f"{author}{source} · {describe_votes(place)} · :one: {about.scale_bottom} … :five: {about.scale_top}"),
        actions_block(
            action_button("Why?", "why", str(entry.id)),
            build_entry_menu(entry.id),
        ),
    )


def build_entry_menu(entry: int) -> OverflowMenuElement:
    """What can be done with an entry."""
    return overflow_menu(
        "entry",
        [
            ("Edit or move to another kind", f"edit:{entry}"),
            ("Merge into another", f"merge:{entry}"),
            ("Delete", f"delete:{entry}"),
        ],
    )


def describe_votes(place: RankedEntry) -> str:
    """Return "score 4.00, 3 votes (:five: 2, :four: 1)"."""
    if not place.vote_count:
        return f"score {format_decimals(place.score)}, not ranked yet"
    by_level = Counter(place.entry.votes.values())
    levels = ", ".join(
        f":{NUMBER_REACTIONS[level - 1]}: {by_level[level]}" for level in sorted(by_level, reverse=True)
    )
    divided = " · :left_right_arrow: the team is divided" if place.divisive else ""
    return f"score {format_decimals(place.score)}, {count_noun(place.vote_count, 'vote')} ({levels}){divided}"
