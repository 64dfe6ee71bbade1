"""A value map as a document in its channel: made once, written with each digest, never over people's own."""

from datetime import UTC, datetime, timedelta

import htpy as h
import pytest

from bot.fake_slack.client.harness import Person, VisibleMessage
from bot.fake_slack.models import SlackCanvas, SlackChannel
from bot.fake_slack.web.html.markdown import render_markdown
from bot.fake_slack.web.messages import build_reader
from tests.conftest import World
from tests.fake_slack.web.html.parsed_html import ParsedHtml

MONDAY = datetime(2026, 10, 19, 7, 0, tzinfo=UTC)  # 09:00 in Berlin
OURS = "> Each fit digest writes this document anew"


async def team(world: World) -> tuple[Person, SlackChannel]:
    ana = world.harness.add_person("Ana", "Europe/Berlin")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports for small shops")
    await ana.type_text(channel, "/valuemap add pain: waiting takes an hour; reliever: robot")
    return ana, channel


def shown(person: Person, channel: SlackChannel) -> VisibleMessage:
    return person.find_message(channel, "[Add an entry]")


async def keep(person: Person, channel: SlackChannel) -> None:
    await person.type_text(channel, "/valuemap show")
    await person.click_button(shown(person, channel), "Keep as a document")


def theirs(world: World, channel: SlackChannel, markdown: str = "# Our own plans") -> SlackCanvas:
    """Let people have a canvas in the channel."""
    own = SlackCanvas("F0THEIRS", "Plans", markdown, channel.id, "U0001", is_channel_canvas=True)
    world.slack.store_canvas(own)
    return own


async def test_a_value_map_is_kept_as_the_channels_document(world: World) -> None:
    ana, channel = await team(world)
    await keep(ana, channel)
    (document,) = world.slack.canvases_in_channel(channel.id)
    assert (document.title, document.is_channel_canvas) == ("Value map: Reports", True)
    assert document.markdown.startswith("For **small shops** · as of Monday 2026-10-12")
    assert "- 1 · waiting takes an hour — not ranked yet" in document.markdown
    on_its_way, there = ana.visible_messages(channel)[-2:]
    assert "I'm making a document of *Reports for small shops*" in on_its_way.text
    assert f"<{world.slack.url}/docs/T0FAKE/{document.id}|Open it>" in str(there.message.blocks)
    assert there.message.ephemeral_user_id == ana.id


async def test_each_digest_writes_it_anew_and_a_quiet_one_leaves_it(world: World) -> None:
    ana, channel = await team(world)
    await keep(ana, channel)
    (document,) = world.slack.canvases_in_channel(channel.id)
    await ana.add_reaction(ana.find_message(channel, "waiting takes an hour\nby"), "five")
    await ana.type_text(channel, "/valuemap add gain: right the first time")
    assert "right the first time" not in document.markdown
    document.markdown += "\n\nsomebody's remark"
    await world.advance_to(MONDAY)
    assert "- 1 · right the first time — not ranked yet" in document.markdown
    assert "as of Monday 2026-10-19 09:00" in document.markdown
    assert "- 1 · waiting takes an hour — **3.67**" in document.markdown
    assert "remark" not in document.markdown
    assert document.markdown.count(OURS) == 1
    edits = world.slack.count_calls("canvases.edit")
    await world.advance_to(MONDAY + timedelta(days=8))
    assert "nothing happened" in ana.last_message(channel).text
    assert world.slack.count_calls("canvases.edit") == edits


async def test_a_double_click_makes_one_document(world: World) -> None:
    ana, channel = await team(world)
    await ana.type_text(channel, "/valuemap show")
    at_first = shown(ana, channel)
    world.slack.inject_fault("conversations.canvases.create", error="ratelimited", retry_after=30)
    await ana.click_button(at_first, "Keep as a document")
    await ana.click_button(at_first, "Keep as a document")
    assert world.slack.canvases == {}
    await world.advance_time(seconds=31)
    await ana.click_button(at_first, "Keep as a document")
    assert "I'm bringing the document of *Reports for small shops* up to date." in "\n".join(
        seen.text for seen in ana.visible_messages(channel)
    )
    (document,) = world.slack.canvases_in_channel(channel.id)
    assert document.markdown.count(OURS) == 1


async def test_a_canvas_that_people_have_stays_as_it_is(world: World) -> None:
    ana, channel = await team(world)
    plans = theirs(world, channel)
    await keep(ana, channel)
    await world.advance_to(MONDAY)
    assert (plans.title, plans.markdown) == ("Plans", "# Our own plans")
    own, ours = world.slack.canvases_in_channel(channel.id)
    assert own is plans
    assert (ours.title, ours.is_channel_canvas) == ("Value map: Reports", False)
    assert "as of Monday 2026-10-19" in ours.markdown


async def test_an_empty_canvas_of_the_channel_is_used(world: World) -> None:
    ana, channel = await team(world)
    empty = theirs(world, channel, markdown="")
    await keep(ana, channel)
    assert world.slack.canvases_in_channel(channel.id) == [empty]
    assert "waiting takes an hour" in empty.markdown


