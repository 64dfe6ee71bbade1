"""The fit digest: on time across the change of clocks, once, with what changed the fit."""

from datetime import UTC, datetime

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel
from tests.conftest import World

MONDAY_SUMMER = datetime(2026, 10, 19, 7, 0, tzinfo=UTC)  # 09:00 in Berlin
MONDAY_WINTER = datetime(2026, 10, 26, 8, 0, tzinfo=UTC)  # 09:00 in Berlin, clocks changed the day before


async def start_voted_canvas(world: World) -> tuple[Person, SlackChannel]:
    """Start a canvas with an offer and a need of each kind, on which Ana, in Berlin, votes 3."""
    ana = world.harness.add_person("Ana", "Europe/Berlin")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports for small shops")
    await ana.type_text(channel, "/valuemap add job: report; pain: slow; gain: right; reliever: robot")
    for text in ("report", "slow", "right"):
        await ana.add_reaction(ana.find_message(channel, f"\n{text}\nby"), "three")
    return ana, channel


async def test_two_weekly_digests_are_on_time_when_clocks_change_in_between(world: World) -> None:
    ana, channel = await start_voted_canvas(world)

    await world.advance_to(MONDAY_SUMMER.replace(hour=6, minute=59))
    digests = world.find_digests(ana, channel)
    assert digests == []
    await world.advance_to(MONDAY_SUMMER)
    await world.settle()
    (first,) = world.find_digests(ana, channel)
    assert "Reports for small shops · No must-have yet" in first.text

    await ana.type_text(channel, "/valuemap review")
    await ana.modal.fill_field("Fits strongly", ["report"])
    await ana.modal.submit()
    await world.advance_to(MONDAY_WINTER.replace(hour=7))
    assert len(world.find_digests(ana, channel)) == 1
    await world.advance_to(MONDAY_WINTER)
    second = world.find_digests(ana, channel)[-1]
    assert "*What changed since 19 Oct:* fit 0 → 33\u00a0%" in second.text
    assert (
        ":large_green_circle: fit +33 by reviews of pain reliever “robot”: now addresses “report”"
        in second.text
    )
    assert (
        "Fit 33\u00a0% (jobs 100\u00a0%, pains 0\u00a0%, gains 0\u00a0%)\nTrend: 0\u00a0% → 33\u00a0%"
        in second.text
    )


@pytest.mark.parametrize("back", [datetime(2026, 11, 25, 8, tzinfo=UTC), datetime(2027, 9, 1, 8, tzinfo=UTC)])
async def test_after_an_outage_of_weeks_or_months_one_digest_says_that_it_is_late(
    world: World, back: datetime
) -> None:
    ana = world.harness.add_person("Ana", "Europe/Berlin")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await world.advance_to(back)
    digests = world.find_digests(ana, channel)
    assert len(digests) == 1
    assert "Planned for 2026-10-12 09:00" not in digests[0].text
    assert "Planned for Mon 19 Oct 09:00 (Europe/Berlin), sent late" in digests[0].text


