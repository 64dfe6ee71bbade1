"""Forms, dialogs and answers that Slack limits, fails to show, or shows without an answer."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel
from tests.conftest import World
from tests.stories.test_events import build_mention, count_answers, count_rows
from tests.stories.voting import find_card, start_team

LIMIT: dict[str, Any] = {"error": "ratelimited", "retry_after": 3}
OUTAGE: dict[str, Any] = {"error": "internal_error", "status": 503}
CUT: dict[str, Any] = {"drops_connection": True}
CUT_AFTER_EFFECT: dict[str, Any] = {"drops_connection": True, "takes_effect": True}
FAILURES = {"outage": OUTAGE, "cut": CUT, "cut after the effect": CUT_AFTER_EFFECT}
TOO_SLOW = "Slack was too slow to open the form."
NO_ADMIN = "Only an admin or owner of this workspace"


def for_each(faults: dict[str, dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fault", faults.values(), ids=faults.keys())


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the bot has waited before another try."""
    noted: list[float] = []

    async def note_wait(seconds: float) -> None:
        noted.append(seconds)

    monkeypatch.setattr("bot.slack.outgoing.responses.sleep", note_wait)
    return noted


async def open_voting_dialog(person: Person, channel: SlackChannel) -> None:
    await person.type_text(channel, "/valuemap rank")
    await person.click_button(person.last_message(channel), "Vote")
    assert "*report*" in person.modal.text


async def open_settings(world: World) -> tuple[Person, SlackChannel]:
    """Open a dialog in which a button answers with an error."""
    (ana, *_), channel = await start_team(world)
    ana.user.is_admin = False
    await ana.type_text(ana.direct_channel, "/valuemap settings")
    return ana, channel


async def ask_for_deletion(person: Person) -> None:
    await person.modal.click_button("Delete all data of this workspace…")


@for_each({"limit": LIMIT, **FAILURES})
async def test_the_voting_dialog_moves_on_after_an_update_that_failed(
    world: World, waits: list[float], fault: dict[str, Any]
) -> None:
    (ana, *_), channel = await start_team(world)
    await open_voting_dialog(ana, channel)
    answers, calls = count_answers(world, ana), world.slack.count_calls("views.update")
    world.slack.inject_fault("views.update", **fault, times=2 if fault is LIMIT else 1)
    await ana.modal.click_button("5")
    assert waits == ([3, 3] if fault is LIMIT else [1])
    assert "*slow*" in ana.modal.text
    assert world.slack.count_calls("views.update") == calls + 1 + len(waits)
    assert count_answers(world, ana) == answers
    await world.advance_time(seconds=5)
    assert "1 vote (one 5)" in find_card(ana, channel, "report").text


@pytest.mark.parametrize(("seconds", "expected_waits"), [(3, [3, 3, 3]), (300, [])])
async def test_a_dialog_that_slack_does_not_update_says_so_and_the_vote_counts(
    world: World, waits: list[float], seconds: int, expected_waits: list[float]
) -> None:
    (ana, *_), channel = await start_team(world)
    await open_voting_dialog(ana, channel)
    answers = count_answers(world, ana)
    world.slack.inject_fault("views.update", error="ratelimited", retry_after=seconds, times=99)
    await ana.modal.click_button("5")
    assert waits == expected_waits
    assert count_answers(world, ana) == answers + 1
    assert "close it, and open it again" in ana.last_message(channel).text
    await world.advance_time(seconds=5)
    assert "1 vote (one 5)" in find_card(ana, channel, "report").text


async def test_an_update_waits_for_nothing_once_the_dialog_is_closed(
    world: World, waits: list[float]
) -> None:
    (ana, *_), channel = await start_team(world)
    await open_voting_dialog(ana, channel)
    answers = count_answers(world, ana)
    world.slack.inject_fault("views.update", **LIMIT)
    modal = ana.modal
    world.slack.close_views(ana.id, whole_stack=True)
    await modal.click_button("5")
    assert (waits, count_answers(world, ana)) == ([3], answers)


