"""The example canvas, worked out by a team on a stand-in Slack with the real bot behind it."""

import json
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.app import Bot
from bot.db import opened
from bot.method.kinds import ABOUT, Kind
from bot.migrations.upgrade import migrate
from bot.playground.clock import Clock
from bot.playground.delivery import over_asgi
from bot.playground.people import Bench, Person, Seen
from bot.playground.slack import Playground
from bot.playground.workspace import Channel
from bot.settings import Settings

MONDAY = datetime(2026, 10, 19, 7, 0, tzinfo=UTC)  # 09:00 in Berlin
NUMBERS = ("one", "two", "three", "four", "five")


def load() -> dict[str, Any]:
    """Return the example in the export format, without figures, members by name."""
    example: dict[str, Any] = json.loads(files("bot.example").joinpath("canvas.json").read_text("utf-8"))
    return example


async def play() -> str:
    """Play the workshop; return what the channel shows in the end."""
    async with _workspace() as (bench, clock, bot):
        example = load()
        people = {
            key: bench.person(about["name"], about["time_zone"]) for key, about in example["members"].items()
        }
        channel = bench.channel("product", *people.values())
        starter = next(iter(people.values()))
        canvas = example["canvas"]
        await starter.types(channel, f"/valuemap new {canvas['name']} for {canvas['segment']}")
        cards = await gather(people, channel, example["entries"])
        await vote(people, cards, example["entries"])
        clock.advance(timedelta(seconds=2))
        await bot.tick()
        await review(people, channel, example)
        await starter.types(channel, "/valuemap rank job")
        await starter.types(channel, "/valuemap fit")
        clock.set(MONDAY)
        await bot.tick()
        return "\n\n".join(transcript(starter, channel))


@asynccontextmanager
async def _workspace() -> AsyncIterator[tuple[Bench, Clock, Bot]]:
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'example.db'}"
        async with opened(url) as database:
            await migrate(database)
        async with Playground(clock) as slack:
            bot = Bot(
                Settings(slack.bot_token, slack.signing_secret, api_url=slack.api_url, database_url=url),
                clock.now,
            )

            async def settle() -> None:
                await bot.deps.tasks.drain()
                await bot.tick()

            async with bot.running():
                yield Bench(slack, over_asgi(bot.web()), settle), clock, bot


async def gather(
    people: dict[str, Person], channel: Channel, entries: Iterable[dict[str, Any]]
) -> dict[str, Seen]:
    """Add the entries, offers by the form with the products that deliver them; return their cards."""
    texts = {entry["id"]: entry["text"] for entry in entries}
    cards: dict[str, Seen] = {}
    for entry in sorted(entries, key=lambda one: bool(one["delivered_by"])):
        author, kind = people[entry["author"]], ABOUT[Kind(entry["kind"])]
        if entry["delivered_by"] or entry["category"]:
            await author.types(channel, f"/valuemap add {kind.word}")
            modal = author.modal
            await modal.fill(f"The {kind.word}", entry["text"])
            if entry["category"]:
                await modal.fill("Category", entry["category"])
            if entry["delivered_by"]:
                await modal.fill("Delivered by", [texts[key] for key in entry["delivered_by"]])
            await modal.submit()
        else:
            await author.types(channel, f"/valuemap add {kind.word}: {entry['text']}")
        cards[entry["id"]] = author.finds(channel, f"{entry['text']}\nby")
    return cards


async def vote(people: dict[str, Person], cards: dict[str, Seen], entries: Iterable[dict[str, Any]]) -> None:
    for entry in entries:
        for member, level in entry["votes"].items():
            await people[member].reacts(cards[entry["id"]], NUMBERS[level - 1])


async def review(people: dict[str, Person], channel: Channel, example: dict[str, Any]) -> None:
    """Let each member review the offers that they have reviewed in the example, and skip the rest."""
    texts = {entry["id"]: entry["text"] for entry in example["entries"]}
    by_text = {(review["member"], texts[review["offer"]]): review["marks"] for review in example["reviews"]}
    offers = [entry for entry in example["entries"] if entry["kind"] in {"pain_reliever", "gain_creator"}]
    for key, person in people.items():
        await person.types(channel, "/valuemap review")
        for _ in offers:
            if "Offer " not in person.modal.text:
                break
            (offer,) = (one for one in offers if f"\n{one['text']}\n" in person.modal.text)
            marks = by_text.get((key, offer["text"]))
            if marks is None:
                await person.modal.clicks("Skip ›")
                continue
            modal = person.modal
            await modal.fill("Fits strongly", [texts[need] for need, mark in marks.items() if mark == 1])
            await modal.fill("Fits partly", [texts[need] for need, mark in marks.items() if mark != 1])
            await modal.submit()


def transcript(person: Person, channel: Channel) -> list[str]:
    """Return what the channel shows: the canvas, a few cards, and the answers to this person."""
    seen = person.sees(channel)
    cards = [one for one in seen if one.posted.thread_ts]
    others = [
        one for one in seen if not one.posted.thread_ts and not one.text.startswith(("Added", "Started"))
    ]
    shown = [others[0], *cards[:3], *others[1:]]
    lines = [_framed(one) for one in shown]
    lines.insert(4, f"… and {len(cards) - 3} more cards in the thread")
    return lines


def _framed(seen: Seen) -> str:
    who = "valuemap (only visible to you)" if seen.posted.only_for else "valuemap"
    reactions = "  ".join(f":{name}: {len(users)}" for name, users in seen.posted.reactions.items())
    body = "\n".join(f"  {line}" for line in f"{seen.text}\n{reactions}".rstrip().splitlines())
    return f"{who}\n{body}"