async def test_four_digests_without_a_change_pause_the_schedule_and_a_button_resumes_it(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap digest daily 09:00 UTC")
    for day in range(13, 18):
        await world.advance_to(datetime(2026, 10, day, 9, tzinfo=UTC))
    assert "4th in a row, so I pause" in ana.last_message(channel).text
    await world.advance_to(datetime(2026, 10, 19, 9, tzinfo=UTC))
    assert "4th in a row" in ana.last_message(channel).text
    await ana.click_button(ana.last_message(channel), "Go on")
    assert "every day at 09:00 (UTC), next Tue 20 Oct 09:00 (UTC)" in ana.last_message(channel).text


async def test_the_schedule_is_shown_changed_and_switched_off(world: World) -> None:
    ana = world.harness.add_person("Ana", "Europe/Berlin")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap digest")
    next_digest = "every Monday at 09:00 (Europe/Berlin), next Mon 19 Oct 09:00 (Europe/Berlin)"
    assert next_digest in ana.last_message(channel).text
    await ana.click_button(ana.last_message(channel), "Change")
    await ana.modal.fill_field("How often", "Every weekday")
    await ana.modal.fill_field("Time zone", "Europe/Berln")
    modal = await ana.modal.submit()
    assert "did you mean Europe/Berlin" in modal.errors["Time zone"]
    await modal.fill_field("Time zone", "Asia/Tokyo")
    await modal.submit()
    assert "every weekday at 09:00 (Asia/Tokyo)" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap digest off")
    assert "is off" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap digest sometimes")
    assert "I can't read “sometimes”" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap digest 9:00")
    assert "I don't know how often “9:00” is" in ana.last_message(channel).text


async def test_who_asks_for_a_digest_now_reads_that_it_comes(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap digest now")
    assert (
        ana.find_message(channel, "The digest of *Reports* is on its way").message.ephemeral_user_id == ana.id
    )


async def test_a_digest_is_posted_once_when_slacks_answer_is_lost(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    world.slack.inject_fault("chat.postMessage", takes_effect=True, drops_connection=True)
    await ana.type_text(channel, "/valuemap digest now")
    await world.advance_time(minutes=3)
    digests = world.find_digests(ana, channel)
    assert len(digests) == 1
    assert world.slack.count_calls("conversations.history") == 1


async def test_the_trend_is_a_chart_with_words_and_words_alone_where_slack_refuses_charts(
    world: World,
) -> None:
    ana, channel = await start_voted_canvas(world)
    await world.advance_to(MONDAY_SUMMER)
    world.clock.start()  # no two looks at it tell the same
    assert "data_visualization" not in str(world.find_digests(ana, channel)[0].message.blocks)
    await ana.type_text(channel, "/valuemap review")
    await ana.modal.fill_field("Fits strongly", ["report"])
    await ana.modal.submit()
    await ana.type_text(channel, "/valuemap digest now")
    second = world.find_digests(ana, channel)[1]
    (chart,) = (block for block in second.message.blocks if block["type"] == "data_visualization")
    assert [series["name"] for series in chart["chart"]["series"]] == ["all", "jobs", "pains", "gains"]
    assert chart["chart"]["series"][1]["data"] == [
        {"label": "19 Oct", "value": 0.0},
        {"label": "19 Oct (2)", "value": 100.0},
    ]
    assert "Trend: 0\u00a0% → 33\u00a0%" in second.text

    world.slack.inject_fault("chat.postMessage", error="invalid_blocks")
    await ana.type_text(channel, "/valuemap digest now")
    posts = world.slack.count_calls("chat.postMessage")
    await ana.type_text(channel, "/valuemap digest now")
    assert world.slack.count_calls("chat.postMessage") == posts + 1  # it is remembered
    assert len(world.find_digests(ana, channel)) == 4
    for digest in world.find_digests(ana, channel)[2:]:
        assert "data_visualization" not in str(digest.message.blocks)
        assert "Trend: 0\u00a0% → 33\u00a0% → 33\u00a0%" in digest.text
    await world.advance_time(days=2)
    await ana.type_text(channel, "/valuemap digest now")
    assert "data_visualization" in str(world.find_digests(ana, channel)[-1].message.blocks)


async def test_a_picture_of_the_canvas_follows_the_digest_once(world: World) -> None:
    ana = world.harness.add_person("Ana", "Europe/Berlin")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports for small shops")
    await ana.type_text(channel, "/valuemap add pain: slow")
    world.slack.inject_fault("files.completeUploadExternal", takes_effect=True, drops_connection=True)
    await world.advance_to(MONDAY_SUMMER)
    await world.advance_time(minutes=10)
    (picture,) = world.slack.files
    assert (picture.name, picture.channel_id) == ("reports.png", channel.id)
    assert picture.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert "Pains (1): waiting for votes, such as “slow”." in picture.alt_text
    digest, after = ana.visible_messages(channel)[-2:]
    assert "Fit digest" in digest.text
    assert after.message.file_ids == [picture.id]
    await world.advance_to(MONDAY_WINTER)
    assert "nothing happened" in ana.last_message(channel).text
    assert len(world.slack.files) == 1


async def test_a_picture_whose_content_slack_does_not_take_follows_later(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    world.slack.inject_fault("upload", status=503, times=2)
    await ana.type_text(channel, "/valuemap digest now")
    assert world.slack.files == []
    for _ in range(2):
        await world.advance_time(minutes=1)
    (picture,) = world.slack.files
    assert picture.channel_id == channel.id


async def test_a_rate_limit_delays_cards_and_loses_none(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    world.slack.inject_fault("chat.postMessage", error="ratelimited", retry_after=30)
    await ana.type_text(channel, "/valuemap add pain: a; pain: b")
    assert not [seen for seen in ana.visible_messages(channel) if "*Pain*" in seen.text]
    await world.advance_time(seconds=31)
    assert len([seen for seen in ana.visible_messages(channel) if "*Pain*" in seen.text]) == 2
