"""Who the bot is: where Slack has trouble saying so, nothing that came meanwhile is lost."""

from tests.conftest import World


async def test_what_comes_while_slack_does_not_say_who_the_bot_is_comes_again(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    world.slack.fail("auth.test", status=500, error="internal_error")
    said = {
        "type": "app_mention",
        "user": ana.id,
        "channel": channel.id,
        "text": "<@U0BOT> help",
        "ts": "5.1",
    }
    await world.bench.send_event(said)
    assert [trouble[:3] for trouble in world.bench.troubles] == ["500"]
    world.bench.troubles.clear()
    await world.bench.send_event(said)
    assert "/valuemap" in ana.last(channel).text


async def test_a_token_that_is_revoked_is_no_reason_to_send_again(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    world.slack.fail("auth.test", error="token_revoked", times=9)
    await ana.types(channel, "/valuemap")
    assert world.bench.troubles == []
