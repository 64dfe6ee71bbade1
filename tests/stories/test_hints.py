"""Common mistakes are hinted at in the menu, one at a time, until the team does not want to hear of them."""

from tests.conftest import World


async def test_a_hint_is_shown_and_dismissed_for_good(world: World) -> None:
    ana, ben = world.bench.person("Ana"), world.bench.person("Ben")
    channel = world.bench.channel("product", ana, ben)
    await ana.types(channel, "/valuemap new Reports")
    await ana.types(
        channel, "/valuemap add job: use an *app* for <!channel>; product: builder; reliever: Builder!"
    )
    await ana.types(channel, "/valuemap")
    menu = ana.last(channel)
    assert "Worth a look:* Products among the pain relievers or gain creators." in menu.text
    assert "“Builder!”" in menu.text
    await ana.clicks(menu, "Dismiss")
    assert "I'll not bring that up again for *Reports*." in ana.last(channel).text
    await ben.types(channel, "/valuemap")
    menu = ben.last(channel)
    assert "Worth a look:* Jobs that name a solution." in menu.text
    assert "“use an ∗app∗ for &lt;!channel&gt;”" in str(menu.posted.blocks)
    await ben.clicks(menu, "Dismiss")
    await ana.types(channel, "/valuemap")
    assert "Worth a look" not in ana.last(channel).text
    section = next(block for block in menu.posted.blocks if "Worth a look" in str(block))
    section["accessory"]["value"] = "1:nonsense"
    await ben.clicks(menu, "Dismiss")
    assert "gone already" in ben.last(channel).text
