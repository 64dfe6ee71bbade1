"""What people ask about rankings, and the votes that they give by reaction."""

from bot.features.cards import service
from bot.features.cards.service import Heard
from bot.features.channels.service import in_hand, links as links_of
from bot.features.ranking import blocks
from bot.method.kinds import ABOUT, Kind, kind_named
from bot.method.metrics import figures
from bot.method.votes import level_of
from bot.slack.blockkit.text import cut, esc
from bot.slack.errors import Refusal
from bot.slack.incoming.commands import Command
from bot.slack.incoming.router import Event, Routes
from bot.slack.request import Answer, Deps, Request
from bot.store import votes as store


async def rank(request: Request, deps: Deps) -> Answer:
    kinds = tuple(Kind)
    if request.words:
        kind = kind_named(request.words)
        if kind is None:
            known = ", ".join(f"`{about.word}`" for about in ABOUT.values())
            raise Refusal(f"I know no kind “{esc(cut(request.words, 50))}”: there are {known}.")
        kinds = (kind,)
    head = await in_hand(request, deps)
    async with deps.db.reading(request.team_id) as session:
        canvas = await store.read(session, head)
    links = await links_of(deps, request.team_id, head)
    return blocks.ranking(head, figures(canvas), kinds, request.user, links)


async def reaction(team: str, event: Event, deps: Deps) -> None:
    """A reaction was set or taken back, on a card perhaps."""
    item, level = event.get("item") or {}, level_of(event.get("reaction", ""))
    if level is None or item.get("type") != "message":
        return
    stands, at = event["type"] == "reaction_added", store.event_time(event["event_ts"])
    await service.react(deps, team, Heard(item["channel"], item["ts"], event["user"], level, stands, at))


ROUTES = Routes(
    commands=(Command("rank", "[KIND]", "the ranking, and what you have not voted on", rank),),
    events={"reaction_added": reaction, "reaction_removed": reaction},
)
