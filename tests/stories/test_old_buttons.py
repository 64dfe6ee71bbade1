"""Messages stay in Slack when what they are about is deleted for good: their buttons reach nothing newer."""

import pytest

from bot.fake_slack.client.harness import Person, VisibleMessage
from bot.fake_slack.models import SlackChannel
from tests.conftest import World
from tests.stories.test_canvases import choose_from_canvas_list
from tests.stories.voting import find_announcements, find_card, start_team

pytestmark = pytest.mark.databases("sqlite", "postgresql")

OLD, NEW = ("slow", "dear", "dull", "report"), ("first", "second", "third", "last")


async def delete_canvas(person: Person, channel: SlackChannel) -> None:
    await choose_from_canvas_list(person, channel, "Reports", "Delete…")
    await person.modal.submit()


async def delete_all_data(person: Person) -> None:
    person.user.is_admin = True
    await person.type_text(person.direct_channel, "/valuemap settings")
    await person.modal.click_button("Delete all data of this workspace…")
    await person.modal.fill_field("Type the word delete", "delete")
    await person.modal.submit()


async def start_anew(person: Person, channel: SlackChannel) -> list[VisibleMessage]:
    """Start another canvas with as many entries as the team's first one, and return their cards."""
    await person.type_text(channel, "/valuemap new Again")
    await person.type_text(channel, "/valuemap add pain: first; second; third; job: last")
    return [find_card(person, channel, text) for text in NEW]


async def delete_by_old_cards(person: Person, channel: SlackChannel, old_cards: list[VisibleMessage]) -> None:
    for card in old_cards:
        await person.click_button(card, "⋯", "Delete")
        assert "not there any more" in person.last_message(channel).text


async def test_the_cards_of_a_deleted_canvas_reach_no_new_entry(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    old_cards = [find_card(ana, channel, text) for text in OLD]
    await delete_canvas(ana, channel)
    new_cards = await start_anew(ana, channel)
    await delete_by_old_cards(ana, channel, old_cards)
    assert not [card.text for card in new_cards if "Deleted" in card.text]


async def test_the_cards_of_deleted_data_reach_no_new_entry(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    old_cards = [find_card(ana, channel, text) for text in OLD]
    await delete_all_data(ana)
    new_cards = await start_anew(ana, channel)
    await delete_by_old_cards(ana, channel, old_cards)
    assert not [card.text for card in new_cards if "Deleted" in card.text]


async def test_the_call_of_a_deleted_vote_ends_no_new_one(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "@valuemap vote pains")
    (old_call,) = find_announcements(ana, channel)
    await delete_all_data(ana)
    await start_anew(ana, channel)
    await ana.type_text(channel, "@valuemap vote pains")
    await ana.click_button(old_call, "End vote")
    assert "That voting round is not there any more" in ana.last_message(channel).text
    assert "asks you to vote" in find_announcements(ana, channel)[-1].text
