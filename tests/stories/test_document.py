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
NOTICE = "> Each fit digest writes this document anew"


async def start_value_map(world: World) -> tuple[Person, SlackChannel]:
    ana = world.harness.add_person("Ana", "Europe/Berlin")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports for small shops")
    await ana.type_text(channel, "/valuemap add pain: waiting takes an hour; reliever: robot")
    return ana, channel


def find_value_map(person: Person, channel: SlackChannel) -> VisibleMessage:
    return person.find_message(channel, "[Add an entry]")


async def keep_document(person: Person, channel: SlackChannel) -> None:
    await person.type_text(channel, "/valuemap show")
    await person.click_button(find_value_map(person, channel), "Keep as a document")


def add_own_canvas(world: World, channel: SlackChannel, markdown: str = "# Our own plans") -> SlackCanvas:
    """Add a canvas that people of the channel made."""
    own = SlackCanvas("F0THEIRS", "Plans", markdown, channel.id, "U0001", is_channel_canvas=True)
    world.slack.store_canvas(own)
    return own


async def test_a_value_map_is_kept_as_the_channels_document(world: World) -> None:
    ana, channel = await start_value_map(world)
    await keep_document(ana, channel)
    (document,) = world.slack.canvases_in_channel(channel.id)
    assert (document.title, document.is_channel_canvas) == ("Value map: Reports", True)
    assert document.markdown.startswith("For **small shops** · as of Mon 12 Oct 2026")
    assert "- – · waiting takes an hour — waits for votes" in document.markdown
    on_its_way, there = ana.visible_messages(channel)[-2:]
    assert "I'm making a document of *Reports for small shops*" in on_its_way.text
    assert f"<{world.slack.url}/docs/T0FAKE/{document.id}|Open it>" in str(there.message.blocks)
    assert there.message.ephemeral_user_id == ana.id


async def test_each_digest_rewrites_the_document_unless_nothing_changed(world: World) -> None:
    ana, channel = await start_value_map(world)
    await keep_document(ana, channel)
    (document,) = world.slack.canvases_in_channel(channel.id)
    await ana.add_reaction(ana.find_message(channel, "waiting takes an hour\nby"), "five")
    await ana.type_text(channel, "/valuemap add gain: right the first time")
    assert "right the first time" not in document.markdown
    document.markdown += "\n\nsomebody's remark"
    await world.advance_to(MONDAY)
    assert "- – · right the first time — waits for votes" in document.markdown
    assert "as of Mon 19 Oct 2026 09:00" in document.markdown
    assert "- 1 · waiting takes an hour — **3.67**" in document.markdown
    assert "remark" not in document.markdown
    assert document.markdown.count(NOTICE) == 1
    edits = world.slack.count_calls("canvases.edit")
    await world.advance_to(MONDAY + timedelta(days=8))
    assert "nothing happened" in ana.last_message(channel).text
    assert world.slack.count_calls("canvases.edit") == edits


async def test_a_double_click_makes_one_document(world: World) -> None:
    ana, channel = await start_value_map(world)
    await ana.type_text(channel, "/valuemap show")
    at_first = find_value_map(ana, channel)
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
    assert document.markdown.count(NOTICE) == 1


async def test_peoples_own_canvas_stays_as_it_is(world: World) -> None:
    ana, channel = await start_value_map(world)
    plans = add_own_canvas(world, channel)
    await keep_document(ana, channel)
    await world.advance_to(MONDAY)
    assert (plans.title, plans.markdown) == ("Plans", "# Our own plans")
    own, ours = world.slack.canvases_in_channel(channel.id)
    assert own is plans
    assert (ours.title, ours.is_channel_canvas) == ("Value map: Reports", False)
    assert "as of Mon 19 Oct 2026" in ours.markdown


@pytest.mark.databases("sqlite", "postgresql")
async def test_an_empty_canvas_of_the_channel_is_used(world: World) -> None:
    ana, channel = await start_value_map(world)
    empty = add_own_canvas(world, channel, markdown="")
    await keep_document(ana, channel)
    assert world.slack.canvases_in_channel(channel.id) == [empty]
    assert "waiting takes an hour" in empty.markdown


async def test_each_value_map_of_a_channel_has_a_document_of_its_own(world: World) -> None:
    ana, channel = await start_value_map(world)
    await keep_document(ana, channel)
    await ana.type_text(channel, "/valuemap new Billing")
    await ana.type_text(channel, "/valuemap add job: pay on time")
    await keep_document(ana, channel)
    reports, billing = world.slack.canvases_in_channel(channel.id)
    assert [reports.title, billing.title] == ["Value map: Reports", "Value map: Billing"]
    assert "pay on time" in billing.markdown
    assert "pay on time" not in reports.markdown


