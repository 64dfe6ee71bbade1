"""The shortcut on a message and the global shortcut."""

import pytest

from bot.features.entries.drafts import draft_message
from bot.method.kinds import Kind
from tests.conftest import World


async def test_a_message_becomes_an_entry_with_a_link_to_it(world: World) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await ana.type_text(channel, "/valuemap new Reports")
    await ben.type_text(channel, "Waiting for the report is <b>annoying</b> & takes an hour")
    message = ana.find_message(channel, "Waiting for the report").message

    await ana.use_shortcut("add_message", message)
    assert "The entry: (plain_text_input)" in ana.modal.text
    assert (await ana.modal.submit()).errors.keys() == {"Kind"}, "no kind is guessed"
    await ana.modal.fill_field("Kind", "Gain")  # it can be changed, and the text stays
    await ana.modal.fill_field("Kind", "Pain")
    await ana.modal.fill_field("And then", ["Add another"])
    await ana.modal.submit()
    card = ana.find_message(channel, "Waiting for the report is <b>annoying</b> & takes an hour\nby Ana")
    link = f"{world.slack.url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    assert f"by Ana from <{link}|a message> ·" in str(card.message.blocks)

    await ana.modal.fill_field("The pain", "typed by hand")  # what is added after it is of no message
    await ana.modal.fill_field("And then", [])
    await ana.modal.submit()
    assert "by Ana · waits for votes" in ana.find_message(channel, "typed by hand\nby").text


async def test_the_link_to_a_reply_opens_its_thread(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    thread = ana.find_message(channel, "Every entry is a card").message.ts
    await ana.member.send_text(channel, "we need to know by nine", thread)
    message = ana.find_message(channel, "we need to know by nine").message
    await ana.use_shortcut("add_message", message)
    await ana.modal.fill_field("Kind", "Job")
    await ana.modal.submit()
    card = ana.find_message(channel, "we need to know by nine\nby Ana")
    assert f"?thread_ts={thread}&amp;cid={channel.id}|a message>" in str(card.message.blocks)


async def test_a_very_long_message_is_truncated(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.type_text(channel, "x" * 9000)
    await ana.use_shortcut("add_message", ana.last_message(channel).message)
    await ana.modal.fill_field("Kind", "Job")
    await ana.modal.submit()
    assert f"{'x' * 499}…\nby Ana" in ana.find_message(channel, "xxx").text


async def test_the_shortcut_needs_a_canvas_and_the_bot_in_the_channel(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel, elsewhere = (
        world.harness.add_channel("product", ana),
        world.harness.add_channel("else", ana, bot=False),
    )
    for current_channel, expected in (
        (channel, "This channel has no canvas yet"),
        (elsewhere, "no canvas yet"),
    ):
        await ana.type_text(current_channel, "waiting takes an hour")
        await ana.use_shortcut(
            "add_message", ana.find_message(current_channel, "waiting takes an hour").message
        )
        assert expected in ana.last_message(current_channel).text


async def test_the_global_shortcut_lists_the_value_maps_of_all_channels(world: World) -> None:
    ana, eve = world.harness.add_person("Ana"), world.harness.add_person("Eve")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.use_shortcut("value_maps")
    assert "Reports for small shops* in" in ana.modal.text
    await ana.modal.click_button("Add")
    await ana.modal.fill_field("The job", "from the dialog")
    await ana.modal.submit()
    assert "from the dialog" in ana.find_message(channel, "from the dialog\nby Ana").text
    await eve.use_shortcut("value_maps")
    assert "None of your channels has a canvas in use" in eve.modal.text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("pain: it is dear", Kind.PAIN),
        ("Gains\n• right the first time", Kind.GAIN),
        ("Waiting for reports is really annoying", None),
        ("• too slow\n• too dear", None),
        ("", None),
    ],
)
def test_the_kind_of_a_message_is_the_one_that_it_names(text: str, kind: Kind | None) -> None:
    assert draft_message(text)[0] is kind
