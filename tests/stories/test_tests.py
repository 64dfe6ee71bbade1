"""Tests of assumptions: locked at the start, asked about when they are due, decided after their result."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.client.modal import OpenModal
from bot.fake_slack.models import BOT_USER_ID, SlackChannel
from tests.conftest import World
from tests.stories.test_canvases import choose_from_canvas_list
from tests.stories.voting import find_card, start_team

TOLD = "Told: something lived, told by who lived it"


async def start_test(person: Person, channel: SlackChannel, text: str = "slow", **fields: Any) -> None:
    """Start a test of an entry by the form."""
    await person.type_text(channel, f"/valuemap test {text}")
    modal = person.modal
    await fill_terms(modal, fields)
    await modal.submit()
    assert modal.errors == {}


async def fill_terms(modal: OpenModal, fields: Mapping[str, Any]) -> None:
    """Fill in the form of a test."""
    values = {
        "To check it we …": "call five customers",
        "We measure …": "how many waited this week",
        "Number": "3",
        "Unit": "of 5 customers",
        **fields,
    }
    for label, value in values.items():
        await modal.fill_field(label, value)


async def open_result_form(person: Person, channel: SlackChannel, text: str = "") -> OpenModal:
    """Open the form of the result of the first test that is listed, on the canvas or on an entry."""
    await person.type_text(channel, f"/valuemap test {text}")
    await person.click_button(person.last_message(channel), "⋯", "Record the result")
    return person.modal


async def fill_result(modal: OpenModal, number: str, quote: str = "We waited for an hour") -> None:
    await modal.fill_field("The number seen", number)
    await modal.fill_field("How many people or cases", "5")
    await modal.fill_field("What the customer gave", TOLD)
    await modal.fill_field("What the customer said or did", quote)


async def record_result(person: Person, channel: SlackChannel, number: str, text: str = "") -> None:
    """Record the result of the first test that is listed, on the canvas or on an entry."""
    modal = await open_result_form(person, channel, text)
    await fill_result(modal, number)
    await modal.submit()
    await modal.submit()
    assert modal.errors == {}


async def decide(person: Person, channel: SlackChannel, choice: str, reason: str = "they do wait") -> None:
    """Decide after the only test that waits for it."""
    await fill_decision(person, channel, choice, reason)
    await person.modal.submit()


async def fill_decision(
    person: Person, channel: SlackChannel, choice: str, reason: str = "they do wait"
) -> None:
    """Fill in the form of the decision after the only test that waits for it."""
    await person.type_text(channel, "/valuemap test")
    await person.click_button(person.last_message(channel), "Decide")
    await person.modal.fill_field("What becomes of the entry", choice)
    await person.modal.fill_field("Why", reason)


async def test_a_test_goes_from_its_start_over_its_result_to_the_decision(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await start_test(ana, channel)
    started = ana.last_message(channel).text
    assert "The test of “slow” runs until 26 Oct 2026: right if ≥ 3 of 5 customers." in started
    await ben.type_text(channel, "/valuemap test")
    listed = ben.last_message(channel).text
    assert "*Running*\n" in listed
    assert "*“slow”*  [⋯]\nUntil 26 Oct 2026 · Ana · right if ≥ 3 of 5 customers\n" in listed
    assert "To check it we call five customers · we measure how many waited this week" in listed
    modal = await open_result_form(ben, channel)
    await fill_result(modal, "4")
    await modal.submit()
    assert "*Met: 4, needed ≥ 3 of 5 customers.* Evidence for it: +2 points." in modal.text
    await modal.submit()
    assert "Recorded: “slow”. *Met: 4, needed ≥ 3 of 5 customers.*" in ben.last_message(channel).text
    await ana.type_text(channel, "/valuemap evidence slow")
    assert "“We waited for an hour” — Test: call five customers, told, 5 people or cases" in (
        ana.last_message(channel).text
    )
    await ana.type_text(channel, "/valuemap test")
    assert "*Wait for a decision*\n*“slow”* · met: 4, needed ≥ 3 of 5 customers" in (
        ana.last_message(channel).text
    )
    await decide(ana, channel, "Keep")
    assert "Decided: keep “slow”. they do wait" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap test")
    log = ana.last_message(channel).text
    assert "No test runs." in log
    assert "• *keep* “slow”: they do wait — Ana, 12 Oct 2026 (met: 4, needed ≥ 3 of 5 customers)" in log


async def test_a_start_is_undone_and_started_anew(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await start_test(ana, channel)
    started = ana.last_message(channel)
    await ana.click_button(started, "Undo")
    undone = ana.last_message(channel)
    assert "Undone: the test of “slow” is gone." in undone.text
    assert "[Undo]" not in undone.text
    await world.advance_time(seconds=10)
    assert "test until" not in find_card(ben, channel, "slow").text
    await ben.type_text(channel, "/valuemap test")
    assert "No test runs." in ben.last_message(channel).text
    await ana.click_button(undone, "Test it")
    await fill_terms(ana.modal, {"Number": "4"})
    await ana.modal.submit()
    await world.advance_time(seconds=10)
    assert "test until 26 Oct" in find_card(ben, channel, "slow").text


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize("lock", ["time", "change", "result"])
async def test_a_start_is_not_undone_once_the_test_is_locked(world: World, lock: str) -> None:
    (ana, *_), channel = await start_team(world)
    await start_test(ana, channel)
    started = ana.last_message(channel)
    match lock:
        case "time":
            await world.advance_time(minutes=11)
        case "change":
            await ana.click_button(started, "Change")
            await ana.modal.fill_field("Number", "2")
            await ana.modal.submit()
        case _:
            await record_result(ana, channel, "4")
    await ana.click_button(started, "Undo")
    assert "it is locked now" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap test")
    assert "“slow”" in ana.last_message(channel).text


async def test_a_change_keeps_the_old_value_in_sight_and_a_second_one_at_the_same_time_is_told(
    world: World,
) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await start_test(ana, channel)
    await ana.type_text(channel, "/valuemap test slow")
    listed = ana.last_message(channel)
    await ana.click_button(listed, "⋯", "Change")
    first = ana.modal
    await ben.type_text(channel, "/valuemap test")
    await ben.click_button(ben.last_message(channel), "⋯", "Change")
    second = ben.modal
    await first.fill_field("Number", "4")
    await first.fill_field("Until", "2026-10-30")
    await first.submit()
    assert "Changed: right if ≥ 4 of 5 customers, until 30 Oct 2026." in ana.last_message(channel).text
    await second.fill_field("Number", "2")
    await second.submit()
    assert "Somebody changed this test meanwhile." in second.text
    assert "Was: right if ≥ 3 of 5 customers · until 26 Oct 2026" in second.text
    await ana.type_text(channel, "/valuemap test")
    assert "_Was: right if ≥ 3 of 5 customers · until 26 Oct 2026_" in ana.last_message(channel).text
    await second.submit()
    await ana.type_text(channel, "/valuemap test")
    shown = ana.last_message(channel).text
    assert "right if ≥ 2 of 5 customers\n" in shown
    assert "_Was: right if ≥ 4 of 5 customers" in shown


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"To check it we …": " \u200b "}, "Write what you do to check it."),
        ({"We measure …": "  "}, "Write what you count or measure."),
        ({"Number": "many"}, "Write a number, such as 30 or 2.5."),
        ({"Number": "1.000"}, "1.000 can mean 1000 or 1: write the one that you mean."),
        ({"Number": "10¹²"}, "Write a number, such as 30 or 2.5."),
        ({"Number": "1000000000001"}, "Write a number up to 1,000,000,000,000."),
        ({"Unit": " \u200b"}, "Write what the number counts"),
        ({"Until": "2026-10-11"}, "That day is over"),
        ({"Until": "2028-10-11"}, "A test takes a year at most."),
        ({"Until": "9999-12-31"}, "A test takes a year at most."),
        ({"Owner": "UBOT"}, "Choose a member of this channel."),
        ({"Owner": "stranger"}, "Choose a member of this channel."),
    ],
)
async def test_what_is_missing_or_wrong_is_said_at_its_field(
    world: World, fields: dict[str, str], error: str
) -> None:
    (ana, *_), channel = await start_team(world)
    stranger = world.harness.add_person("Stranger")
    ids = {"stranger": stranger.id, "UBOT": BOT_USER_ID}
    await ana.type_text(channel, "/valuemap test slow")
    modal = ana.modal
    await fill_terms(modal, {label: ids.get(value, value) for label, value in fields.items()})
    await modal.submit()
    assert any(error in text for text in modal.errors.values()), modal.errors
    await ana.type_text(channel, "/valuemap test")
    assert "No test runs." in ana.last_message(channel).text


async def test_numbers_are_kept_as_they_were_typed_up_to_the_largest(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await start_test(ana, channel, Number="12,5 %", Unit="of customers")
    assert "right if ≥ 12.5 % of customers." in ana.last_message(channel).text
    await start_test(
        ana, channel, "dear", Number="1000000000000", **{"We are right if it is": "At most", "Unit": "€"}
    )
    assert "right if ≤ 1,000,000,000,000 €." in ana.last_message(channel).text
    modal = await open_result_form(ana, channel, "dear")
    await fill_result(modal, "999999999999.999")
    await modal.submit()
    assert "*Met: 999,999,999,999.999, needed ≤ 1,000,000,000,000 €.*" in modal.text


async def test_long_and_hostile_texts_stay_text(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    hostile = "<!channel> *really* https://x.example 漢字"
    await start_test(
        ana, channel, **{"To check it we …": hostile, "We measure …": "ü" * 200, "Unit": "<@U1>"}
    )
    await ana.type_text(channel, "/valuemap test")
    message = ana.last_message(channel).message
    assert "<!channel>" not in str([message.text, message.blocks])
    assert "<@U1>" not in str([message.text, message.blocks])
    assert hostile.replace("*", "∗") in ana.last_message(channel).text
    modal = await open_result_form(ana, channel)
    await fill_result(modal, "3", "<!everyone> " + "x" * 480)
    await modal.submit()
    await modal.submit()
    assert "<!everyone>" not in str([each.message.blocks for each in ana.visible_messages(channel)])


async def test_a_form_shows_how_its_entry_reads_now_where_somebody_changed_it_meanwhile(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap test slow")
    modal = ana.modal
    await ben.click_button(find_card(ben, channel, "slow"), "⋯", "Edit or move to another kind")
    await ben.modal.fill_field("The pain", "late")
    await ben.modal.submit()
    await fill_terms(modal, {})
    await modal.submit()
    assert "It was changed meanwhile to “late”." in modal.text
    assert "*We believe:* pain “late”" in modal.text
    await ben.click_button(find_card(ben, channel, "late"), "⋯", "Merge into another")
    await ben.modal.fill_field("The pain that stays", "dear")
    await ben.modal.submit()
    await modal.submit()
    assert "It was changed meanwhile to “dear”." in modal.text
    await modal.submit()
    assert "The test of “dear” runs until" in ana.last_message(channel).text


async def test_a_form_says_that_its_entry_was_deleted_or_its_canvas_archived_meanwhile(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await start_test(ana, channel, "dear")
    result = await open_result_form(ana, channel)
    await fill_result(result, "4")
    await result.submit()
    await ben.click_button(find_card(ben, channel, "dear"), "⋯", "Delete")
    await result.submit()
    assert "Its entry was deleted" in str(result.errors)
    await ben.click_button(ben.find_message(channel, "Deleted: "), "Undo")
    await choose_from_canvas_list(ben, channel, "Reports", "Archive")
    await result.submit()
    assert "That canvas is not there any more" in str(result.errors)
    await choose_from_canvas_list(ben, channel, "Reports", "Restore")
    await result.submit()
    assert "Recorded: “dear”. *Met: 4" in ana.last_message(channel).text


async def test_of_two_people_who_record_one_result_the_second_is_told(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await start_test(ana, channel)
    forms = [await open_result_form(person, channel) for person in (ana, ben)]
    for form, number in zip(forms, ("4", "1"), strict=True):
        await fill_result(form, number, f"{number} of them waited")
        await form.submit()
    await forms[0].submit(twice=True)
    await forms[1].submit()
    assert "Somebody recorded the result of this test meanwhile" in str(forms[1].errors)
    await ana.type_text(channel, "/valuemap evidence slow")
    listed = ana.last_message(channel).text
    assert listed.count("4 of them waited") == 1
    assert "1 of them waited" not in listed


async def test_a_result_that_is_not_met_speaks_against_the_entry_and_an_unclear_one_for_nothing(
    world: World,
) -> None:
    (ana, *_), channel = await start_team(world)
    await start_test(ana, channel)
    await record_result(ana, channel, "2.5")
    assert "Recorded: “slow”. *Not met: 2.5, needed ≥ 3 of 5 customers.* Evidence against it: −2 points." in (
        ana.last_message(channel).text
    )
    await start_test(ana, channel, "dear")
    modal = await open_result_form(ana, channel, "dear")
    await fill_result(modal, "4", "nobody answered")
    await modal.submit()
    assert "*Met: 4" in modal.text
    await modal.fill_field("Does it answer the question?", ["Unclear"])
    await modal.submit()
    assert "*Unclear: 4, needed ≥ 3 of 5 customers.* No evidence comes of it." in modal.text
    await modal.submit()
    await ana.type_text(channel, "/valuemap evidence")
    listed = ana.last_message(channel).text
    assert "1 item of evidence" in listed
    assert "−2 points against “slow”" in listed


async def test_a_dropped_entry_is_deleted_by_its_form_and_the_log_keeps_the_decision(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await start_test(ana, channel)
    await record_result(ana, channel, "1")
    await fill_decision(ben, channel, "Drop", "nobody waits")
    modal = ben.modal
    await modal.submit()
    assert "Delete the entry" in modal.text
    assert "Decided: drop it." in modal.text
    await modal.submit()
    assert "Deleted: " in ben.last_message(channel).text
    await ana.type_text(channel, "/valuemap test")
    assert "• *drop* “slow”: nobody waits — P1, 12 Oct 2026 (not met: 1, needed ≥ 3 of 5 customers)" in (
        ana.last_message(channel).text
    )
    await ana.click_button(ana.find_message(channel, "Recorded: "), "Decide")
    assert "Somebody decided meanwhile" in ana.last_message(channel).text


async def test_a_decision_to_change_leads_to_the_edit_form(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await start_test(ana, channel)
    await record_result(ana, channel, "1")
    await fill_decision(ana, channel, "Change", "it is the queue")
    modal = ana.modal
    await modal.submit()
    assert "Edit or move" in modal.text
    assert "Decided: change it." in modal.text
    await modal.fill_field("The pain", "the queue is slow")
    await modal.submit()
    assert "• *change* “slow”: it is the queue" in (await read_log(ana, channel))


async def read_log(person: Person, channel: SlackChannel) -> str:
    await person.type_text(channel, "/valuemap test")
    return person.last_message(channel).text


async def test_who_may_not_edit_an_entry_decides_and_reads_who_may(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap settings")
    await ana.modal.fill_field("Entries may be edited and deleted by", "Who started the canvas")
    await ana.modal.submit()
    await start_test(ben, channel)
    await record_result(ben, channel, "1")
    await decide(ben, channel, "Drop", "nobody waits")
    assert "Decided: drop “slow”. nobody waits" in ben.last_message(channel).text
    await start_test(ana, channel, "dear")
    assert "[⋯]" not in (await read_log(ben, channel))


async def test_a_merged_entry_hands_its_test_over(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await start_test(ana, channel)
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Merge into another")
    await ana.modal.fill_field("The pain that stays", "dear")
    await ana.modal.submit()
    assert "*“dear”*  [⋯]\n*We believe:* “slow”\nUntil 26 Oct 2026 · Ana" in (await read_log(ana, channel))
    await record_result(ana, channel, "4")
    await ana.type_text(channel, "/valuemap evidence dear")
    assert "+2 points for “dear”" in ana.last_message(channel).text
    await ana.click_button(ana.find_message(channel, "was merged into"), "Undo")
    await ana.type_text(channel, "/valuemap evidence slow")
    assert "+2 points for “slow”" in ana.last_message(channel).text


async def test_a_running_test_is_seen_on_the_card_in_why_and_in_risks_and_without_one_the_next_rung(
    world: World,
) -> None:
    people, channel = await start_team(world)
    ana = people[0]
    for person in people:
        await person.add_reaction(find_card(person, channel, "slow"), "five")
    await ana.type_text(channel, "/valuemap risks")
    risks = ana.last_message(channel)
    assert "Next: ask for the last time that it happened." in risks.text
    await ana.click_button(risks, "Test it")
    modal = ana.modal
    assert "Next rung: ask for the last time that it happened." in modal.text
    await fill_terms(modal, {})
    await modal.submit()
    await world.advance_time(seconds=5)
    assert "test until 26 Oct" in find_card(ana, channel, "slow").text
    await ana.type_text(channel, "/valuemap risks")
    assert "A test runs until 26 Oct 2026." in ana.last_message(channel).text
    await ana.click_button(ana.last_message(channel), "See its test")
    assert "*Running*\n*“slow”*" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap why slow")
    assert "*Test:* right if ≥ 3 of 5 customers, until 26 Oct 2026." in ana.last_message(channel).text
    await record_result(ana, channel, "4")
    await world.advance_time(seconds=5)
    assert "test until" not in find_card(ana, channel, "slow").text
    await ana.type_text(channel, "/valuemap why slow")
    assert "*Next rung:* watch or measure it." in ana.last_message(channel).text


async def test_several_entries_are_asked_about_and_an_unknown_one_is_said(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap add pain: slow to print")
    await ana.type_text(channel, "/valuemap test nothing like it")
    assert "No entry contains “nothing like it”." in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap test o")
    assert "Which one do you mean?" in ana.last_message(channel).text
    await ana.click_button(ana.last_message(channel), "Test it")
    assert "*We believe:*" in ana.modal.text


async def test_another_test_of_the_same_entry_is_a_button_away(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await start_test(ana, channel)
    await ana.type_text(channel, "/valuemap test slow")
    await ana.click_button(ana.last_message(channel), "Another test")
    modal = ana.modal
    await fill_terms(modal, {"To check it we …": "watch the queue"})
    await modal.submit()
    listed = await read_log(ana, channel)
    assert "we call five customers" in listed
    assert "we watch the queue" in listed


async def test_the_export_has_the_tests_and_an_import_brings_them_back(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await start_test(ana, channel, Number="12.5 %", Unit="of customers")
    await record_result(ana, channel, "10")
    await decide(ana, channel, "Keep", "ask others")
    await start_test(ana, channel, "dear")
    await start_test(ana, channel, "dull")
    await record_result(ana, channel, "4", "dull")
    await fill_decision(ana, channel, "Drop", "it is not")
    modal = ana.modal
    await modal.submit()
    await modal.submit()  # the form that deletes it
    await ana.type_text(channel, "/valuemap export json")
    exported = json.loads(world.slack.files[-1].content)
    first, running, dropped = exported["tests"]
    assert first == {
        "id": "test-1",
        "entry": next(entry["id"] for entry in exported["entries"] if entry["text"] == "slow"),
        "believe": "slow",
        "check": "call five customers",
        "measure": "how many waited this week",
        "right_if": {"op": ">=", "value": 12.5, "unit": "% of customers"},
        "until": "2026-10-26",
        "owner": ana.id,
        "result": {
            "value": 10,
            "n": 5,
            "grade": "told",
            "quote": "We waited for an hour",
            "outcome": "not met",
            "at": "2026-10-12T07:00:00Z",
        },
        "decision": {"what": "keep", "reason": "ask others", "by": ana.id, "at": "2026-10-12T07:00:00Z"},
    }
    assert (running["result"], running["decision"]) == (None, None)
    assert (dropped["entry"], dropped["decision"]["what"]) == (None, "drop")
    other = world.harness.add_channel("copy", ana)
    await ana.type_text(other, "/valuemap new Copy")
    await ana.type_text(other, "/valuemap import")
    modal = ana.modal
    await modal.attach_file("Or choose a file", "copy.json", json.dumps(exported))
    await modal.submit()
    assert "2 items of evidence and 3 tests come along." in modal.text
    await modal.submit()
    await ana.type_text(other, "/valuemap export json")
    again = json.loads(world.slack.files[-1].content)
    ids = {entry["text"]: entry["id"] for entry in again["entries"]}
    expected = [
        {**test, "id": new["id"], "entry": test["entry"] and ids[test["believe"]]}
        for test, new in zip(exported["tests"], again["tests"], strict=True)
    ]
    assert again["tests"] == expected
    await ana.type_text(other, "/valuemap test")
    shown = ana.last_message(other).text
    assert "*“dear”*  [⋯]\nUntil 26 Oct 2026 · Ana" in shown
    assert "• *drop* “dull”: it is not — Ana, 12 Oct 2026" in shown
    await ana.type_text(channel, "/valuemap export md")
    document = world.slack.files[-1].content.decode()
    assert "## Tests and decisions\n\n- “slow”: to check it we call five customers; " in document
    assert (
        "right if ≥ 12.5 % of customers, until 26 Oct 2026; not met: 10, needed ≥ 12.5 % of customers"
        in document
    )


async def test_the_evidence_and_the_decision_of_a_dropped_entry_come_with_an_import_once(
    world: World,
) -> None:
    (ana, *_), channel = await start_team(world)
    await start_test(ana, channel)
    await record_result(ana, channel, "1")
    await fill_decision(ana, channel, "Drop", "nobody waits")
    await ana.modal.submit()
    await ana.modal.submit()  # the form that deletes it
    exported = await export_json(world, ana, channel)
    (item,) = exported["evidence"]
    assert (item["supports"], item["contradicts"]) == ([], [])
    other = world.harness.add_channel("copy", ana)
    await ana.type_text(other, "/valuemap new Copy")
    for file, comes, says in (
        ({**exported, "entries": []}, True, "1 item of evidence and 1 test would be added to Copy."),
        ({**exported, "entries": []}, False, "All of it is on *Copy* already"),
        (exported, True, "3 entries would be added to Copy"),
        (exported, False, "All of it is on *Copy* already"),
    ):
        await ana.type_text(other, "/valuemap import")
        await ana.modal.fill_field("Paste text", json.dumps(file))
        await ana.modal.submit()
        assert says in ana.modal.text
        if comes:
            await ana.modal.submit()
        again = await export_json(world, ana, other)
        assert [{**each, "id": item["id"]} for each in again["evidence"]] == [item]
        assert [{**each, "id": "test-1"} for each in again["tests"]] == exported["tests"]
    await ana.type_text(other, "/valuemap evidence")
    assert "Test: " in ana.last_message(other).text
    assert "unlinked" in ana.last_message(other).text


async def export_json(world: World, person: Person, channel: SlackChannel) -> Any:
    await person.type_text(channel, "/valuemap export json")
    return json.loads(world.slack.files[-1].content)


async def test_a_refuted_entry_leads_from_the_risks_to_the_decision_after_its_test(world: World) -> None:
    people, channel = await start_team(world)
    ana = people[0]
    for person in people:
        await person.add_reaction(find_card(person, channel, "slow"), "five")
    await start_test(ana, channel)
    modal = await open_result_form(ana, channel)
    await fill_result(modal, "1")
    await modal.fill_field("How many people or cases", "100")
    await modal.fill_field("What the customer gave", "Did: behaviour that was seen or measured")
    await modal.submit()
    await modal.submit()
    await ana.type_text(channel, "/valuemap risks")
    risks = ana.last_message(channel)
    assert "*Refuted: decide*\nA. :star: pain “slow”: 0 points for, 12 against" in risks.text
    await ana.click_button(risks, "Decide")
    assert "*Wait for a decision*\n*“slow”* · not met: 1" in ana.last_message(channel).text
    await decide(ana, channel, "Keep")
    await ana.type_text(channel, "/valuemap risks")
    assert "[Decide]" not in ana.last_message(channel).text
