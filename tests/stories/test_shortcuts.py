"""The shortcuts: on a message, and from anywhere."""

import pytest

from bot.features.entries.drafts import guess_kind
from bot.method.kinds import Kind
from tests.conftest import World


async def test_a_message_becomes_an_entry_that_links_back_to_it(world: World) -> None:
    ana, ben = world.bench.person("Ana"), world.bench.person("Ben")
    channel = world.bench.channel("product", ana, ben)
    await ana.types(channel, "/valuemap new Reports")
    await ben.types(channel, "Waiting for the report is <b>annoying</b> & takes an hour")
    said = ana.finds(channel, "Waiting for the report").posted

    await ana.chooses("add_message", said)
    assert "The pain: (plain_text_input)" in ana.modal.text
    await ana.modal.fill("Kind", "Gain")  # the guess can be changed, and the text stays
    await ana.modal.fill("Kind", "Pain")
    await ana.modal.fill("And then", ["Add another"])
    await ana.modal.submit()
    card = ana.finds(channel, "Waiting for the report is <b>annoying</b> & takes an hour\nby Ana")
    link = f"{world.slack.url}/archives/{channel.id}/p{said.ts.replace('.', '')}"
    assert f"by Ana from <{link}|a message> ·" in str(card.posted.blocks)

    await ana.modal.fill("The pain", "typed by hand")  # what is added after it is of no message
    await ana.modal.fill("And then", [])
    await ana.modal.submit()
    assert "by Ana · score" in ana.finds(channel, "typed by hand\nby").text


async def test_a_reply_in_a_thread_is_linked_in_its_thread(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await world.canvas(channel)
    thread = ana.finds(channel, "Every entry is a card").posted.ts
    await ana.member.says(channel, "we need to know by nine", thread)
    said = ana.finds(channel, "we need to know by nine").posted
    await ana.chooses("add_message", said)
    await ana.modal.submit()
    card = ana.finds(channel, "we need to know by nine\nby Ana")
    assert f"?thread_ts={thread}&amp;cid={channel.id}|a message>" in str(card.posted.blocks)


async def test_a_very_long_message_is_cut_and_an_empty_one_can_be_filled_in(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await world.canvas(channel)
    await ana.types(channel, "x" * 9000)
    await ana.chooses("add_message", ana.last(channel).posted)
    await ana.modal.submit()
    assert f"{'x' * 499}…\nby Ana" in ana.finds(channel, "xxx").text


async def test_where_there_is_no_canvas_or_no_bot_the_shortcut_says_so(world: World) -> None:
    ana = world.bench.person("Ana")
    channel, elsewhere = world.bench.channel("product", ana), world.bench.channel("else", ana, bot=False)
    for place, says in ((channel, "This channel has no canvas yet"), (elsewhere, "no canvas yet")):
        await ana.types(place, "waiting takes an hour")
        await ana.chooses("add_message", ana.finds(place, "waiting takes an hour").posted)
        assert says in ana.last(place).text


async def test_the_value_maps_of_all_channels_from_anywhere(world: World) -> None:
    ana, eve = world.bench.person("Ana"), world.bench.person("Eve")
    channel = world.bench.channel("product", ana)
    await world.canvas(channel)
    await ana.chooses("value_maps")
    assert "Reports for small shops* in" in ana.modal.text
    await ana.modal.clicks("Add")
    await ana.modal.fill("The job", "from the dialog")
    await ana.modal.submit()
    assert "from the dialog" in ana.finds(channel, "from the dialog\nby Ana").text
    await eve.chooses("value_maps")
    assert "None of your channels has a canvas yet" in eve.modal.text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("pain: it is dear", Kind.PAIN),
        ("Waiting for reports is really annoying", Kind.PAIN),
        ("customers can't find the button", Kind.PAIN),
        ("It would be great if figures were right the first time", Kind.GAIN),
        ("they need to know by nine how yesterday went", Kind.JOB),
        ("Our night run prevents missing figures", Kind.PAIN_RELIEVER),
        ("It lets you see every shop at a glance", Kind.GAIN_CREATOR),
        ("the premium plan", Kind.PRODUCT),
        ("Know how yesterday went", Kind.JOB),
        ("", Kind.JOB),
    ],
)
def test_the_kind_is_guessed_from_words(text: str, kind: Kind) -> None:
    assert guess_kind(text) is kind
