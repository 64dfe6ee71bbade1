"""Hold the example's workshop: its members add entries, vote, review, record evidence and run tests."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from bot.fake_slack.client.harness import Harness, Person, VisibleMessage
from bot.fake_slack.client.modal import OpenModal
from bot.fake_slack.models import SlackChannel
from bot.method.kinds import Kind

OPTION_CHARACTERS = 50  # of an entry's text: an option that names the kind before it may cut a longer one
TEST_SOURCE = "Test: "  # of evidence that comes of a test by itself
BOUND_SIGNS = {">=": "≥", "<=": "≤"}
NUMBER_EMOJI = ("one", "two", "three", "four", "five")


def load_example() -> dict[str, Any]:
    """Return the example in the export format, without metrics;

    members are keys of "members", not Slack ids.
    """
    example: dict[str, Any] = json.loads(files("bot.demo").joinpath("canvas.json").read_text("utf-8"))
    return example


def create_people(harness: Harness, example: Mapping[str, Any]) -> dict[str, Person]:
    """Add the example's members to the workspace; return them by their keys in the example."""
    return {
        key: harness.add_person(member["name"], member["time_zone"])
        for key, member in example["members"].items()
    }


async def hold_workshop(
    example: Mapping[str, Any],
    people: Mapping[str, Person],
    channel: SlackChannel,
    pass_time: Callable[[], Awaitable[None]],
) -> None:
    """Hold the workshop in a channel.

    `pass_time` moves the clock between the steps and lets the bot do what is due.
    """
    starter, canvas = next(iter(people.values())), example["canvas"]
    await starter.type_text(channel, f"/valuemap new {canvas['name']} for {canvas['segment']}")
    await pass_time()
    await add_entries(people, channel, example["entries"])
    await pass_time()
    cards = {
        entry["id"]: starter.find_message(channel, f"{entry['text']}\nby") for entry in example["entries"]
    }
    await vote_on_entries(people, cards, example["entries"])
    await pass_time()
    await review_offers(people, channel, example)
    await pass_time()
    await record_evidence(people, channel, example)
    await pass_time()
    await run_tests(people, channel, example)
    await pass_time()


async def add_entries(
    people: Mapping[str, Person], channel: SlackChannel, entries: Iterable[Mapping[str, Any]]
) -> None:
    """Add the entries: with a category or products by the form, others by command.

    Products come before offers.
    """
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
    """Let all members vote at the same time."""

    async def vote_as(member_key: str) -> None:
        for entry in entries:
            if member_key in entry["votes"]:
                await people[member_key].add_reaction(
                    cards[entry["id"]], NUMBER_EMOJI[entry["votes"][member_key] - 1]
                )

    await asyncio.gather(*(vote_as(member_key) for member_key in people))


async def review_offers(
    people: Mapping[str, Person], channel: SlackChannel, example: Mapping[str, Any]
) -> None:
    """Let all members review at the same time."""
    await asyncio.gather(*(_review_as(key, person, channel, example) for key, person in people.items()))


async def _review_as(
    member_key: str, person: Person, channel: SlackChannel, example: Mapping[str, Any]
) -> None:
    """Review the offers that this member reviewed in the example, and skip the others."""
    texts = {entry["id"]: entry["text"] for entry in example["entries"]}
    marks_by_offer = {
        texts[one["offer"]]: one["marks"] for one in example["reviews"] if one["member"] == member_key
    }
    await person.type_text(channel, "/valuemap review")
    while marks_by_offer:
        modal = person.modal
        offer = next(text for text in texts.values() if f"\n{text}\n" in modal.text)
        if offer not in marks_by_offer:
            await modal.click_button("Skip ›")
            continue
        marks = marks_by_offer.pop(offer)
        await mark_needs(modal, "Fits strongly", [texts[need] for need, mark in marks.items() if mark == 1])
        await mark_needs(modal, "Fits partly", [texts[need] for need, mark in marks.items() if mark != 1])
        await modal.submit()
    await person.member.close_view(whole_stack=True)


async def record_evidence(
    people: Mapping[str, Person], channel: SlackChannel, example: Mapping[str, Any]
) -> None:
    """Record the evidence by the form, which comes at once as long as there is none."""
    texts = {entry["id"]: entry["text"][:OPTION_CHARACTERS] for entry in example["entries"]}
    items = [item for item in example["evidence"] if not item["source"].startswith(TEST_SOURCE)]
    for index, item in enumerate(items):
        person = people[item["by"]]
        await person.type_text(channel, "/valuemap evidence")
        if index:
            await person.click_button(person.last_message(channel), "Add evidence")
        modal = person.modal
        await modal.fill_field("What the customer said or did", item["quote"])
        await modal.fill_field("It supports", [texts[key] for key in item["supports"]])
        await modal.fill_field("It contradicts", [texts[key] for key in item["contradicts"]])
        await modal.fill_field("What the customer gave", f"{item['grade'].capitalize()}:")
        await modal.fill_field("Source", item["source"])
        await modal.fill_field("How many people or cases", str(item["n"]))
        await modal.fill_field("When", item["at"])
        await modal.fill_field("Link", item["link"])
        await modal.submit()


async def run_tests(people: Mapping[str, Person], channel: SlackChannel, example: Mapping[str, Any]) -> None:
    """Start the tests by the form, each by its owner and for two weeks; record the results, and decide."""
    for test in example["tests"]:
        person, command = people[test["owner"]], f"/valuemap test {test['believe']}"
        await person.type_text(channel, command)
        modal = person.modal
        await modal.fill_field("To check it we …", test["check"])
        await modal.fill_field("We measure …", test["measure"])
        await modal.fill_field("We are right if it is", f"({BOUND_SIGNS[test['right_if']['op']]})")
        await modal.fill_field("Number", str(test["right_if"]["value"]))
        await modal.fill_field("Unit", test["right_if"]["unit"])
        await modal.submit()
        if test["result"]:
            await person.type_text(channel, command)
            await person.click_button(person.last_message(channel), "⋯", "Record the result")
            await _record_result(person.modal, test["result"])
        if test["decision"]:
            decider = people[test["decision"]["by"]]
            await decider.type_text(channel, "/valuemap test")
            await decider.click_button(decider.last_message(channel), "Decide")
            modal = decider.modal
            await modal.fill_field("What becomes of the entry", test["decision"]["what"].capitalize())
            await modal.fill_field("Why", test["decision"]["reason"])
            await modal.submit()


async def _record_result(modal: OpenModal, result: Mapping[str, Any]) -> None:
    """Record a result: the form says what it comes to before it is saved."""
    await modal.fill_field("The number seen", str(result["value"]))
    await modal.fill_field("How many people or cases", str(result["n"]))
    await modal.fill_field("What the customer gave", f"{result['grade'].capitalize()}:")
    await modal.fill_field("What the customer said or did", result["quote"])
    await modal.submit()
    await modal.submit()


async def mark_needs(modal: OpenModal, label: str, needs: Sequence[str]) -> None:
    """Mark needs in the two fields of a mark: boxes for the first needs, and a menu of the others."""
    others = f"{label}: others"
    if others not in modal.text:
        await modal.fill_field(label, needs)
        return
    in_menu = [need for need in needs if modal.has_option(others, need)]
    await modal.fill_field(label, [need for need in needs if need not in in_menu])
    await modal.fill_field(others, in_menu)
