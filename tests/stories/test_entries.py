"""Add, edit, move and delete entries, with valid and invalid input."""

import pytest

from bot.fake_slack.client.events import build_joined_event
from bot.method.kinds import Kind
from bot.store.model import Draft
from tests.conftest import World
from tests.stories.many_entries import store_entries


async def test_the_form_adds_several_entries_with_category_and_products(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap add product: builder")
    await ana.type_text(channel, "/valuemap add")
    modal = ana.modal
    await modal.fill_field("Kind", "Pain reliever")
    await modal.fill_field("The pain reliever", "collected overnight")
    await modal.fill_field("Category", "makes things easier")
    await modal.fill_field("Delivered by", ["builder"])
    await modal.fill_field("And then", ["Add another"])
    await modal.submit()
    assert "Added: collected overnight" in ana.modal.text
    await ana.modal.fill_field("The pain reliever", "no typing")
    await ana.modal.fill_field("And then", [])
    await ana.modal.submit()
    assert "makes things easier" in ana.find_message(channel, "collected overnight").text
    await ana.type_text(channel, "/valuemap why builder")
    assert "It delivers “collected overnight”." in ana.last_message(channel).text


async def test_an_entry_is_edited_moved_deleted_and_restored(world: World) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await world.start_canvas(channel)
    card = ana.find_message(channel, "*Pain*  [⋯]\nslow")
    await ana.click_button(card, "⋯", "Edit or move to another kind")
    await ben.click_button(card, "⋯", "Edit or move to another kind")
    await ana.modal.fill_field("The pain", "very slow")
    await ana.modal.submit()
    assert "*Pain*  [⋯]\nvery slow" in card.text

    bens_modal = ben.modal
    await bens_modal.fill_field("The pain", "too slow")
    await bens_modal.submit()
    assert "Ana changed this entry meanwhile to “very slow”" in ben.modal.text
    await ben.modal.fill_field("Kind", "Gain")
    await ben.modal.submit()
    assert "*Gain*  [⋯]\ntoo slow" in card.text

    await ana.click_button(card, "⋯", "Delete")
    assert "Deleted by Ana: gain “too slow”" in card.text
    await ana.click_button(ana.find_message(channel, "Deleted: “too slow”"), "Undo")
    assert "“too slow” is back" in ana.last_message(channel).text
    await ana.click_button(card, "⋯", "Delete")
    await ben.add_reaction(card, "five")
    await ana.type_text(channel, "/valuemap show")
    assert "too slow" not in ana.last_message(channel).text
    await ben.click_button(card, "Undo")
    assert "*Gain*  [⋯]\ntoo slow" in card.text
    await ana.click_button(card, "⋯", "Delete")
    await ana.click_button(card, "Undo")


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("add pain:", "There is no text to add"),
        ("add pain: \u200b\u200d", "There is no text to add"),
        ("add nonsense", "Which box is “nonsense” for?"),
        ("add pain too slow", "/valuemap add pain: too slow"),
        ("add pain: " + "x" * 40_000, "has 40000: nothing was added"),
        ("pain: too slow", "Did you mean `/valuemap add pain: too slow`"),
        ("ranke", "Did you mean `/valuemap rank`"),
        ("xyzzy", "I don't know “xyzzy”"),
        ("rank cheese", "I know no kind “cheese”"),
        ("why", "Say which entry you mean"),
        ("why qqqq", "No entry contains “qqqq”"),
        ("export pdf", "I can't export “pdf”."),
        ("HELP", "How voting works"),
    ],
)
async def test_invalid_input_gets_a_clear_answer(world: World, command: str, answer: str) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, f"/valuemap {command}")
    assert answer in ana.last_message(channel).text


