"""Adding, editing, moving and deleting, with good and bad input."""

import pytest

from tests.conftest import World


async def test_the_form_adds_one_after_another_with_category_and_products(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await ana.types(channel, "/valuemap new Reports")
    await ana.types(channel, "/valuemap add product: builder")
    await ana.types(channel, "/valuemap add")
    modal = ana.modal
    await modal.fill("Kind", "Pain reliever")
    await modal.fill("The pain reliever", "collected overnight")
    await modal.fill("Category", "makes things easier")
    await modal.fill("Delivered by", ["builder"])
    await modal.fill("And then", ["Add another"])
    await modal.submit()
    assert "Added: collected overnight" in ana.modal.text
    await ana.modal.fill("The pain reliever", "no typing")
    await ana.modal.fill("And then", [])
    await ana.modal.submit()
    assert "makes things easier" in ana.finds(channel, "collected overnight").text
    await ana.types(channel, "/valuemap why builder")
    assert "It delivers “collected overnight”." in ana.last(channel).text


async def test_an_entry_is_edited_moved_deleted_and_brought_back(world: World) -> None:
    ana, ben = world.bench.person("Ana"), world.bench.person("Ben")
    channel = world.bench.channel("product", ana, ben)
    await world.canvas(channel)
    card = ana.finds(channel, "*Pain*\nslow")
    await ana.clicks(card, "⋯", "Edit or move to another kind")
    await ben.clicks(card, "⋯", "Edit or move to another kind")
    await ana.modal.fill("The pain", "very slow")
    await ana.modal.submit()
    assert "*Pain*\nvery slow" in card.text

    bens = ben.modal
    await bens.fill("The pain", "too slow")
    await bens.submit()
    assert "Ana changed this entry meanwhile to “very slow”" in ben.modal.text
    await ben.modal.fill("Kind", "Gain")
    await ben.modal.submit()
    assert "*Gain*\ntoo slow" in card.text

    await ana.clicks(card, "⋯", "Delete")
    assert "Deleted by Ana: gain “too slow”" in card.text
    await ben.reacts(card, "five")
    await ana.types(channel, "/valuemap show")
    assert "too slow" not in ana.last(channel).text
    await ben.clicks(card, "Undo")
    assert "*Gain*\ntoo slow" in card.text
    await ana.clicks(card, "⋯", "Delete")
    await ana.clicks(card, "Undo")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("add pain:", "There is no text to add"),
        ("add pain: \u200b\u200d", "There is no text to add"),
        ("add nonsense", "I don't know which box"),
        ("add pain too slow", "/valuemap add pain: too slow"),
        ("add pain: " + "x" * 40_000, "has 40000: nothing was added"),
        ("pain: too slow", "Did you mean `/valuemap add pain: too slow`"),
        ("ranke", "Did you mean `/valuemap rank`"),
        ("xyzzy", "I don't know “xyzzy”"),
        ("rank cheese", "I know no kind “cheese”"),
        ("why", "Say which entry you mean"),
        ("why qqqq", "No entry has “qqqq” in it"),
        ("export pdf", "I can't export “pdf” yet"),
        ("HELP", "How voting works"),
    ],
)
async def test_bad_input_gets_a_clear_answer(world: World, typed: str, answer: str) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await ana.types(channel, "/valuemap new Reports")
    await ana.types(channel, f"/valuemap {typed}")
    assert answer in ana.last(channel).text