async def test_each_value_map_of_a_channel_has_a_document_of_its_own(world: World) -> None:
    ana, channel = await team(world)
    await keep(ana, channel)
    await ana.type_text(channel, "/valuemap new Billing")
    await ana.type_text(channel, "/valuemap add job: pay on time")
    await keep(ana, channel)
    reports, billing = world.slack.canvases_in_channel(channel.id)
    assert [reports.title, billing.title] == ["Value map: Reports", "Value map: Billing"]
    assert "pay on time" in billing.markdown
    assert "pay on time" not in reports.markdown


async def test_a_document_that_is_still_to_be_written_is_no_other_value_maps(world: World) -> None:
    ana, channel = await team(world)
    world.slack.inject_fault("canvases.edit", error="canvas_editing_locked")
    await keep(ana, channel)
    await ana.type_text(channel, "/valuemap new Billing")
    await keep(ana, channel)
    await world.advance_time(seconds=5)
    assert [one.title for one in world.slack.canvases_in_channel(channel.id)] == [
        "Value map: Reports",
        "Value map: Billing",
    ]
    assert all(one.markdown.count(OURS) == 1 for one in world.slack.canvases.values())


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("team_tier_cannot_create_channel_canvases", "your Slack plan has no canvases in channels"),
        ("canvas_disabled_user_team", "canvases are turned off in this workspace"),
        ("restricted_action", "the rules of this workspace or channel don't let me"),
    ],
)
async def test_where_slack_lacks_it_one_sentence_says_so_and_all_goes_on(
    world: World, error: str, says: str
) -> None:
    ana, channel = await team(world)
    world.slack.inject_fault("conversations.canvases.create", error=error)
    await keep(ana, channel)
    told = ana.last_message(channel)
    assert f"I can't keep *Reports for small shops* as a document: {says}." in told.text
    assert "`/valuemap export md`" in told.text
    assert told.message.ephemeral_user_id == ana.id
    await world.advance_to(MONDAY)
    assert len(world.find_digests(ana, channel)) == 1
    assert world.slack.canvases == {}
    await keep(ana, channel)  # it may be there another day
    assert len(world.slack.canvases) == 1


async def test_on_the_free_plan_beside_peoples_canvas_there_is_no_room(world: World) -> None:
    ana, channel = await team(world)
    world.slack.is_free_plan = True
    plans = theirs(world, channel)
    await keep(ana, channel)
    assert "Slack's free plan allows no canvas here, or no other one" in ana.last_message(channel).text
    assert world.slack.canvases_in_channel(channel.id) == [plans]


async def test_without_the_scope_it_says_which_and_goes_on(world: World) -> None:
    ana, channel = await team(world)
    assert world.slack.manifest is not None
    world.slack.manifest["oauth_config"]["scopes"]["bot"].remove("canvases:write")
    await keep(ana, channel)
    assert "I lack the permission `canvases:write`" in ana.last_message(channel).text
    await world.advance_to(MONDAY)
    assert len(world.find_digests(ana, channel)) == 1


async def test_a_document_that_was_deleted_is_forgotten_and_a_new_one_offered(world: World) -> None:
    ana, channel = await team(world)
    await keep(ana, channel)
    (document,) = world.slack.canvases
    world.slack.delete_canvas(document)
    await world.advance_to(MONDAY)
    assert len(world.find_digests(ana, channel)) == 1
    assert (
        ana.find_message(
            channel, "was deleted in Slack, so I don't keep it any more"
        ).message.ephemeral_user_id
        == ana.id
    )
    assert world.slack.canvases == {}
    await keep(ana, channel)
    assert len(world.slack.canvases_in_channel(channel.id)) == 1


async def test_keeping_it_ends_when_told_so_and_what_is_there_stays(world: World) -> None:
    ana, channel = await team(world)
    await keep(ana, channel)
    (document,) = world.slack.canvases_in_channel(channel.id)
    await ana.type_text(channel, "/valuemap add gain: right the first time")
    await ana.type_text(channel, "/valuemap show")
    await ana.click_button(shown(ana, channel), "⋯", "Bring the document up to date")
    assert "right the first time" in document.markdown
    await ana.click_button(shown(ana, channel), "⋯", "Stop keeping the document")
    assert "It stays in the channel as it is now" in ana.last_message(channel).text
    was = document.markdown
    await ana.type_text(channel, "/valuemap add gain: another")
    await world.advance_to(MONDAY)
    assert document.markdown == was
    await ana.type_text(channel, "/valuemap show")
    assert "[Keep as a document]" in shown(ana, channel).text


@pytest.mark.parametrize("own", ["", "# Our own plans"])
async def test_an_answer_that_was_lost_makes_no_second_document(world: World, own: str) -> None:
    ana, channel = await team(world)
    if own:
        theirs(world, channel, own)
    method = "canvases.create" if own else "conversations.canvases.create"
    world.slack.inject_fault(method, takes_effect=True, drops_connection=True)
    await keep(ana, channel)
    await world.advance_time(minutes=1)
    ours = [one for one in world.slack.canvases_in_channel(channel.id) if one.user_id != "U0001"]
    assert len(ours) == 1
    if own:  # Slack does not tell of it, so the person is asked to look
        assert "Slack did not say whether it made one" in ana.last_message(channel).text
        assert ours[0].markdown == ""
    else:
        assert ours[0].markdown.count(OURS) == 1
        assert "is kept as a document" in ana.last_message(channel).text


