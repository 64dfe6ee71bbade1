"""Who the bot is: where Slack has trouble saying so, nothing that came meanwhile is lost."""

from tests.conftest import World


async def test_what_comes_while_slack_does_not_say_who_the_bot_is_comes_again(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    world.slack.inject_fault("auth.test", status=500, error="internal_error")
    said = {
        "type": "app_mention",
        "user": ana.id,
        "channel": channel.id,
        "text": "<@U0BOT> help",
        "ts": "5.1",
    }
    await world.harness.send_event(said)
    assert [trouble[:3] for trouble in world.harness.failures] == ["500"]
    world.harness.failures.clear()
    await world.harness.send_event(said)
    assert "/valuemap" in ana.last_message(channel).text


async def test_a_token_that_is_revoked_is_no_reason_to_send_again(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    world.slack.inject_fault("auth.test", error="token_revoked", times=9)
    await ana.type_text(channel, "/valuemap")
    assert world.harness.failures == []
