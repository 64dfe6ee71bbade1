"""The example, worked out by its team through the real bot, ends in the figures that its data give."""

from datetime import UTC, datetime

import pytest

from bot.demo import workshop
from bot.fake_slack.client.harness import Harness
from bot.fake_slack.server.delivery import asgi_sender
from bot.server import build_http_app
from tests.conftest import World


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_workshop_ends_in_the_figures_that_its_data_give(world: World) -> None:
    bench = Harness(world.slack, asgi_sender(build_http_app(world.bot)), world.bot.deps.background.drain)
    example = workshop.load_example()
    people = workshop.create_people(bench, example)
    channel = bench.add_channel("duolingo", *people.values())

    async def passes() -> None:
        await world.advance_time(seconds=2)

    await workshop.hold_workshop(example, people, channel, passes)
    ana = people["ana"]
    await ana.type_text(channel, "/valuemap fit")
    shown = ana.last_message(channel).text
    assert "Fit 62\u00a0% (jobs 65\u00a0%, pains 58\u00a0%, gains 63\u00a0%)" in shown
    assert "Important jobs addressed 4/5 · extreme pains relieved 2/4 · essential gains created 2/4" in shown
    assert "Product–market fit: not yet" in shown
    await ana.type_text(channel, "/valuemap evidence")
    listed = ana.last_message(channel).text
    assert "*10 items of evidence*" in listed
    for item in example["evidence"]:
        assert f"“{item['quote']}” — {item['source']}, {item['grade']}" in listed
    await ana.type_text(channel, "/valuemap evidence find ten")
    assert "*Evidenced: 32 points for, 0 against, confidence 0.76*" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap test")
    tests = ana.last_message(channel).text
    assert "*Running*\n*“Nobody to practise with: after a minute the partner is back in the shared" in tests
    assert "right if ≥ 6 of 10 learners" in tests
    assert "• *keep* “Evenings are over at nine: a class at a fixed hour is missed every other week”" in tests
    assert len([seen for seen in ana.visible_messages(channel) if seen.message.thread_ts]) == 56
    await world.advance_to(datetime(2026, 10, 19, 7, tzinfo=UTC))
    (digest,) = world.find_digests(ana, channel)
    assert "Fit digest: Duolingo" in digest.text