async def test_user_text_is_shown_in_every_script_and_never_mentions_anybody(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    texts = ["<!channel> <@U123> &lt; *bold* `code`", "עברית مرحبا", "漢字かな交じり", "👩‍👩‍👧‍👦 emoji"]
    for text in texts:
        await ana.type_text(channel, "/valuemap add")
        await ana.modal.fill_field("The job", text)
        await ana.modal.submit()
    await ana.type_text(channel, "/valuemap show")
    for posted in world.slack.messages:
        everything = f"{posted.text}{posted.blocks}"
        assert "<!channel>" not in everything
        assert "<@U123>" not in everything
    shown = ana.last_message(channel).text
    assert "<!channel> <@U123> &lt; ∗bold∗ ˋcodeˋ" in shown
    for text in texts[1:]:
        assert text in shown


async def test_hundreds_of_entries_in_a_box_exceed_no_limit(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    texts = [f"{'<&>' * 80} {number}" for number in range(500)]
    await ana.message_bot(f"add pain: {'; '.join(texts[:20])}")
    await store_entries(world, ana, channel, [Draft(Kind.PAIN, text) for text in texts[20:]])
    await ana.type_text(channel, "/valuemap add reliever: one")
    for typed in ("show", "show today", "rank", "rank pain", "fit", "", "why 7", "review", "digest now"):
        await ana.type_text(channel, f"/valuemap {typed}")
    assert "needs, part 1 of 5" in ana.modal.text
    await ana.modal.submit()
    assert "needs, part 2 of 5" in ana.modal.text
    assert "[Schedule]" in ana.find_message(channel, "Fit digest").text, "the digest is there to its end"
    assert "Reports" in await ana.open_home()


async def test_a_canvas_needs_a_channel_that_the_bot_is_in(world: World) -> None:
    ana = world.harness.add_person("Ana")
    elsewhere = world.harness.add_channel("elsewhere", ana, bot=False)
    await ana.type_text(elsewhere, "/valuemap new Reports")
    assert "I'm not in this channel" in ana.last_message(elsewhere).text
    archived = world.harness.add_channel("archived", ana)
    archived.is_archived = True
    await ana.type_text(archived, "/valuemap new Reports")
    assert "archived" in ana.last_message(archived).text
    await ana.message_bot("new Reports")
    assert "belongs to a channel" in ana.last_message(ana.direct_channel).text
    await ana.message_bot("fit")
    assert "in no channel with a canvas" in ana.last_message(ana.direct_channel).text


async def test_mentions_and_direct_messages_work_like_the_command(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel, other = world.harness.add_channel("product", ana), world.harness.add_channel("other", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "@valuemap add gain: figures are right")
    assert "*Gain*" in ana.find_message(channel, "figures are right\nby").text
    await ana.message_bot("add gain: in time")
    assert "*Gain*" in ana.find_message(channel, "in time\nby").text
    await ana.type_text(other, "/valuemap new Billing")
    await ana.message_bot("add gain: cheap")
    assert "Which canvas do you mean?" in ana.last_message(ana.direct_channel).text
    await ana.click_button(ana.last_message(ana.direct_channel), "Billing")
    assert "*Gain*" in ana.find_message(other, "cheap\nby").text


async def test_somebody_outside_the_channel_cannot_reach_its_canvas(world: World) -> None:
    ana, eve = world.harness.add_person("Ana"), world.harness.add_person("Eve")
    secret, other = (
        world.harness.add_channel("secret", ana, private=True),
        world.harness.add_channel("other", eve),
    )
    await world.start_canvas(secret)
    await eve.message_bot("fit")
    assert "no channel with a canvas" in eve.last_message(eve.direct_channel).text
    assert "None of your channels" in await eve.open_home()
    # Eve forges the card of a canvas that she cannot see into her own channel.
    card = ana.find_message(secret, "*Job*  [⋯]\nreport")
    await eve.type_text(other, "/valuemap")
    forged_message = eve.last_message(other)
    forged_message.message.blocks[:] = card.message.blocks
    for label, option in (("⋯", "Why?"), ("⋯", "Delete"), ("⋯", "Edit or move to another kind")):
        await eve.click_button(forged_message, label, option)
        assert "not there any more" in eve.last_message(other).text
    assert "*Job*  [⋯]\nreport" in card.text


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_form_submitted_twice_adds_once(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new")
    await ana.modal.fill_field("Name", "Reports")
    await ana.modal.submit(twice=True)
    assert (
        len([message for message in ana.visible_messages(channel) if "Every entry is a card" in message.text])
        == 1
    )
    await ana.type_text(channel, "/valuemap add")
    await ana.modal.fill_field("The job", "report")
    call_count = world.slack.count_calls("users.info")
    await ana.modal.submit(twice=True)
    assert world.slack.count_calls("users.info") == call_count
    assert len([message for message in ana.visible_messages(channel) if "report\nby" in message.text]) == 1


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_form_that_cannot_be_stored_keeps_its_fields(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap add")
    modal = ana.modal
    await modal.fill_field("The job", "   ")
    assert "text that can be seen" in (await modal.submit()).errors["The job"]
    await modal.fill_field("The job", "report in time")
    async with world.bot.db.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE entry RENAME TO away")
    assert "can't reach my storage" in (await modal.submit()).errors["The job"]
    async with world.bot.db.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE away RENAME TO entry")
    await modal.submit()
    assert "*Job*" in ana.find_message(channel, "report in time\nby").text


async def test_reviewing_an_offer_that_was_deleted_meanwhile_is_an_error(world: World) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap review")
    await ana.modal.fill_field("Fits strongly", ["report"])
    await ben.click_button(ben.find_message(channel, "robot\nby"), "⋯", "Delete")
    modal = await ana.modal.submit()
    assert "deleted meanwhile" in modal.errors["Fits strongly"]


async def test_a_button_of_an_older_version_says_that_it_is_outdated(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    card = ana.find_message(channel, "report\nby")
    card.message.blocks[0]["accessory"]["action_id"] = "from_long_ago"
    await ana.click_button(card, "⋯", "Why?")
    assert "older version" in ana.last_message(channel).text


async def test_a_form_that_opened_too_late_is_offered_by_a_button(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    world.slack.inject_fault("views.open", error="expired_trigger_id")
    await ana.type_text(channel, "/valuemap add")
    assert "Slack was too slow" in ana.last_message(channel).text
    await ana.click_button(ana.last_message(channel), "Open the form")
    assert "Add an entry" in ana.modal.text
    await ana.type_text(channel, "@valuemap review")
    await ana.click_button(ana.last_message(channel), "Open the form")
    assert "Offer 1 of 2" in ana.modal.text


async def test_cards_are_posted_when_the_bot_is_invited_again(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap add")
    channel.member_ids.discard("U0BOT")
    await ana.modal.fill_field("The job", "report")
    await ana.modal.submit()
    assert "Added 1 job" in ana.find_message(ana.direct_channel, "Added").text
    assert "because I am not in it" in ana.last_message(ana.direct_channel).text
    channel.member_ids.add("U0BOT")
    await world.harness.send_event(build_joined_event(world.slack, channel, "U0BOT", ana.id))
    assert "*Job*" in ana.find_message(channel, "report\nby").text


async def test_similar_drafts_are_shown_with_the_entry_before_they_are_added(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap add pain: Waiting takes an hour; pain: too dear; gain: in time")
    await ana.type_text(
        channel, "/valuemap add pain: waiting takes an hours!; pain: no figures; pain: no figure"
    )
    answer = ana.find_message(channel, "Added 1 pain")
    assert "Added 1 pain: “no figures”." in answer.text
    assert "Not added: pain “waiting takes an hours!”. Already there: “Waiting takes an hour”." in answer.text
    assert "Not added: pain “no figure”. Already there: “no figures”." in answer.text
    card = ana.find_message(channel, "Waiting takes an hour\nby").message
    assert f"/p{card.ts.replace('.', '')}?thread_ts=" in str(answer.message.blocks)
    for _ in range(2):  # by a double click
        await ana.click_button(answer, "Add anyway")
    assert "is there already" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap add pain: no figures; pain: TOO DEAR")
    answer = ana.last_message(channel)
    assert answer.text.startswith("Already there: “no figures”.")
    assert "Added" not in answer.text
    assert "|Vote on it>" in str(answer.message.blocks)
    assert (
        len(
            [
                message
                for message in ana.visible_messages(channel)
                if "waiting takes an hours!\nby" in message.text
            ]
        )
        == 1
    )


async def test_the_form_names_the_similar_entry_and_adds_on_the_second_submission(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap add pain: Waiting takes an hour")
    await ana.type_text(channel, "/valuemap add pain")
    await ana.modal.fill_field("The pain", "An hour waiting takes")
    await ana.modal.fill_field("Category", "risk")
    await ana.modal.submit()
    assert "Already there: “Waiting takes an hour”" in ana.modal.text
    await ana.modal.submit()
    assert (
        "Pain* · risk  [⋯]\nAn hour waiting takes"
        in ana.find_message(channel, "An hour waiting takes\nby").text
    )


async def test_a_list_in_the_form_becomes_an_entry_for_each_line_and_is_undone_at_once(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    clicks = 0
    await ana.click_button(ana.last_message(channel), "Add an entry")
    clicks += 1
    assert "Reports" not in ana.modal.text, "there is only one"
    await ana.modal.fill_field("The job", "• know by nine\n• close the month\n\n3. sleep well")
    await ana.modal.submit()
    clicks += 1
    assert clicks <= 4
    answer = ana.find_message(channel, "Added 3 jobs.")
    await ana.type_text(channel, "/valuemap new Billing")
    await ana.type_text(channel, "/valuemap add")
    assert "On *Billing*" in ana.modal.text
    await ana.modal.fill_field("Kind", "Pain")
    assert "On *Billing*" in ana.modal.text
    await ana.modal.fill_field("The pain", "dear")
    await ana.modal.submit()
    assert "Added 1 pain to *Billing*: “dear”." in ana.find_message(channel, "Added 1 pain").text
    await ana.click_button(answer, "Undo")
    assert "Undone: 3 jobs are gone." in answer.text