async def test_a_form_that_slack_limits_is_offered_by_a_button_that_opens_the_same_form(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    world.slack.inject_fault("views.open", **LIMIT)
    await ana.type_text(channel, "/valuemap add pain")
    await ana.click_button(ana.last_message(channel), "Open the form")
    assert "The pain" in ana.modal.text

    for option, words in (("Vote", "*slow*"), ("Edit or move to another kind", "Edit or move")):
        world.slack.close_views(ana.id, whole_stack=True)
        world.slack.inject_fault("views.open", **LIMIT)
        await ana.click_button(find_card(ana, channel, "slow"), "⋯", option)
        assert TOO_SLOW in ana.last_message(channel).text
        await ana.click_button(ana.last_message(channel), "Open the form")
        assert words in ana.modal.text

    world.slack.close_views(ana.id, whole_stack=True)
    await ana.open_home()
    world.slack.inject_fault("views.open", **LIMIT)
    await ana.click_in_home("Vote")
    await ana.click_button(ana.last_message(ana.direct_channel), "Open the form")
    assert "Others' votes show after yours." in ana.modal.text


async def test_a_shortcut_or_a_long_command_whose_form_slack_limits_is_tried_again(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await ben.type_text(channel, "the figures are old")
    message = ana.last_message(channel).message
    world.slack.inject_fault("views.open", **LIMIT)
    await ana.use_shortcut("add_message", message)
    assert ana.last_message(channel).text == f"{TOO_SLOW} Please try again."
    await ana.use_shortcut("add_message", message)
    assert "the figures are old" in str(world.slack.top_view(ana.id))

    world.slack.inject_fault("views.open", **LIMIT)
    await ana.type_text(channel, f"/valuemap import {'slow ' * 500}")
    assert ana.last_message(channel).text == f"{TOO_SLOW} Please try again."


@for_each(FAILURES)
async def test_a_form_that_slack_failed_to_open_opens_once(world: World, fault: dict[str, Any]) -> None:
    (ana, *_), channel = await start_team(world)
    answers = count_answers(world, ana)
    world.slack.inject_fault("views.open", **fault)
    await ana.type_text(channel, "/valuemap add pain")
    assert "The pain" in ana.modal.text
    assert len(world.slack.views) == 1
    assert count_answers(world, ana) == answers


@for_each(FAILURES)
async def test_an_error_over_a_dialog_is_shown_once_after_a_failure(
    world: World, fault: dict[str, Any]
) -> None:
    ana, _ = await open_settings(world)
    answers = count_answers(world, ana)
    world.slack.inject_fault("views.push", **fault)
    await ask_for_deletion(ana)
    assert NO_ADMIN in ana.modal.text
    assert (len(world.slack.views), count_answers(world, ana)) == (2, answers)


@for_each({"limit": LIMIT, "outage": {**OUTAGE, "times": 99}})
async def test_an_error_that_slack_does_not_show_over_a_dialog_is_a_message(
    world: World, fault: dict[str, Any]
) -> None:
    ana, channel = await open_settings(world)
    answers = count_answers(world, ana)
    world.slack.inject_fault("views.push", **fault)
    await ask_for_deletion(ana)
    assert NO_ADMIN in ana.last_message(channel).text
    assert (len(world.slack.views), count_answers(world, ana)) == (1, answers + 1)


async def test_an_error_that_slack_does_not_show_in_place_of_the_third_dialog_is_a_message(
    world: World, waits: list[float]
) -> None:
    ana, channel = await open_settings(world)
    settings = world.slack.top_view(ana.id)
    assert settings is not None
    for _ in range(2):  # Slack stacks three
        world.slack.push_view(settings, ana.id)
    answers = count_answers(world, ana)
    world.slack.inject_fault("views.update", **LIMIT, times=99)
    await ask_for_deletion(ana)
    assert waits == [3, 3, 3]
    assert NO_ADMIN in ana.last_message(channel).text
    assert count_answers(world, ana) == answers + 1


async def test_an_answer_that_home_cannot_show_as_a_dialog_is_a_message(world: World) -> None:
    (ana, *_), _ = await start_team(world)
    await ana.open_home()
    world.slack.inject_fault("views.open", **LIMIT)
    await ana.click_in_home("Fit")
    assert "Fit: Reports for small shops" in ana.last_message(ana.direct_channel).text


async def test_the_answer_after_the_word_that_it_takes_longer_needs_no_second_dialog(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, channel = await open_settings(world)
    deps = world.bot.deps
    impatient = replace(deps, timing=replace(deps.timing, answer_timeout=timedelta(0)))
    monkeypatch.setattr(world.bot.router, "_deps", impatient)
    await ask_for_deletion(ana)
    assert "This takes longer than usual" in ana.modal.text
    assert NO_ADMIN in ana.last_message(channel).text
    assert world.slack.count_calls("views.push") == 1, "its trigger_id is used"


@for_each({"limit": LIMIT, "outage": OUTAGE, "cut": CUT})
async def test_an_answer_that_fails_in_the_channel_comes_as_a_direct_message(
    world: World, fault: dict[str, Any]
) -> None:
    (ana, *_), channel = await start_team(world)
    answers = count_answers(world, ana)
    world.slack.inject_fault("chat.postEphemeral", **fault)
    await world.harness.send_event(build_mention(ana, channel, "fit"))
    assert "Fit: Reports for small shops" in ana.last_message(ana.direct_channel).text
    assert (count_answers(world, ana), await count_rows(world, "incoming_message")) == (answers + 1, 0)
