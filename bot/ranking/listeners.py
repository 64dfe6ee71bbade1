"""What people ask about rankings, and the votes that they give by reaction."""

from bot.canvas.service import in_hand, links as links_of
from bot.kit.commands import Command
from bot.kit.errors import Refusal
from bot.kit.request import Answer, Deps, Request
from bot.kit.router import Event, Routes
from bot.kit.text import cut, esc
from bot.method.figures import figures
from bot.method.kinds import ABOUT, Kind, kind_named
from bot.method.votes import level_of
from bot.ranking import blocks, service, store
from bot.ranking.service import Heard


async def rank(request: Request, deps: Deps) -> Answer:
    kinds = tuple(Kind)
    if request.words:
        kind = kind_named(request.words)
        if kind is None:
            known = ", ".join(f"`{about.word}`" for about in ABOUT.values())
            raise Refusal(f"I know no kind “{esc(cut(request.words, 50))}”: there are {known}.")
        kinds = (kind,)
    head = await in_hand(request, deps)
    async with deps.db.reading(request.team) as session:
        canvas = await store.read(session, head)
    links = await links_of(deps, request.team, head)
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
