"""Several canvases in a channel, and what a team decides about one."""

from datetime import timedelta

from bot.fake_slack.people import Person
from bot.fake_slack.things import BOT, Channel
from tests.conftest import World


async def two_canvases(world: World) -> tuple[Person, Person, Channel]:
    """Ana starts Reports with an entry, Ben then Billing."""
    ana, ben = world.bench.person("Ana", "Europe/Berlin"), world.bench.person("Ben")
    channel = world.bench.channel("product", ana, ben)
    await ana.types(channel, "/valuemap new Reports for small shops")
    await ana.types(channel, "/valuemap add pain: waiting takes an hour")
    await ben.types(channel, "/valuemap new Billing")
    return ana, ben, channel


async def chooses(person: Person, channel: Channel, canvas: str, verb: str) -> None:
    """Choose from the menu of a canvas in the list."""
    await person.types(channel, "/valuemap canvases")
    listed = person.last(channel)
    (section,) = (block for block in listed.posted.blocks if f"*{canvas}" in str(block.get("text")))
    option = next(o["value"] for o in section["accessory"]["options"] if o["text"]["text"] == verb)
    await person.presses(listed, section["block_id"], "canvas", option)


async def test_the_list_shows_the_current_canvas_first_and_switches(world: World) -> None:
    ana, _, channel = await two_canvases(world)
    await ana.types(channel, "/valuemap canvases")
    listed = ana.last(channel).text
    assert listed.index("*Billing* · *current*\n0 entries") < listed.index(
        "*Reports for small shops*\n1 entry"
    )
    await world.passes(minutes=1)
    await chooses(ana, channel, "Reports", "Make it the current one")
    assert "*Reports for small shops* is this channel's current canvas now." in ana.last(channel).text
    await ana.types(channel, "/valuemap show")
    assert "waiting takes an hour" in ana.last(channel).text


async def test_a_canvas_is_renamed_and_its_message_follows(world: World) -> None:
    ana, _, channel = await two_canvases(world)
    await chooses(ana, channel, "Reports", "Rename")
    await ana.modal.fill("Name", "x" * 80)
    await ana.modal.fill("Customer segment", "")
    await ana.modal.submit()
    assert "*Reports for small shops* is renamed." in ana.last(channel).text
    assert "Every entry is a card" in ana.finds(channel, f"Value map: {'x' * 80}").text
    await chooses(ana, channel, "xxx", "Rename")
    await ana.modal.fill("Name", "\u200b")
    assert "needs a name" in (await ana.modal.submit()).errors["Name"]


async def test_an_archived_canvas_rests_and_comes_back(world: World) -> None:
    ana, ben, channel = await two_canvases(world)
    await chooses(ben, channel, "Reports", "Archive")
    assert "is archived" in ben.last(channel).text
    before = len(ana.sees(channel))
    await world.passes(days=8)
    assert not [seen for seen in ana.sees(channel)[before:] if "Fit digest: Reports" in seen.text]
    await ana.types(channel, "/valuemap canvases")
    assert "*Reports for small shops* · archived" in ana.last(channel).text
    await chooses(ben, channel, "Reports", "Restore")
    await world.passes(minutes=1)
    await chooses(ben, channel, "Reports", "Make it the current one")
    await ana.types(channel, "/valuemap show")
    assert "waiting takes an hour" in ana.last(channel).text