async def test_a_document_that_is_not_written_yet_is_not_taken_by_another_value_map(world: World) -> None:
    ana, channel = await start_value_map(world)
    world.slack.inject_fault("canvases.edit", error="canvas_editing_locked")
    await keep_document(ana, channel)
    await ana.type_text(channel, "/valuemap new Billing")
    await keep_document(ana, channel)
    await world.advance_time(seconds=5)
    assert [one.title for one in world.slack.canvases_in_channel(channel.id)] == [
        "Value map: Reports",
        "Value map: Billing",
    ]
    assert all(one.markdown.count(NOTICE) == 1 for one in world.slack.canvases.values())


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("team_tier_cannot_create_channel_canvases", "your Slack plan has no canvases in channels"),
        ("canvas_disabled_user_team", "canvases are turned off in this workspace"),
        ("restricted_action", "the rules of this workspace or channel don't let me"),
    ],
)
async def test_where_slack_has_no_canvases_one_sentence_says_so_and_digests_continue(
    world: World, error: str, says: str
) -> None:
    ana, channel = await start_value_map(world)
    world.slack.inject_fault("conversations.canvases.create", error=error)
    await keep_document(ana, channel)
    told = ana.last_message(channel)
    assert f"I can't keep *Reports for small shops* as a document: {says}." in told.text
    assert "`/valuemap export md`" in told.text
    assert told.message.ephemeral_user_id == ana.id
    await world.advance_to(MONDAY)
    assert len(world.find_digests(ana, channel)) == 1
    assert world.slack.canvases == {}
    await keep_document(ana, channel)  # it may be there another day
    assert len(world.slack.canvases) == 1


@pytest.mark.databases("sqlite", "postgresql")
async def test_the_free_plan_allows_no_document_beside_peoples_own_canvas(world: World) -> None:
    ana, channel = await start_value_map(world)
    world.slack.is_free_plan = True
    plans = add_own_canvas(world, channel)
    await keep_document(ana, channel)
    assert "Slack's free plan allows no canvas here, or no other one" in ana.last_message(channel).text
    assert world.slack.canvases_in_channel(channel.id) == [plans]


async def test_without_the_scope_a_message_names_it_and_digests_continue(world: World) -> None:
    ana, channel = await start_value_map(world)
    assert world.slack.manifest is not None
    world.slack.manifest["oauth_config"]["scopes"]["bot"].remove("canvases:write")
    await keep_document(ana, channel)
    assert "I lack the permission `canvases:write`" in ana.last_message(channel).text
    await world.advance_to(MONDAY)
    assert len(world.find_digests(ana, channel)) == 1


async def test_a_deleted_document_is_kept_no_more_and_a_new_one_is_offered(world: World) -> None:
    ana, channel = await start_value_map(world)
    await keep_document(ana, channel)
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
    await keep_document(ana, channel)
    assert len(world.slack.canvases_in_channel(channel.id)) == 1


async def test_stopping_leaves_the_document_as_it_is(world: World) -> None:
    ana, channel = await start_value_map(world)
    await keep_document(ana, channel)
    (document,) = world.slack.canvases_in_channel(channel.id)
    await ana.type_text(channel, "/valuemap add gain: right the first time")
    await ana.type_text(channel, "/valuemap show")
    await ana.click_button(find_value_map(ana, channel), "⋯", "Bring the document up to date")
    assert "right the first time" in document.markdown
    await ana.click_button(find_value_map(ana, channel), "⋯", "Stop keeping the document")
    assert "It stays in the channel as it is now" in ana.last_message(channel).text
    was = document.markdown
    await ana.type_text(channel, "/valuemap add gain: another")
    await world.advance_to(MONDAY)
    assert document.markdown == was
    await ana.type_text(channel, "/valuemap show")
    assert "[Keep as a document]" in find_value_map(ana, channel).text


@pytest.mark.parametrize("own", ["", "# Our own plans"])
async def test_no_second_document_is_made_when_slacks_answer_is_lost(world: World, own: str) -> None:
    ana, channel = await start_value_map(world)
    if own:
        add_own_canvas(world, channel, own)
    method = "canvases.create" if own else "conversations.canvases.create"
    world.slack.inject_fault(method, takes_effect=True, drops_connection=True)
    await keep_document(ana, channel)
    await world.advance_time(minutes=1)
    ours = [one for one in world.slack.canvases_in_channel(channel.id) if one.user_id != "U0001"]
    assert len(ours) == 1
    if own:  # Slack does not tell of it, so the person is asked to look
        assert "Slack did not say whether it made one" in ana.last_message(channel).text
        assert ours[0].markdown == ""
    else:
        assert ours[0].markdown.count(NOTICE) == 1
        assert "is kept as a document" in ana.last_message(channel).text


