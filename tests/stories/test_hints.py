"""Hints at common mistakes: one at a time in the menu, until the team dismisses them."""

import pytest

from tests.conftest import World


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_dismissed_hint_is_not_shown_again(world: World) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(
        channel, "/valuemap add job: use an *app* for <!channel>; product: builder; reliever: Builder!"
    )
    await ana.type_text(channel, "/valuemap")
    menu = ana.last_message(channel)
    assert "Worth a look:* Products among the pain relievers or gain creators." in menu.text
    assert "“Builder!”" in menu.text
    await ana.click_button(menu, "Dismiss")
    assert "I'll not bring that up again for *Reports*." in ana.last_message(channel).text
    await ben.type_text(channel, "/valuemap")
    menu = ben.last_message(channel)
    assert "Worth a look:* Jobs that name a solution." in menu.text
    assert "“use an ∗app∗ for &lt;!channel&gt;”" in str(menu.message.blocks)
    await ben.click_button(menu, "Dismiss")
    await ana.type_text(channel, "/valuemap")
    assert "Worth a look" not in ana.last_message(channel).text
    section = next(block for block in menu.message.blocks if "Worth a look" in str(block))
    section["accessory"]["value"] = "1:nonsense"
    await ben.click_button(menu, "Dismiss")
    assert "gone already" in ben.last_message(channel).text
