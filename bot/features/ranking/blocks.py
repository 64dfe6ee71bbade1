"""What cards and rankings look like. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import OverflowMenuElement
from slack_sdk.models.blocks.block_elements import InteractiveElement

from bot.features.ranking import table
from bot.method.formatting import decimals
from bot.method.kinds import ABOUT, Kind
from bot.method.metrics import Figures
from bot.method.ranking import Ranked
from bot.method.votes import REACTIONS
from bot.slack.blockkit.builders import (
    MESSAGE,
    Block,
    Message,
    actions,
    button,
    divider,
    header,
    message,
    note,
    overflow,
    packed,
    run,
    section,
)
from bot.slack.blockkit.text import capital, count, esc, linked
from bot.store.model import CanvasInfo, Card

Links = Mapping[int, str]  # entry to the link of its card


def card(shown: Card, names: Mapping[str, str], place: Ranked, heir: str = "") -> Message:
    """An entry's card; `heir` is the text of the entry that it was merged into."""
    entry, about = shown.entry, ABOUT[shown.entry.kind]
    text = esc(entry.text)
    if shown.deleted_by is not None:
        who = esc(names.get(shown.deleted_by, "somebody"))
        says = f"Deleted by {who}: {about.word} “{text}”"
        if heir:
            says = f"{capital(about.word)} “{text}” was merged into “{esc(heir)}” by {who}, with its votes"
        return message(says, note(says), actions(button("Undo", "undo", str(entry.id))))
    title = f"{about.icon} *{capital(about.word)}*"
    if entry.category:
        title += f" · {esc(entry.category)}"
    source = f" from {linked(shown.source, 'a message')}" if shown.source else ""
    source = ", from a file" if shown.imported else source
    author = f"by {esc(names.get(entry.author, 'somebody'))}"
    figures = f"{author} · {votes(place)}"
    return message(
        f"{capital(about.word)}: {text} ({figures})",
        section(f"{title}\n{text}"),
        note(f"{author}{source} · {votes(place)} · :one: {about.bottom} … :five: {about.top}"),
        actions(
            button("Why?", "why", str(entry.id)),
            menu(entry.id),
        ),
    )


def menu(entry: int) -> OverflowMenuElement:
    """What can be done with an entry."""
    return overflow(
        "entry",
        [
            ("Edit or move to another kind", f"edit:{entry}"),
            ("Merge into another", f"merge:{entry}"),
            ("Delete", f"delete:{entry}"),
        ],
    )


def votes(place: Ranked) -> str:
    """Return "score 4.00, 3 votes (:five: 2, :four: 1)"."""
    if not place.votes:
        return f"score {decimals(place.score)}, not ranked yet"
    by_level = Counter(place.entry.votes.values())
    levels = ", ".join(
        f":{REACTIONS[level - 1]}: {by_level[level]}" for level in sorted(by_level, reverse=True)
    )
    divided = " · :left_right_arrow: the team is divided" if place.divisive else ""
    return f"score {decimals(place.score)}, {count(place.votes, 'vote')} ({levels}){divided}"


def boxes(figures: Figures) -> tuple[list[Block], list[str]]:
    """Return the six boxes in rank order, and the same in a few words."""
    room = (MESSAGE - 1000) // len(Kind)
    blocks: list[Block] = []
    words: list[str] = []
    for kind in Kind:
        about, box = ABOUT[kind], figures.boxes[kind]
        title = f"{about.icon} *{capital(about.plural)}*"
        if not box:
            blocks.append(section(f"{title}\n_nothing yet_"))
            words.append(f"{capital(about.plural)}: nothing yet")
            continue
        lines = [_short_line(place) for place in box]
        blocks += packed([f"{title} ({len(box)})", *lines], room)
        words.append(f"{capital(about.plural)} ({len(box)}): {esc(box[0].entry.text)} …")
    return blocks, words


def canvas(head: CanvasInfo, figures: Figures, next_: Sequence[Block] = ()) -> Message:
    """The canvas as it is, and what next."""
    blocks, words = boxes(figures)
    picture = note("Its picture comes in our direct message.") if figures.canvas.entries else None
    return message(
        "\n".join([f"Value map: {esc(head.title)}", *words]),
        header(f"Value map: {head.title}"),
        *blocks,
        picture,
        *next_,
        actions(
            run("Add an entry", "add", head.id),
            run("Rank", "rank", head.id),
            run("Review", "review", head.id),
            run("Fit", "fit", head.id),
            run("Picture with links", "export png links", head.id),
            _document(head),
        ),
    )


def _document(head: CanvasInfo) -> InteractiveElement:
    """What can be done with the document that a value map is kept in, if it is."""
    if not head.document_id:
        return button("Keep as a document", "document", f"{head.id}:keep")
    return overflow(
        "document",
        [
            ("Bring the document up to date", f"{head.id}:keep"),
            ("Stop keeping the document", f"{head.id}:stop"),
        ],
    )


def _short_line(place: Ranked) -> str:
    must_have = " :star:" if place.must_have else ""
    score = decimals(place.score) if place.votes else "not ranked yet"
    return f"{place.rank}. {esc(place.entry.text)} — {score}{must_have}"


def ranking(head: CanvasInfo, figures: Figures, kinds: Sequence[Kind], member: str, links: Links) -> Message:
    """The ranking of these boxes, with what this member has not voted on."""
    shown = {kind: figures.boxes[kind] for kind in kinds if figures.boxes[kind]}
    scope = kinds[0] if len(kinds) == 1 else "all"
    unvoted = [place for kind in shown for place in figures.boxes[kind] if member not in place.entry.votes]
    return message(
        f"Ranking of {esc(head.title)}. {_left_to_vote(len(unvoted))}.\n{table.told(shown)}",
        header(f"Ranking: {head.title}"),
        table.ranking(shown) if shown else section("There is nothing to rank yet."),
        divider(),
        *packed([f"*{_left_to_vote(len(unvoted))}*", *(_link_line(place, links) for place in unvoted)], 2500),
        note(
            "score = (6 + sum of votes) ÷ (2 + number of votes): two imaginary votes of 3 are in it. "
            ":star: must-have, from 4.00. A vote is the team's guess at what the customer finds essential."
        ),
        actions(
            button("Vote one by one", "walk", f"{head.id}:{scope}", "primary") if unvoted else None,
            *(
                run(capital(ABOUT[kind].plural), f"rank {ABOUT[kind].word}", head.id)
                for kind in shown
                if len(shown) > 1
            ),
            run("Fit", "fit", head.id),
        ),
    )


def _left_to_vote(number: int) -> str:
    return f"You have not voted on {count(number, 'card')}" if number else "You have voted on every card"


def _link_line(place: Ranked, links: Links) -> str:
    text = f"{ABOUT[place.entry.kind].word}: {esc(place.entry.text)}"
    link = links.get(place.entry.id)
    return f"• {text} <{link}|vote>" if link else f"• {text} (its card is on its way)"
