"""Who is in a channel is asked of Slack whenever something is pressed, and now and then for commands."""

from datetime import timedelta

from tests.conftest import World
from tests.stories.voting import team


def asked(world: World) -> int:
    return sum(method == "conversations.members" for method, _ in world.slack.calls)


async def test_a_command_asks_who_is_there_once_in_five_minutes_and_a_button_each_time(world: World) -> None:
    (ana, ben, *_), channel = await team(world)
    await ana.types(channel, "/valuemap fit")
    before = asked(world)
    await ana.types(channel, "/valuemap rank")
    assert asked(world) == before
    await ben.types(channel, "/valuemap rank")
    assert asked(world) == before + 1
    started = ana.finds(channel, "Reports")
    for times in (2, 3):
        await ana.clicks(started, "Fit")
        assert asked(world) == before + times
    world.clock.advance(timedelta(seconds=301))
    before = asked(world)
    await ana.types(channel, "/valuemap rank")
    assert asked(world) > before
