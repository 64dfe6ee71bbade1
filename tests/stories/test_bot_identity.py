"""The bot asks Slack who it is; what comes while Slack does not answer that is not lost."""

from tests.conftest import World


async def test_slack_sends_again_what_comes_while_it_cannot_say_who_the_bot_is(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    world.slack.inject_fault("auth.test", status=500, error="internal_error")
    mention = {
        "type": "app_mention",
        "user": ana.id,
        "channel": channel.id,
        "text": "<@U0BOT> help",
        "ts": "5.1",
    }
    await world.harness.send_event(mention)
    assert [failure[:3] for failure in world.harness.failures] == ["500"]
    world.harness.failures.clear()
    await world.harness.send_event(mention)
    assert "/valuemap" in ana.last_message(channel).text


async def test_a_revoked_token_makes_slack_send_nothing_again(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    world.slack.inject_fault("auth.test", error="token_revoked", times=9)
    await ana.type_text(channel, "/valuemap")
    assert world.harness.failures == []