async def test_text_is_text_in_every_script_and_never_pings(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await ana.types(channel, "/valuemap new Reports")
    texts = ["<!channel> <@U123> &lt; *bold* `code`", "עברית مرحبا", "漢字かな交じり", "👩‍👩‍👧‍👦 emoji"]
    for text in texts:
        await ana.types(channel, "/valuemap add")
        await ana.modal.fill("The job", text)
        await ana.modal.submit()
    await ana.types(channel, "/valuemap show")
    for posted in world.slack.messages:
        everything = f"{posted.text}{posted.blocks}"
        assert "<!channel>" not in everything
        assert "<@U123>" not in everything
    shown = ana.last(channel).text
    assert "<!channel> <@U123> &lt; ∗bold∗ ˋcodeˋ" in shown
    for text in texts[1:]:
        assert text in shown


async def test_hundreds_of_entries_in_a_box_break_no_limit(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await ana.types(channel, "/valuemap new Reports")
    for start in range(0, 500, 100):
        entries = "; ".join(f"{'<&>' * 80} {number}" for number in range(start, start + 100))
        await ana.tells_bot(f"add pain: {entries}")
    await ana.types(channel, "/valuemap add reliever: one")
    for typed in ("show", "show today", "rank", "rank pain", "fit", "", "why 7", "review", "digest now"):
        await ana.types(channel, f"/valuemap {typed}")
    assert "needs, part 1 of 5" in ana.modal.text
    await ana.modal.submit()
    assert "needs, part 2 of 5" in ana.modal.text
    assert "and" in ana.finds(channel, "Fit digest").text
    assert "Reports" in await ana.opens_home()


async def test_no_canvas_where_the_bot_is_not_in_and_none_in_a_direct_message(world: World) -> None:
    ana = world.bench.person("Ana")
    elsewhere = world.bench.channel("elsewhere", ana, bot=False)
    await ana.types(elsewhere, "/valuemap new Reports")
    assert "I'm not in this channel" in ana.last(elsewhere).text
    archived = world.bench.channel("archived", ana)
    archived.archived = True
    await ana.types(archived, "/valuemap new Reports")
    assert "archived" in ana.last(archived).text
    await ana.tells_bot("new Reports")
    assert "belongs to a channel" in ana.last(ana.direct).text
    await ana.tells_bot("fit")
    assert "no channel with a canvas yet" in ana.last(ana.direct).text


async def test_mentions_and_direct_messages_are_understood_like_the_command(world: World) -> None:
    ana = world.bench.person("Ana")
    channel, other = world.bench.channel("product", ana), world.bench.channel("other", ana)
    await ana.types(channel, "/valuemap new Reports")
    await ana.types(channel, "@valuemap add gain: figures are right")
    assert "*Gain*" in ana.finds(channel, "figures are right\nby").text
    await ana.tells_bot("add gain: in time")
    assert "*Gain*" in ana.finds(channel, "in time\nby").text
    await ana.types(other, "/valuemap new Billing")
    await ana.tells_bot("add gain: cheap")
    assert "Which canvas do you mean?" in ana.last(ana.direct).text
    await ana.clicks(ana.last(ana.direct), "Billing")
    assert "*Gain*" in ana.finds(other, "cheap\nby").text


async def test_a_stranger_to_the_channel_reaches_nothing_of_it(world: World) -> None:
    ana, eve = world.bench.person("Ana"), world.bench.person("Eve")
    secret, other = world.bench.channel("secret", ana, private=True), world.bench.channel("other", eve)
    await world.canvas(secret)
    await eve.tells_bot("fit")
    assert "no channel with a canvas" in eve.last(eve.direct).text
    assert "None of your channels" in await eve.opens_home()
    # Eve forges the card of a canvas that she cannot see into her own channel.
    card = ana.finds(secret, "*Job*\nreport")
    await eve.types(other, "/valuemap")
    mine = eve.last(other)
    mine.posted.blocks[:] = card.posted.blocks
    for label, option in (("Why?", ""), ("⋯", "Delete"), ("⋯", "Edit or move to another kind")):
        await eve.clicks(mine, label, option)
        assert "not there any more" in eve.last(other).text
    assert "*Job*\nreport" in card.text


async def test_a_form_submitted_twice_acts_once(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await ana.types(channel, "/valuemap new")
    await ana.modal.fill("Name", "Reports")
    await ana.modal.submit(twice=True)
    assert len([seen for seen in ana.sees(channel) if "Every entry is a card" in seen.text]) == 1
    await ana.types(channel, "/valuemap add")
    await ana.modal.fill("The job", "report")
    asked = world.slack.called("users.info")
    await ana.modal.submit(twice=True)
    assert world.slack.called("users.info") == asked
    assert len([seen for seen in ana.sees(channel) if "report\nby" in seen.text]) == 1


async def test_a_form_that_cannot_be_stored_keeps_what_was_typed(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await world.canvas(channel)
    await ana.types(channel, "/valuemap add")
    modal = ana.modal
    await modal.fill("The job", "   ")
    assert "text that can be seen" in (await modal.submit()).errors["The job"]
    await modal.fill("The job", "report in time")
    async with world.bot.db.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE delivery RENAME TO away")
    assert "can't reach my storage" in (await modal.submit()).errors["Kind"]
    async with world.bot.db.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE away RENAME TO delivery")
    await modal.submit()
    assert "*Job*" in ana.finds(channel, "report in time\nby").text


async def test_an_offer_deleted_while_another_reviews_it_is_said(world: World) -> None:
    ana, ben = world.bench.person("Ana"), world.bench.person("Ben")
    channel = world.bench.channel("product", ana, ben)
    await world.canvas(channel)
    await ana.types(channel, "/valuemap review")
    await ana.modal.fill("Fits strongly", ["report"])
    await ben.clicks(ben.finds(channel, "robot\nby"), "⋯", "Delete")
    modal = await ana.modal.submit()
    assert "deleted meanwhile" in modal.errors["Fits strongly"]


async def test_a_button_of_an_older_version_says_so(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await world.canvas(channel)
    card = ana.finds(channel, "report\nby")
    card.posted.blocks[2]["elements"][0]["action_id"] = "from_long_ago"
    await ana.clicks(card, "Why?")
    assert "older version" in ana.last(channel).text


async def test_a_form_that_slack_opens_too_late_is_offered_by_a_button(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await world.canvas(channel)
    world.slack.fail("views.open", error="expired_trigger_id")
    await ana.types(channel, "/valuemap add")
    assert "Slack was too slow" in ana.last(channel).text
    await ana.clicks(ana.last(channel), "Open the form")
    assert "Add an entry" in ana.modal.text
    await ana.types(channel, "@valuemap review")
    await ana.clicks(ana.last(channel), "Open the form")
    assert "Offer 1 of 2" in ana.modal.text


async def test_a_bot_that_was_thrown_out_posts_its_cards_once_it_is_back(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await ana.types(channel, "/valuemap new Reports")
    await ana.types(channel, "/valuemap add")
    channel.members.discard("U0BOT")
    await ana.modal.fill("The job", "report")
    await ana.modal.submit()
    assert "Added 1 entry" in ana.last(ana.direct).text
    channel.members.add("U0BOT")
    await world.bench.send_event({"type": "member_joined_channel", "user": "U0BOT", "channel": channel.id})
    assert "*Job*" in ana.finds(channel, "report\nby").text


async def test_what_is_close_to_an_entry_is_shown_beside_it_before_it_is_added(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await ana.types(channel, "/valuemap new Reports")
    await ana.types(channel, "/valuemap add pain: Waiting takes an hour; pain: too dear; gain: in time")
    await ana.types(channel, "/valuemap add pain: waiting takes an hours!; pain: no figures; pain: no figure")
    answer = ana.finds(channel, "Added 1 entry")
    assert "Added 1 entry to *Reports*:\n:warning: pain: no figures" in answer.text
    assert "Not added: pain “waiting takes an hours!”. It is close to “Waiting takes an hour”." in answer.text
    assert "Not added: pain “no figure”. It is close to “no figures”." in answer.text
    card = ana.finds(channel, "Waiting takes an hour\nby").posted
    assert f"/p{card.ts.replace('.', '')}?thread_ts=" in str(answer.posted.blocks)
    for _ in range(2):  # by a double click
        await ana.clicks(answer, "Add anyway")
    assert "is there already" in ana.last(channel).text
    assert len([seen for seen in ana.sees(channel) if "waiting takes an hours!\nby" in seen.text]) == 1


async def test_the_form_says_what_an_entry_is_close_to_and_takes_it_when_told_again(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await ana.types(channel, "/valuemap new Reports")
    await ana.types(channel, "/valuemap add pain: Waiting takes an hour")
    await ana.types(channel, "/valuemap add pain")
    await ana.modal.fill("The pain", "An hour waiting takes")
    await ana.modal.fill("Category", "risk")
    await ana.modal.submit()
    assert "It is close to “Waiting takes an hour”" in ana.modal.text
    await ana.modal.submit()
    assert "Pain* · risk\nAn hour waiting takes" in ana.finds(channel, "An hour waiting takes\nby").text
