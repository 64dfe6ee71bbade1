"""Several canvases in a channel, and the settings of each."""

from datetime import timedelta

import pytest

from bot.fake_slack.client.events import build_deleted_event, build_joined_event
from bot.fake_slack.client.harness import Person
from bot.fake_slack.client.modal import NotVisible
from bot.fake_slack.models import BOT_USER_ID, SlackChannel
from tests.conftest import World
from tests.stories.voting import find_card


async def start_two_canvases(world: World) -> tuple[Person, Person, SlackChannel]:
    """Ana starts Reports with an entry, Ben then Billing."""
    ana, ben = world.harness.add_person("Ana", "Europe/Berlin"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await ana.type_text(channel, "/valuemap new Reports for small shops")
    await ana.type_text(channel, "/valuemap add pain: waiting takes an hour")
    await ben.type_text(channel, "/valuemap new Billing")
    return ana, ben, channel


async def choose_from_canvas_list(person: Person, channel: SlackChannel, canvas: str, label: str) -> None:
    """Choose from the menu of a canvas in the list."""
    await person.type_text(channel, "/valuemap canvases")
    canvas_list = person.last_message(channel)
    (section,) = (block for block in canvas_list.message.blocks if f"*{canvas}" in str(block.get("text")))
    option = next(o["value"] for o in section["accessory"]["options"] if o["text"]["text"] == label)
    await person.act_on_message(canvas_list, section["block_id"], "canvas", option)


async def test_the_list_shows_the_current_canvas_first_and_switches(world: World) -> None:
    ana, _, channel = await start_two_canvases(world)
    await ana.type_text(channel, "/valuemap canvases")
    canvas_list = ana.last_message(channel).text
    assert canvas_list.index("*Billing* · *current*  [⋯]\n0 entries") < canvas_list.index(
        "*Reports for small shops*  [⋯]\n1 entry"
    )
    await world.advance_time(minutes=1)
    await choose_from_canvas_list(ana, channel, "Reports", "Make it the current one")
    assert "*Reports for small shops* is this channel's current canvas now." in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap show")
    assert "waiting takes an hour" in ana.last_message(channel).text


async def test_renaming_a_canvas_updates_its_message(world: World) -> None:
    ana, _, channel = await start_two_canvases(world)
    await choose_from_canvas_list(ana, channel, "Reports", "Rename")
    await ana.modal.fill_field("Name", "x" * 80)
    await ana.modal.fill_field("Customer segment", "")
    await ana.modal.submit()
    assert "*Reports for small shops* is renamed." in ana.last_message(channel).text
    assert "Every entry is a card" in ana.find_message(channel, f"Value map: {'x' * 80}").text
    await choose_from_canvas_list(ana, channel, "xxx", "Rename")
    await ana.modal.fill_field("Name", "\u200b")
    assert "needs a name" in (await ana.modal.submit()).errors["Name"]


async def test_an_archived_canvas_sends_no_digest_and_can_be_restored(world: World) -> None:
    ana, ben, channel = await start_two_canvases(world)
    await choose_from_canvas_list(ben, channel, "Reports", "Archive")
    assert "is archived" in ben.last_message(channel).text
    before = len(ana.visible_messages(channel))
    await world.advance_time(days=8)
    assert not [
        message for message in ana.visible_messages(channel)[before:] if "Fit digest: Reports" in message.text
    ]
    await ana.type_text(channel, "/valuemap canvases")
    assert "*Reports for small shops* · archived" in ana.last_message(channel).text
    await choose_from_canvas_list(ben, channel, "Reports", "Restore")
    await world.advance_time(minutes=1)
    await choose_from_canvas_list(ben, channel, "Reports", "Make it the current one")
    await ana.type_text(channel, "/valuemap show")
    assert "waiting takes an hour" in ana.last_message(channel).text


@pytest.mark.databases("sqlite", "postgresql")
async def test_deleting_a_canvas_announces_and_removes_all_of_its_data(world: World) -> None:
    ana, ben, channel = await start_two_canvases(world)
    await ben.add_reaction(ana.find_message(channel, "waiting takes an hour\nby"), "five")
    await world.advance_time(days=8)  # so that there is a digest, too
    await choose_from_canvas_list(ben, channel, "Reports", "Delete…")
    assert "will be deleted for good, with 1 entry, 1 vote and its digests." in ben.modal.text
    await ben.modal.submit()
    assert "*Reports for small shops* is deleted." in ben.last_message(channel).text
    assert (
        ana.find_message(
            channel, "The value map Reports for small shops was deleted."
        ).message.ephemeral_user_id
        is None
    )
    async with world.bot.db.engine.connect() as connection:
        for table in ("entry", "reaction"):
            assert (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar() == 0
        digests = "SELECT count(*) FROM digest JOIN canvas ON canvas.id = canvas_id WHERE name = 'Reports'"
        assert (await connection.exec_driver_sql(digests)).scalar() == 0
    await ana.click_button(ana.find_message(channel, "waiting takes an hour\nby"), "⋯", "Why?")
    assert "not there any more" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap canvases")
    assert "Reports" not in ana.last_message(channel).text


async def test_new_cards_go_into_the_channel_and_links_lead_to_each_card(world: World) -> None:
    ana, ben, channel = await start_two_canvases(world)
    await world.advance_time(minutes=1)
    await choose_from_canvas_list(ana, channel, "Reports", "Make it the current one")
    await ana.type_text(channel, "/valuemap settings")
    await ana.modal.fill_field("Cards go", "In the channel")
    await ana.modal.submit()
    assert "new cards go in the channel" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap add gain: right the first time")
    card = ana.find_message(channel, "right the first time\nby").message
    assert card.thread_ts is None
    assert "Every entry is a card in this channel" in ana.find_message(channel, "Value map: Reports").text
    await ben.type_text(channel, "/valuemap rank")
    links = str(ben.last_message(channel).message.blocks)
    assert f"/p{card.ts.replace('.', '')}|vote>" in links
    old_card = ana.find_message(channel, "waiting takes an hour\nby").message
    assert f"/p{old_card.ts.replace('.', '')}?thread_ts={old_card.thread_ts}" in links


async def limit_editors(person: Person, channel: SlackChannel, group: str) -> None:
    await person.type_text(channel, "/valuemap settings")
    await person.modal.fill_field("Entries may be edited and deleted by", group)
    await person.modal.submit()


async def test_only_the_chosen_editors_may_edit_and_delete(world: World) -> None:
    """Where Slack shows the buttons to everybody, the bot refuses those who may not."""
    world.slack.unsupported_element_fields = frozenset({"visible_to_user_ids"})
    ana, ben, channel = await start_two_canvases(world)
    cleo = world.harness.add_person("Cleo")
    channel.member_ids.add(cleo.id)
    await ben.type_text(channel, "/valuemap add job: know by nine")
    await limit_editors(ben, channel, "The author of an entry")
    await ana.type_text(channel, "/valuemap add job: another")
    card = ana.find_message(channel, "another\nby Ana")
    for option in ("Edit or move to another kind", "Delete"):
        await cleo.click_button(card, "⋯", option)
        assert "Only Ana and Ben may change this entry" in cleo.last_message(channel).text
    await ben.click_button(card, "⋯", "Delete")
    await cleo.click_button(card, "Undo")
    assert "Only Ana and Ben" in cleo.last_message(channel).text
    await ana.click_button(card, "Undo")
    assert "another\nby Ana" in card.text
    await cleo.type_text(channel, "/valuemap settings")
    assert "Only Ben, who started *Billing*, can do that." in cleo.last_message(channel).text
    await choose_from_canvas_list(cleo, channel, "Billing", "Archive")
    assert "Only Ben" in cleo.last_message(channel).text


async def test_the_buttons_of_a_card_are_shown_to_who_may_use_them(world: World) -> None:
    ana, ben, channel = await start_two_canvases(world)
    cleo = world.harness.add_person("Cleo")
    channel.member_ids.add(cleo.id)
    await ana.type_text(channel, "/valuemap add job: another")
    card = ana.find_message(channel, "another\nby Ana")
    assert "[⋯]" in card.text, "anyone may edit it"
    for group, editors, others in (
        ("The author of an entry", (ana, ben), (cleo,)),
        ("Who started the canvas", (ben,), (ana, cleo)),
    ):
        await limit_editors(ben, channel, group)
        await world.advance_time(seconds=5)
        for person in others:
            with pytest.raises(NotVisible):
                await person.click_button(card, "Edit")
        for person in editors:
            await person.click_button(card, "Edit")
            await person.modal.fill_field("The job", f"another by {person.user.name}")
            await person.modal.submit()
            assert f"another by {person.user.name}\nby Ana" in card.text
            await person.click_button(card, "Delete")
            with pytest.raises(NotVisible):
                await others[-1].click_button(card, "Undo")
            await person.click_button(card, "Undo")
    await limit_editors(ben, channel, "Anyone in the channel")
    await world.advance_time(seconds=5)
    await cleo.click_button(card, "⋯", "Delete")
    assert "Deleted by Cleo" in card.text


async def test_somebody_outside_a_channel_cannot_reach_its_canvases(world: World) -> None:
    ana, _, channel = await start_two_canvases(world)
    eve = world.harness.add_person("Eve")
    other = world.harness.add_channel("other", eve)
    await eve.type_text(other, "/valuemap canvases")
    assert "no canvas yet" in eve.last_message(other).text
    await ana.type_text(channel, "/valuemap canvases")
    await eve.type_text(other, "/valuemap new Mine")
    await eve.type_text(other, "/valuemap canvases")
    mine = eve.last_message(other).message
    mine.blocks[:] = ana.last_message(channel).message.blocks
    (section,) = (block for block in mine.blocks if "*Reports" in str(block.get("text")))
    forged = eve.last_message(other)
    options = section["accessory"]["options"]
    assert len(options) > 3
    for option in options:
        await eve.act_on_message(forged, section["block_id"], "canvas", option["value"])
        assert "not there any more" in eve.last_message(other).text


async def test_a_bot_that_returns_after_weeks_sends_one_digest(world: World) -> None:
    ana = world.harness.add_person("Ana", "Europe/Berlin")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap add pain: waiting takes an hour")
    channel.member_ids.discard(BOT_USER_ID)
    for _ in range(3):
        await world.advance_to(world.clock.now() + timedelta(days=7))
    assert world.find_digests(ana, channel) == []
    channel.member_ids.add(BOT_USER_ID)
    await world.harness.send_event(build_joined_event(world.slack, channel, BOT_USER_ID, ana.id))
    (digest,) = world.find_digests(ana, channel)
    assert (
        "Planned for Mon 26 Oct 09:00 (Europe/Berlin), sent late" in digest.text
    )  # the newest of those it missed


async def test_nothing_is_posted_for_the_canvases_of_a_deleted_channel(world: World) -> None:
    ana, _, channel = await start_two_canvases(world)
    await world.harness.send_event(build_deleted_event(world.slack, channel))
    channel.is_archived = True
    posts = world.slack.count_calls("chat.postMessage")
    await world.advance_time(days=8)
    assert world.slack.count_calls("chat.postMessage") == posts
    assert "None of your channels has a canvas" in await ana.open_home()


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_canvas_of_the_same_name_and_segment_is_pointed_out_first(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports for small shops")
    assert ana.find_message(channel, "Started").text.startswith("Started *Reports for small shops*.\nBegin")
    await world.advance_time(minutes=1)
    await ana.type_text(channel, "/valuemap new Billing")
    assert "It is this channel's current canvas now." in ana.find_message(channel, "Started *Billing*").text

    await ana.type_text(channel, "/valuemap new reports for Small shops")
    question = ana.last_message(channel)
    assert question.text.splitlines() == [
        "*Reports for small shops* is in this channel already.",
        "[Switch to it] [Start another anyway]",
    ]
    await world.advance_time(minutes=1)
    await ana.click_button(question, "Switch to it")
    assert "*Reports for small shops* is this channel's current canvas now." in ana.last_message(channel).text

    await ana.type_text(channel, "/valuemap new")
    await ana.modal.fill_field("Name", "Reports")
    await ana.modal.fill_field("Customer segment", "small shops")
    await ana.modal.submit()
    question = ana.last_message(channel)
    for _ in range(2):  # by a double click
        await ana.click_button(question, "Start another anyway")
    await ana.type_text(channel, "/valuemap canvases")
    assert ana.last_message(channel).text.count("*Reports for small shops*") == 2


async def test_a_channel_whose_canvases_are_archived_says_so_and_how_they_come_back(world: World) -> None:
    ana, ben, channel = await start_two_canvases(world)
    card = find_card(ana, channel, "waiting takes an hour")
    await choose_from_canvas_list(ana, channel, "Reports", "Archive")
    await choose_from_canvas_list(ben, channel, "Billing", "Archive")
    for command in ("", " show", " add pain: slow", " vote"):
        await ana.type_text(channel, f"/valuemap{command}")
        answer = ana.last_message(channel).text
        assert answer.startswith("All 2 canvases of this channel are archived: restore one with"), command
    await ana.click_button(ana.last_message(channel), "Canvases")
    assert ana.last_message(channel).text.count("· archived") == 2
    await choose_from_canvas_list(ben, channel, "Billing", "Delete…")
    await ben.modal.submit()
    await ana.click_button(card, "⋯", "Vote")
    assert "or archived: see `/valuemap canvases`" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap show")
    archived = ana.last_message(channel)
    text, buttons = archived.text.splitlines()
    assert text.startswith(
        "*Reports for small shops* is archived: restore it with `/valuemap canvases`, or start"
    )
    assert buttons == "[Restore] [Start another]"
    await ana.type_text(channel, "/valuemap restore")
    assert "in the list of `/valuemap canvases`" in ana.last_message(channel).text
    await ana.click_button(archived, "Restore")
    await ana.type_text(channel, "/valuemap show")
    assert "waiting takes an hour" in ana.last_message(channel).text


async def test_an_archived_canvas_is_restored_by_the_button_of_the_answer(world: World) -> None:
    ana, ben, channel = await start_two_canvases(world)
    await choose_from_canvas_list(ben, channel, "Reports", "Archive")
    archived = ben.last_message(channel)
    assert archived.text.splitlines() == [
        "*Reports for small shops* is archived: its digest rests.",
        "[Restore]",
    ]
    await ben.click_button(archived, "Restore")
    assert ben.last_message(channel).text == "*Reports for small shops* is back."
    await ana.type_text(channel, "/valuemap canvases")
    assert "archived" not in ana.last_message(channel).text
