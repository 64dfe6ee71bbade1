"""Tickets without tokens: a button fills in a new one, and its link is put on the card."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.fake_slack.client.harness import Person, VisibleMessage
from bot.fake_slack.models import SlackChannel
from tests.conftest import World
from tests.stories.test_evidence import add_item
from tests.stories.voting import find_card, start_team

REPOSITORY = "https://github.com/acme/shop"


async def name_tracker(person: Person, channel: SlackChannel, text: str) -> dict[str, str]:
    """Name a tracker in the settings; return the errors of the form."""
    await person.type_text(channel, "/valuemap settings")
    await person.modal.fill_field("Tickets are made in", text)
    modal = person.modal
    await modal.submit()
    return modal.errors


def find_urls(message: VisibleMessage) -> list[str]:
    return [
        element["url"]
        for block in message.message.blocks
        for element in block.get("elements", ())
        if "url" in element
    ]


async def link_ticket(person: Person, channel: SlackChannel, words: str, link: str) -> dict[str, str]:
    await person.type_text(channel, f"/valuemap why {words}")
    why = person.last_message(channel)
    await person.click_button(why, "Link a ticket" if "[Link a ticket]" in why.text else "Ticket")
    modal = person.modal
    await modal.fill_field("Link of the ticket", link)
    await modal.submit()
    return modal.errors


async def test_a_ticket_is_filled_in_linked_seen_on_the_card_and_opened(world: World) -> None:
    people, channel = await start_team(world)
    ana, ben = people[0], people[1]
    for person in people:
        await person.add_reaction(find_card(person, channel, "slow"), "five")
    await add_item(ana, channel, "It took an hour & a half")
    assert await name_tracker(ana, channel, "github.com/acme/shop") == {}
    assert "tickets are made in GitHub" in ana.last_message(channel).text
    await world.advance_time(seconds=5)
    await ben.type_text(channel, "/valuemap risks")
    risks = ben.last_message(channel)
    (url,) = find_urls(risks)
    texts = parse_qs(urlsplit(url).query)
    assert url.startswith(f"{REPOSITORY}/issues/new?")
    assert texts["title"] == ["Pain: slow"]
    assert "It took an hour \\& a half" in texts["body"][0]
    assert re.search(r"Card: https?://\S+/archives/", texts["body"][0])
    await ben.click_button(risks, "Ticket")
    follow_up = ben.last_message(channel)
    assert "Once the ticket of “slow” exists, its card can link to it." in follow_up.text
    await ben.click_button(follow_up, "Link a ticket")
    await ben.modal.fill_field("Link of the ticket", f"{REPOSITORY}/issues/7?a=1&b=2")
    await ben.modal.submit()
    await world.advance_time(seconds=5)
    assert f"<{REPOSITORY}/issues/7?a=1&amp;b=2|ticket>" in str(
        find_card(ana, channel, "slow").message.blocks
    )
    await ben.type_text(channel, "/valuemap risks")
    risks = ben.last_message(channel)
    assert find_urls(risks) == [f"{REPOSITORY}/issues/7?a=1&b=2"]
    await ben.click_button(risks, "Open ticket")
    assert await link_ticket(ben, channel, "slow", "") == {}
    await world.advance_time(seconds=5)
    assert "ticket" not in find_card(ana, channel, "slow").text


@pytest.mark.parametrize("text", ["javascript:alert(1)//{title}", "https://acme.example", "ftp://x/{title}"])
async def test_what_is_no_tracker_is_refused_at_its_field(world: World, text: str) -> None:
    (ana, *_), channel = await start_team(world)
    errors = await name_tracker(ana, channel, text)
    assert list(errors) == ["Tickets are made in"]
    await ana.type_text(channel, "/valuemap why slow")
    assert find_urls(ana.last_message(channel)) == []


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "shop#7", "https://a b", "https://x.example/|<!channel>"]
)
async def test_only_a_web_address_is_a_link(world: World, link: str) -> None:
    (ana, *_), channel = await start_team(world)
    assert await link_ticket(ana, channel, "slow", link) != {}
    await world.advance_time(seconds=5)
    assert "ticket" not in find_card(ana, channel, "slow").text


async def test_a_merged_entry_hands_its_ticket_over_and_takes_it_back(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await link_ticket(ana, channel, "slow", f"{REPOSITORY}/issues/1")
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Merge into another")
    await ana.modal.fill_field("The pain that stays", "dear")
    await ana.modal.submit()
    merged = ana.last_message(channel)
    await world.advance_time(seconds=5)
    assert "issues/1|ticket>" in str(find_card(ana, channel, "dear").message.blocks)
    await ana.type_text(channel, "/valuemap why dear")
    assert find_urls(ana.last_message(channel)) == [f"{REPOSITORY}/issues/1"]
    await link_ticket(ana, channel, "dear", "")
    await world.advance_time(seconds=5)
    assert "ticket" not in find_card(ana, channel, "dear").text, "what was taken off stays off"
    await link_ticket(ana, channel, "dear", f"{REPOSITORY}/issues/2")
    await world.advance_time(seconds=5)
    assert "issues/2|ticket>" in str(find_card(ana, channel, "dear").message.blocks)
    await ana.click_button(merged, "Undo")
    await world.advance_time(seconds=5)
    assert "issues/1|ticket>" in str(find_card(ana, channel, "slow").message.blocks)
    assert "issues/2|ticket>" in str(find_card(ana, channel, "dear").message.blocks)


async def test_who_may_not_edit_an_entry_links_no_ticket_to_it(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap settings")
    await ana.modal.fill_field("Entries may be edited and deleted by", "Who started the canvas")
    await ana.modal.submit()
    await ben.type_text(channel, "/valuemap why slow")
    await ben.click_button(ben.last_message(channel), "Ticket")
    assert "Only Ana may change this entry" in ben.last_message(channel).text


async def test_an_entry_that_was_deleted_meanwhile_gets_no_ticket(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap why slow")
    await ana.click_button(ana.last_message(channel), "Ticket")
    modal: Any = ana.modal
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Delete")
    await modal.fill_field("Link of the ticket", f"{REPOSITORY}/issues/1")
    await modal.submit()
    assert "was deleted" in " ".join([ana.last_message(channel).text, *modal.errors.values()])
