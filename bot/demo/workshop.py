"""The example canvas, worked out by its team: they gather, vote and review as people do in Slack."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from importlib.resources import files
from typing import Any

from bot.fake_slack.client.harness import Harness, Person, VisibleMessage
from bot.fake_slack.models import SlackChannel
from bot.method.kinds import Kind

NUMBERS = ("one", "two", "three", "four", "five")


def load_example() -> dict[str, Any]:
    """Return the example in the export format, without figures, members by name."""
    example: dict[str, Any] = json.loads(files("bot.demo").joinpath("canvas.json").read_text("utf-8"))
    return example


def create_people(bench: Harness, example: Mapping[str, Any]) -> dict[str, Person]:
    """Return the example's members, by the names that its votes and reviews have for them."""
    return {
        key: bench.add_person(about["name"], about["time_zone"]) for key, about in example["members"].items()
    }


async def hold_workshop(
    example: Mapping[str, Any],
    people: Mapping[str, Person],
    channel: SlackChannel,
    passes: Callable[[], Awaitable[None]],
) -> None:
    """Hold the workshop in a channel; `passes` lets time pass, and the bot do what is due then."""
    starter, canvas = next(iter(people.values())), example["canvas"]
    await starter.type_text(channel, f"/valuemap new {canvas['name']} for {canvas['segment']}")
    await passes()
    await add_entries(people, channel, example["entries"])
    await passes()
    cards = {
        entry["id"]: starter.find_message(channel, f"{entry['text']}\nby") for entry in example["entries"]
    }
    await vote_on_entries(people, cards, example["entries"])
    await passes()
    await review_offers(people, channel, example)
    await passes()


async def add_entries(
    people: Mapping[str, Person], channel: SlackChannel, entries: Iterable[Mapping[str, Any]]
) -> None:
    """Add the entries, offers by the form with the products that deliver them."""
    texts = {entry["id"]: entry["text"] for entry in entries}
    for entry in sorted(entries, key=lambda one: bool(one["delivered_by"])):
        author, kind = people[entry["author"]], Kind(entry["kind"]).spec
        if not (entry["delivered_by"] or entry["category"]):
            await author.type_text(channel, f"/valuemap add {kind.singular}: {entry['text']}")
            continue
        await author.type_text(channel, f"/valuemap add {kind.singular}")
        modal = author.modal
        await modal.fill_field(f"The {kind.singular}", entry["text"])
        if entry["category"]:
            await modal.fill_field("Category", entry["category"])
        if entry["delivered_by"]:
            await modal.fill_field("Delivered by", [texts[key] for key in entry["delivered_by"]])
        await modal.submit()


async def vote_on_entries(
    people: Mapping[str, Person], cards: Mapping[str, VisibleMessage], entries: Iterable[Mapping[str, Any]]
) -> None:
    """Let everybody vote at the same time."""

    async def votes_of(member: str) -> None:
        for entry in entries:
            if member in entry["votes"]:
                await people[member].add_reaction(cards[entry["id"]], NUMBERS[entry["votes"][member] - 1])

    await asyncio.gather(*(votes_of(member) for member in people))


async def review_offers(
    people: Mapping[str, Person], channel: SlackChannel, example: Mapping[str, Any]
) -> None:
    """Let everybody review at the same time."""
    await asyncio.gather(*(_review(key, person, channel, example) for key, person in people.items()))


async def _review(key: str, person: Person, channel: SlackChannel, example: Mapping[str, Any]) -> None:
    """Review the offers that this member has reviewed in the example, and skip the rest."""
    texts = {entry["id"]: entry["text"] for entry in example["entries"]}
    marked = {texts[one["offer"]]: one["marks"] for one in example["reviews"] if one["member"] == key}
    await person.type_text(channel, "/valuemap review")
    while marked:
        modal = person.modal
        offer = next(text for text in texts.values() if f"\n{text}\n" in modal.text)
        if offer not in marked:
            await modal.click_button("Skip ›")
            continue
        marks = marked.pop(offer)
        await modal.fill_field("Fits strongly", [texts[need] for need, mark in marks.items() if mark == 1])
        await modal.fill_field("Fits partly", [texts[need] for need, mark in marks.items() if mark != 1])
        await modal.submit()
    await person.member.close_view(whole_stack=True)
