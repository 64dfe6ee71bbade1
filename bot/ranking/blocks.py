"""What cards and rankings look like. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from bot.canvas.model import Card, Head
from bot.kit.blocks import (
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
from bot.kit.text import capital, count, esc
from bot.method.figures import Figures
from bot.method.kinds import ABOUT, Kind
from bot.method.ranking import Ranked
from bot.method.shown import decimals
from bot.method.votes import REACTIONS

Links = Mapping[int, str]  # entry to the link of its card


def card(shown: Card, names: Mapping[str, str], place: Ranked) -> Message:
    """An entry's card."""
    entry, about = shown.entry, ABOUT[shown.entry.kind]
    text = esc(entry.text)
    if shown.deleted_by is not None:
        says = f"Deleted by {esc(names.get(shown.deleted_by, 'somebody'))}: {about.word} “{text}”"
        return message(says, note(says), actions(button("Undo", "undo", str(entry.id))))
    title = f"{about.icon} *{capital(about.word)}*"
    if entry.category:
        title += f" · {esc(entry.category)}"
    source = f" from <{shown.source.replace('&', '&amp;')}|a message>" if shown.source else ""
    author = f"by {esc(names.get(entry.author, 'somebody'))}"
    figures = f"{author} · {_votes(place)}"
    return message(
        f"{capital(about.word)}: {text} ({figures})",
        section(f"{title}\n{text}"),
        note(f"{author}{source} · {_votes(place)} · :one: {about.bottom} … :five: {about.top}"),
        actions(
            button("Why?", "why", str(entry.id)),
            overflow(
                "entry",
                [("Edit or move to another kind", f"edit:{entry.id}"), ("Delete", f"delete:{entry.id}")],
            ),
        ),
    )


def _votes(place: Ranked) -> str:
    """Return "score 4.00, 3 votes (:five: 2, :four: 1)"."""
    if not place.votes:
        return f"score {decimals(place.score)}, not ranked yet"
    by_level = Counter(place.entry.votes.values())
    levels = ", ".join(
        f":{REACTIONS[level - 1]}: {by_level[level]}" for level in sorted(by_level, reverse=True)
    )
    divided = " · :left_right_arrow: the team is divided" if place.divisive else ""
    return f"score {decimals(place.score)}, {count(place.votes, 'vote')} ({levels}){divided}"


def canvas(head: Head, figures: Figures) -> Message:
    """The six boxes in rank order."""
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
    return message(
        "\n".join([f"Value map: {esc(head.title)}", *words]),
        header(f"Value map: {head.title}"),
        *blocks,
        actions(
            run("Add an entry", "add", head.id),
            run("Rank", "rank", head.id),
            run("Review", "review", head.id),
            run("Fit", "fit", head.id),
            run("Picture", "export png", head.id),
        ),
    )


def _short_line(place: Ranked) -> str:
    must_have = " :star:" if place.must_have else ""
    score = decimals(place.score) if place.votes else "not ranked yet"
    return f"{place.rank}. {esc(place.entry.text)} — {score}{must_have}"


def ranking(head: Head, figures: Figures, kinds: Sequence[Kind], member: str, links: Links) -> Message:
    """The ranking of these boxes, with what this member has not voted on."""
    shown = [kind for kind in kinds if figures.boxes[kind]]
    room = (MESSAGE - 3000) // max(1, len(shown))
    blocks: list[Block] = []
    for kind in shown:
        title = f"{ABOUT[kind].icon} *{capital(ABOUT[kind].plural)}*"
        blocks += packed([title, *(_long_line(place) for place in figures.boxes[kind])], room)
    unvoted = [place for kind in shown for place in figures.boxes[kind] if member not in place.entry.votes]
    if not shown:
        blocks.append(section("There is nothing to rank yet."))
    words = [f"{ABOUT[kind].plural}: {len(figures.boxes[kind])}" for kind in shown]
    return message(
        f"Ranking of {esc(head.title)}. {'; '.join(words)}. {_left_to_vote(len(unvoted))}",
        header(f"Ranking: {head.title}"),
        *blocks,
        divider(),
        *packed([f"*{_left_to_vote(len(unvoted))}*", *(_link_line(place, links) for place in unvoted)], 2500),
        note(
            "score = (6 + sum of votes) ÷ (2 + number of votes): two imaginary votes of 3 are in it. "
            ":star: must-have, from 4.00. A vote is the team's guess at what the customer finds essential."
        ),
        actions(
            *(
                run(capital(ABOUT[kind].plural), f"rank {ABOUT[kind].word}", head.id)
                for kind in shown
                if len(shown) > 1
            ),
            run("Fit", "fit", head.id),
        ),
    )


def _long_line(place: Ranked) -> str:
    if not place.votes:
        return f"{place.rank}. {esc(place.entry.text)} — {decimals(place.score)}, not ranked yet"
    agreed = f", agreement {decimals(place.agreement)}" if place.agreement is not None else ""
    divided = " :left_right_arrow: *divisive: talk about it*" if place.divisive else ""
    must_have = " :star:" if place.must_have else ""
    return (
        f"{place.rank}. {esc(place.entry.text)} — *{decimals(place.score)}*{must_have}, "
        f"{count(place.votes, 'vote')}{agreed}{divided}"
    )


def _left_to_vote(number: int) -> str:
    return f"You have not voted on {count(number, 'card')}" if number else "You have voted on every card"


def _link_line(place: Ranked, links: Links) -> str:
    text = f"{ABOUT[place.entry.kind].word}: {esc(place.entry.text)}"
    link = links.get(place.entry.id)
    return f"• {text} <{link}|vote>" if link else f"• {text} (its card is on its way)"