async def test_what_people_wrote_while_an_answer_was_lost_stays(world: World) -> None:
    """The channel's canvas came to be between the two attempts, and it is not ours."""
    ana, channel = await team(world)
    world.slack.inject_fault("conversations.canvases.create", drops_connection=True)
    await keep(ana, channel)
    plans = theirs(world, channel)
    await world.advance_time(minutes=1)
    assert plans.markdown == "# Our own plans"
    assert world.slack.canvases_in_channel(channel.id) == [plans]


@pytest.mark.parametrize(
    "how",
    [
        {"drops_connection": True},
        {"takes_effect": True, "drops_connection": True},
        {"error": "canvas_editing_locked"},
    ],
)
async def test_writing_that_fails_comes_again(world: World, how: dict[str, object]) -> None:
    ana, channel = await team(world)
    await keep(ana, channel)
    (document,) = world.slack.canvases_in_channel(channel.id)
    await ana.type_text(channel, "/valuemap add gain: right the first time")
    world.slack.inject_fault("canvases.edit", **how)
    await world.advance_to(MONDAY)
    assert len(world.find_digests(ana, channel)) == 1
    await world.advance_time(minutes=1)
    assert "right the first time" in document.markdown
    assert document.markdown.count(OURS) == 1


async def test_what_fails_again_and_again_is_said_and_does_not_hold_up_a_digest(world: World) -> None:
    ana, channel = await team(world)
    world.slack.inject_fault("conversations.canvases.create", error="canvas_tab_creation_failed", times=99)
    await keep(ana, channel)
    for _ in range(6):
        await world.advance_time(minutes=1)
    assert "Slack tried several times and could not make it" in ana.last_message(channel).text
    tried = world.slack.count_calls("conversations.canvases.create")
    await world.advance_to(MONDAY)
    assert len(world.find_digests(ana, channel)) == 1
    assert world.slack.count_calls("conversations.canvases.create") == tried


async def test_what_people_wrote_is_text_in_the_document(world: World) -> None:
    ana, channel = await team(world)
    await ana.type_text(channel, "/valuemap new ![](#C0001)")
    hostile = ("![](@U0001) and @channel", "[x](https://evil.example)", "# **big**", "<!channel> <b>")
    for words in hostile:
        await ana.type_text(channel, f"/valuemap add job: {words}")
    await keep(ana, channel)
    (document,) = world.slack.canvases_in_channel(channel.id)
    assert document.title == "Value map: ![](#C0001)"
    page = ParsedHtml(
        str(h.fragment[render_markdown(document.markdown, build_reader(world.slack, ana.user))])
    )
    assert page.links == []
    assert page.find_all(class_="mention") == []
    assert [words for words in hostile if words not in page.text] == [], page.text


async def test_it_is_asked_for_in_a_direct_message_and_told_there(world: World) -> None:
    ana, channel = await team(world)
    await ana.message_bot("show")
    await ana.click_button(shown(ana, ana.direct_channel), "Keep as a document")
    assert "is kept as a document" in ana.last_message(ana.direct_channel).text
    assert len(world.slack.canvases_in_channel(channel.id)) == 1


async def test_it_follows_a_new_name_and_is_named_when_its_value_map_goes(world: World) -> None:
    ana, channel = await team(world)
    await keep(ana, channel)
    (document,) = world.slack.canvases_in_channel(channel.id)
    await chooses(ana, channel, "Rename")
    await ana.modal.fill_field("Name", "R&D [draft]")
    await ana.modal.submit()
    assert document.title == "Value map: R&D [draft]"
    await chooses(ana, channel, "Delete…")
    assert "Its document in the channel stays" in ana.modal.text
    await ana.modal.submit()
    assert world.slack.canvases_in_channel(channel.id) == [document]
    await world.advance_to(MONDAY)
    assert "waiting takes an hour" in document.markdown


async def chooses(person: Person, channel: SlackChannel, verb: str) -> None:
    await person.type_text(channel, "/valuemap canvases")
    await person.click_button(person.last_message(channel), "⋯", verb)


async def test_a_strangers_button_reaches_no_document(world: World) -> None:
    ana, channel = await team(world)
    await ana.type_text(channel, "/valuemap show")
    eve = world.harness.add_person("Eve")
    other = world.harness.add_channel("other", eve)
    await eve.type_text(other, "/valuemap new Mine")
    await eve.type_text(other, "/valuemap show")
    forged = shown(eve, other)
    forged.message.blocks[:] = shown(ana, channel).message.blocks
    await eve.click_button(forged, "Keep as a document")
    assert "not there any more" in eve.last_message(other).text
    assert world.slack.canvases == {}