async def test_deleting_names_what_goes_and_all_of_it_goes(world: World) -> None:
    ana, ben, channel = await two_canvases(world)
    await ben.reacts(ana.finds(channel, "waiting takes an hour\nby"), "five")
    await world.passes(days=8)  # a digest has told of it
    await chooses(ben, channel, "Reports", "Delete…")
    assert "goes for good: 1 entry, 1 vote and 0 reviews, and its digests" in ben.modal.text
    await ben.modal.submit()
    assert "*Reports for small shops* is deleted." in ben.last(channel).text
    assert ana.finds(channel, "The value map Reports for small shops was deleted.").posted.only_for is None
    async with world.bot.db.engine.connect() as connection:
        for table in ("entry", "reaction"):
            assert (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar() == 0
        digests = "SELECT count(*) FROM digest JOIN canvas ON canvas.id = canvas_id WHERE name = 'Reports'"
        assert (await connection.exec_driver_sql(digests)).scalar() == 0
    await ana.clicks(ana.finds(channel, "waiting takes an hour\nby"), "Why?")
    assert "not there any more" in ana.last(channel).text
    await ana.types(channel, "/valuemap canvases")
    assert "Reports" not in ana.last(channel).text


async def test_settings_send_new_cards_into_the_channel_and_links_lead_to_each(world: World) -> None:
    ana, ben, channel = await two_canvases(world)
    await world.passes(minutes=1)
    await chooses(ana, channel, "Reports", "Make it the current one")
    await ana.types(channel, "/valuemap settings")
    await ana.modal.fill("Cards go", "In the channel")
    await ana.modal.submit()
    assert "new cards go in the channel" in ana.last(channel).text
    await ana.types(channel, "/valuemap add gain: right the first time")
    card = ana.finds(channel, "right the first time\nby").posted
    assert card.thread_ts is None
    assert "Every entry is a card in this channel" in ana.finds(channel, "Value map: Reports").text
    await ben.types(channel, "/valuemap rank")
    links = str(ben.last(channel).posted.blocks)
    assert f"/p{card.ts.replace('.', '')}|vote>" in links
    old = ana.finds(channel, "waiting takes an hour\nby").posted
    assert f"/p{old.ts.replace('.', '')}?thread_ts={old.thread_ts}" in links


async def test_who_may_edit_and_delete_is_kept_to(world: World) -> None:
    ana, ben, channel = await two_canvases(world)
    cleo = world.bench.person("Cleo")
    channel.members.add(cleo.id)
    await ben.types(channel, "/valuemap add job: know by nine")
    await ben.types(channel, "/valuemap settings")
    await ben.modal.fill("Entries may be edited and deleted by", "The author of an entry")
    await ben.modal.submit()
    await ana.types(channel, "/valuemap add job: another")
    card = ana.finds(channel, "another\nby Ana")
    for option in ("Edit or move to another kind", "Delete"):
        await cleo.clicks(card, "⋯", option)
        assert "Only Ana and Ben may change this entry" in cleo.last(channel).text
    await ben.clicks(card, "⋯", "Delete")
    await cleo.clicks(card, "Undo")
    assert "Only Ana and Ben" in cleo.last(channel).text
    await ana.clicks(card, "Undo")
    assert "another\nby Ana" in card.text
    await cleo.types(channel, "/valuemap settings")
    assert "Only Ben, who started *Billing*, can do that." in cleo.last(channel).text
    await chooses(cleo, channel, "Billing", "Archive")
    assert "Only Ben" in cleo.last(channel).text


async def test_a_stranger_cannot_reach_the_canvases_of_another_channel(world: World) -> None:
    ana, _, channel = await two_canvases(world)
    eve = world.bench.person("Eve")
    other = world.bench.channel("other", eve)
    await eve.types(other, "/valuemap canvases")
    assert "no canvas yet" in eve.last(other).text
    await ana.types(channel, "/valuemap canvases")
    await eve.types(other, "/valuemap new Mine")
    await eve.types(other, "/valuemap canvases")
    mine = eve.last(other).posted
    mine.blocks[:] = ana.last(channel).posted.blocks
    (section,) = (block for block in mine.blocks if "*Reports" in str(block.get("text")))
    forged = eve.last(other)
    for option in section["accessory"]["options"]:
        await eve.presses(forged, section["block_id"], "canvas", option["value"])
        assert "not there any more" in eve.last(other).text


async def test_a_bot_that_was_away_for_weeks_sends_one_digest_on_its_return(world: World) -> None:
    ana = world.bench.person("Ana", "Europe/Berlin")
    channel = world.bench.channel("product", ana)
    await ana.types(channel, "/valuemap new Reports")
    await ana.types(channel, "/valuemap add pain: waiting takes an hour")
    channel.members.discard(BOT)
    for _ in range(3):
        await world.until(world.clock.now() + timedelta(days=7))
    assert world.digests(ana, channel) == []
    channel.members.add(BOT)
    await world.bench.send_event({"type": "member_joined_channel", "user": BOT, "channel": channel.id})
    (digest,) = world.digests(ana, channel)
    assert "Planned for 2026-10-26 09:00; late" in digest.text  # the newest of those it missed


async def test_the_canvases_of_a_deleted_channel_rest(world: World) -> None:
    ana, _, channel = await two_canvases(world)
    await world.bench.send_event({"type": "channel_deleted", "channel": channel.id})
    channel.archived = True
    posts = world.slack.called("chat.postMessage")
    await world.passes(days=8)
    assert world.slack.called("chat.postMessage") == posts
    assert "None of your channels has a canvas" in await ana.opens_home()