async def test_a_canvas_that_people_made_after_a_lost_answer_stays_as_it_is(world: World) -> None:
    """The channel's canvas came to be between the two attempts, and it is not ours."""
    ana, channel = await start_value_map(world)
    world.slack.inject_fault("conversations.canvases.create", drops_connection=True)
    await keep_document(ana, channel)
    plans = add_own_canvas(world, channel)
    await world.advance_time(minutes=1)
    assert plans.markdown == "# Our own plans"
    assert world.slack.canvases_in_channel(channel.id) == [plans]


@pytest.mark.parametrize(
    "how",
    [
        {"drops_connection": True},
        {"takes_effect": True, "drops_connection": True},
        {"error": "canvas_editing_locked"},
        {"status": 503, "times": 6},
    ],
)
async def test_failed_writing_is_tried_again(world: World, how: dict[str, object]) -> None:
    ana, channel = await start_value_map(world)
    await keep_document(ana, channel)
    (document,) = world.slack.canvases_in_channel(channel.id)
    await ana.type_text(channel, "/valuemap add gain: right the first time")
    world.slack.inject_fault("canvases.edit", **how)
    await world.advance_to(MONDAY)
    assert len(world.find_digests(ana, channel)) == 1
    for _ in range(10):
        await world.advance_time(minutes=1)
    assert "right the first time" in document.markdown
    assert document.markdown.count(NOTICE) == 1


async def test_a_lasting_failure_is_reported_and_does_not_hold_up_a_digest(world: World) -> None:
    ana, channel = await start_value_map(world)
    world.slack.inject_fault("conversations.canvases.create", error="canvas_tab_creation_failed", times=99)
    await keep_document(ana, channel)
    for _ in range(6):
        await world.advance_time(minutes=1)
    assert "Slack tried several times and could not make it" in ana.last_message(channel).text
    tried = world.slack.count_calls("conversations.canvases.create")
    await world.advance_to(MONDAY)
    assert len(world.find_digests(ana, channel)) == 1
    assert world.slack.count_calls("conversations.canvases.create") == tried


async def test_markdown_that_people_typed_stays_text_in_the_document(world: World) -> None:
    ana, channel = await start_value_map(world)
    await ana.type_text(channel, "/valuemap new ![](#C0001)")
    hostile = ("![](@U0001) and @channel", "[x](https://evil.example)", "# **big**", "<!channel> <b>")
    for words in hostile:
        await ana.type_text(channel, f"/valuemap add job: {words}")
    await keep_document(ana, channel)
    (document,) = world.slack.canvases_in_channel(channel.id)
    assert document.title == "Value map: ![](#C0001)"
    page = ParsedHtml(
        str(h.fragment[render_markdown(document.markdown, build_reader(world.slack, ana.user))])
    )
    assert page.links == []
    assert page.find_all(class_="mention") == []
    # The reader of lists takes the marks off a heading and a link, so that only their words are entries.
    expected = (hostile[0], "x", "big", hostile[3])
    assert [words for words in expected if words not in page.text] == [], page.text


async def test_a_document_requested_in_a_direct_message_is_answered_there(world: World) -> None:
    ana, channel = await start_value_map(world)
    await ana.message_bot("show")
    await ana.click_button(find_value_map(ana, ana.direct_channel), "Keep as a document")
    assert "is kept as a document" in ana.last_message(ana.direct_channel).text
    assert len(world.slack.canvases_in_channel(channel.id)) == 1


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_document_follows_a_rename_and_is_named_before_its_value_map_is_deleted(world: World) -> None:
    ana, channel = await start_value_map(world)
    await keep_document(ana, channel)
    (document,) = world.slack.canvases_in_channel(channel.id)
    await choose_in_canvas_menu(ana, channel, "Rename")
    await ana.modal.fill_field("Name", "R&D [draft]")
    await ana.modal.submit()
    assert document.title == "Value map: R&D [draft]"
    await choose_in_canvas_menu(ana, channel, "Delete…")
    assert "Its document in the channel stays" in ana.modal.text
    await ana.modal.submit()
    assert world.slack.canvases_in_channel(channel.id) == [document]
    await world.advance_to(MONDAY)
    assert "waiting takes an hour" in document.markdown


async def choose_in_canvas_menu(person: Person, channel: SlackChannel, verb: str) -> None:
    await person.type_text(channel, "/valuemap canvases")
    await person.click_button(person.last_message(channel), "⋯", verb)


async def test_a_forged_button_of_a_stranger_reaches_no_document(world: World) -> None:
    ana, channel = await start_value_map(world)
    await ana.type_text(channel, "/valuemap show")
    eve = world.harness.add_person("Eve")
    other = world.harness.add_channel("other", eve)
    await eve.type_text(other, "/valuemap new Mine")
    await eve.type_text(other, "/valuemap show")
    forged = find_value_map(eve, other)
    forged.message.blocks[:] = find_value_map(ana, channel).message.blocks
    await eve.click_button(forged, "Keep as a document")
    assert "not there any more" in eve.last_message(other).text
    assert world.slack.canvases == {}
