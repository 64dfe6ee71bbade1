"""Evidence: what customers showed is recorded, counted and seen, and every figure can be re-done."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel
from bot.store.loading import load_canvas
from tests.conftest import World
from tests.stories.voting import find_card, start_team

TOLD = "Told: something lived, told by who lived it"
DID = "Did: behaviour that was seen or measured"


async def add_item(
    person: Person, channel: SlackChannel, quote: str, grade: str = TOLD, **fields: Any
) -> None:
    """Record an item by the form; it supports the pain “slow” unless other entries are given."""
    await person.type_text(channel, "/valuemap evidence")
    if "[Add evidence]" in person.last_message(channel).text:
        await person.click_button(person.last_message(channel), "Add evidence")
    modal = person.modal
    await modal.fill_field("What the customer said or did", quote)
    await modal.fill_field("It supports", fields.get("supports", ["Pain: slow"]))
    if "contradicts" in fields:
        await modal.fill_field("It contradicts", fields["contradicts"])
    await modal.fill_field("What the customer gave", grade)
    await modal.fill_field("Source", fields.get("source", "Customer 7"))
    await modal.fill_field("How many people or cases", str(fields.get("count", 1)))
    await modal.submit()
    assert modal.errors == {}


async def test_an_item_is_recorded_listed_explained_and_shown_on_the_card(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await add_item(ana, channel, "It took an <b>hour</b> & a half")
    saved = ana.last_message(channel).text
    assert "Saved. “slow” has some evidence (2 points for, 0 against)." in saved
    await world.advance_time(seconds=5)
    assert "some evidence" in find_card(ana, channel, "slow").text
    await add_item(ben, channel, "We measured it", DID, source="usage", count=120)
    await ben.type_text(channel, "/valuemap evidence slow")
    listed = ben.last_message(channel).text
    assert "*Evidenced: 14 points for, 0 against, confidence 0.58*" in listed
    assert (
        "“It took an <b>hour</b> & a half” — Customer 7, told, 12 Oct 2026 · +2 points for “slow”" in listed
    )
    assert "“We measured it” — usage, did, 120 people or cases, 12 Oct 2026 · +12 points for “slow”" in listed
    await ben.type_text(channel, "/valuemap why slow")
    why = ben.last_message(channel).text
    assert "*Evidence:* evidenced, 14 − 0 = 14 points." in why
    assert "*Confidence 0.58* = 14 ÷ (14 + 0 + 10)." in why
    assert "+12 “We measured it” — usage: did 4 × 3 (digits of 120)" in why


async def test_one_voice_counts_once_and_the_list_says_so(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await add_item(ana, channel, "I wait", TOLD)
    await add_item(ana, channel, "I left", DID, source=" customer  7")
    await ana.type_text(channel, "/valuemap evidence slow")
    listed = ana.last_message(channel).text
    assert "4 points for, 0 against" in listed
    assert listed.count("another item of this source counts") == 1


async def test_an_item_is_edited_unlinked_deleted_and_brought_back(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await add_item(ana, channel, "I wait", supports=["Pain: slow", "Pain: dear"])
    await ana.type_text(channel, "/valuemap evidence")
    listed = ana.last_message(channel)
    await ana.click_button(listed, "⋯", "Edit")
    await ana.modal.fill_field("What the customer gave", DID)
    await ana.modal.submit()
    assert "“slow” has some evidence (4 points for, 0 against)" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap evidence dear")
    await ana.click_button(ana.last_message(channel), "⋯", "Unlink from this entry")
    assert "“dear” is assumed" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap evidence slow")
    await ana.click_button(ana.last_message(channel), "⋯", "Delete")
    assert "Deleted: “I wait”." in ana.last_message(channel).text
    await ana.click_button(ana.last_message(channel), "Undo")
    assert "“slow” has some evidence (4 points for, 0 against)" in ana.last_message(channel).text


async def test_a_message_becomes_evidence_once_with_its_link(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await ben.type_text(channel, "A customer told me: I wait for an hour")
    message = ben.find_message(channel, "I wait for an hour").message
    await ana.use_shortcut("add_evidence", message)
    modal = ana.modal
    await modal.fill_field("It supports", ["Pain: slow"])
    await modal.fill_field("What the customer gave", TOLD)
    await modal.fill_field("Source", "Customer 9")
    await modal.submit()
    await ana.type_text(channel, "/valuemap evidence")
    assert "“A customer told me: I wait for an hour” — Customer 9" in ana.last_message(channel).text
    assert f"/archives/{channel.id}/p{message.ts.replace('.', '')}" in str(
        ana.last_message(channel).message.blocks
    )
    await ben.use_shortcut("add_evidence", message)
    await ben.modal.fill_field("Source", "Customer 10")
    await ben.modal.submit()
    await ana.type_text(channel, "/valuemap evidence")
    assert "Customer 10" in ana.last_message(channel).text
    assert "Customer 9" not in ana.last_message(channel).text, "it is the same item"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"It supports": []}, "Choose at least one entry"),
        ({"It contradicts": ["Pain: slow"]}, "supported and contradicted"),
        ({"Source": "  "}, "Say who or what it comes from"),
        ({"When": "2026-12-31"}, "has not come yet"),
    ],
)
async def test_what_is_missing_or_wrong_is_said_at_its_field(
    world: World, fields: dict[str, Any], error: str
) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap evidence")
    modal = ana.modal
    values = {
        "What the customer said or did": "I wait",
        "It supports": ["Pain: slow"],
        "What the customer gave": TOLD,
        "Source": "Customer 7",
        **fields,
    }
    for label, value in values.items():
        await modal.fill_field(label, value)
    await modal.submit()
    assert any(error in text for text in modal.errors.values()), modal.errors


async def test_the_fit_names_the_gates_and_what_they_lack(world: World) -> None:
    people, channel = await start_team(world)
    ana = people[0]
    for person in people:
        await person.add_reaction(find_card(person, channel, "slow"), "five")
    await world.advance_time(seconds=5)
    await ana.type_text(channel, "/valuemap fit")
    fit = ana.last_message(channel).text
    assert "Problem–solution fit: not yet (0 of 1 must-have addressed, 0 of 1 evidenced)" in fit
    assert "Product–market fit: not yet (0 of 1 with an offer in use, 0 sources paid)" in fit
    assert "*Must-haves without enough evidence:* “slow”" in fit
    await add_item(ana, channel, "They left", DID, supports=[], contradicts=["Pain: slow"], count=10)
    await ana.type_text(channel, "/valuemap fit")
    assert "*Voted up, evidence against:* “slow”" in ana.last_message(channel).text


async def test_the_export_has_the_evidence_and_an_import_brings_it_back(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await add_item(ana, channel, "I wait", source="Customer 7")
    await add_item(
        ana, channel, "They left", DID, supports=[], contradicts=["Pain: dear"], source="usage", count=30
    )
    await ana.type_text(channel, "/valuemap export json")
    exported = json.loads(world.slack.files[-1].content)
    slow = next(entry for entry in exported["entries"] if entry["text"] == "slow")
    assert slow["evidence"] == {
        "for": 2,
        "against": 0,
        "lead": 2,
        "confidence": 2 / 12,
        "state": "some evidence",
    }
    assert (exported["fit"]["in_evidence"], exported["gates"]["problem_solution"]["open"]) == (None, False)
    other = world.harness.add_channel("copy", ana)
    await ana.type_text(other, "/valuemap new Copy")
    await ana.type_text(other, "/valuemap import")
    await ana.modal.fill_field("Paste text", json.dumps(exported))
    await ana.modal.submit()
    assert "2 items of evidence come along." in ana.modal.text
    await ana.modal.submit()
    await ana.type_text(other, "/valuemap export json")
    again = json.loads(world.slack.files[-1].content)
    kept = ("source", "grade", "n", "quote", "link", "at", "by")
    assert [[item[name] for name in kept] for item in again["evidence"]] == [
        [item[name] for name in kept] for item in exported["evidence"]
    ]
    assert [len(item["supports"]) for item in again["evidence"]] == [1, 0]


async def test_a_past_day_has_the_evidence_of_that_day(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    world.clock.advance(timedelta(days=1))
    await add_item(ana, channel, "I wait")
    async with world.bot.db.reading("T0FAKE") as session:
        before = await load_canvas(session, 1, world.clock.now() - timedelta(hours=1))
        assert (before.evidence, len((await load_canvas(session, 1)).evidence)) == ((), 1)


async def test_show_rank_and_exports_say_what_evidence_comes_to_and_a_past_day_what_it_came_to(
    world: World,
) -> None:
    (ana, *_), channel = await start_team(world)
    world.clock.advance(timedelta(days=1))
    await add_item(ana, channel, "We measured it", DID, source="usage", count=120)
    await ana.type_text(channel, "/valuemap show")
    assert "slow — waits for votes · _evidenced_\n" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap show yesterday")
    yesterday = ana.last_message(channel).text
    assert "slow — waits for votes\n" in yesterday
    assert "evidence" not in yesterday
    world.clock.advance(timedelta(days=1))
    await ana.type_text(channel, "/valuemap show yesterday")
    assert "slow — waits for votes · _evidenced_\n" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap rank pain")
    assert "slow · evidenced |" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap export md")
    exported = world.slack.files[-1].content.decode()
    assert "- slow: waits for votes · evidenced\n" in exported
    assert "## Evidence\n\n- “We measured it” — usage, did, 120 people or cases, " in exported


async def test_home_names_what_is_refuted_and_the_picture_says_it_in_words(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    home = await ana.open_home()
    assert "Evidence" not in home
    await add_item(
        ana, channel, "They left", DID, supports=[], contradicts=["Pain: slow"], source="usage", count=120
    )
    home = await ana.open_home()
    assert ":mag: Evidence: 1 refuted" in home
    await ana.type_text(channel, "/valuemap export svg")
    picture = world.slack.files[-1]
    assert ">refuted</text>" in picture.content.decode()
    assert "Evidence: 1 refuted, " in picture.alt_text


async def test_words_that_several_entries_have_lead_to_the_evidence_of_the_chosen_one(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap add pain: slow to load; pain: slow to print")
    await add_item(ana, channel, "I print at night", supports=["Pain: slow to print"])
    await ana.type_text(channel, "/valuemap evidence slow to")
    choice = ana.last_message(channel)
    assert "2 entries match “slow to”. Which one do you mean?" in choice.text
    assert "[Evidence]" in choice.text
    await ana.click_button(choice, "Evidence")
    assert "slow to" in ana.last_message(channel).text
    assert "Which one" not in ana.last_message(channel).text


async def test_evidence_on_an_empty_canvas_asks_for_an_entry_first(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap evidence")
    assert "There is nothing to have evidence on yet" in ana.last_message(channel).text


async def test_risks_name_the_refuted_first_and_then_the_riskiest_with_their_arithmetic(world: World) -> None:
    people, channel = await start_team(world)
    ana = people[0]
    for text, name in (("slow", "five"), ("dear", "two"), ("report", "three")):
        for person in people:
            await person.add_reaction(find_card(person, channel, text), name)
    await add_item(ana, channel, "They left", DID, supports=[], contradicts=["Job: report"], count=120)
    await add_item(ana, channel, "I wait", supports=["Pain: slow"])
    await ana.type_text(channel, "/valuemap risks")
    message = ana.last_message(channel)
    risks = message.text
    assert "*Refuted: decide*\nA. job “report”: 0 points for, 12 against  [Evidence]\n" in risks
    assert (
        "1. :star: pain “slow”: risk 0.67, from importance 0.80 and confidence 0.17; some evidence" in risks
    )
    assert "2. pain “dear”: risk 0.35, from importance 0.35; assumed" in risks
    assert risks.index("Refuted") < risks.index("Riskiest")
    assert "1 need waits for votes and has no risk yet." in risks
    assert "I sent you the picture in our direct message." in risks
    picture = world.slack.files[-1]
    assert picture.content.startswith(b"\x89PNG")
    assert "A: job “report”, importance 0.50, confidence 0.00, refuted." in picture.alt_text
    assert "1: pain “slow”, importance 0.80, confidence 0.17, some evidence." in picture.alt_text
    await ana.click_button(message, "Add evidence")
    assert "Add evidence" in ana.modal.text
    await ana.member.close_view(whole_stack=True)
    await ana.click_button(message, "Evidence")
    assert ana.last_message(channel).text.startswith("Evidence: report\n*Refuted: 0 points for, 12 against")


async def test_without_risks_the_command_says_what_to_do(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap risks")
    assert "No need has votes yet" in ana.last_message(channel).text


async def test_risks_are_shown_without_their_picture_where_slack_refuses_it(world: World) -> None:
    people, channel = await start_team(world)
    for person in people:
        await person.add_reaction(find_card(person, channel, "slow"), "five")
    world.slack.inject_fault("files.getUploadURLExternal", error="internal_error")
    await people[0].type_text(channel, "/valuemap risks")
    assert "`/valuemap risks` tries again." in people[0].last_message(channel).text


async def test_a_digest_tells_what_evidence_changed(world: World) -> None:
    people, channel = await start_team(world)
    ana = people[0]
    for person in people:
        await person.add_reaction(find_card(person, channel, "slow"), "five")
    await ana.type_text(channel, "/valuemap digest now")
    await world.advance_time(seconds=5)
    await add_item(ana, channel, "They came back", DID, count=120)
    await ana.type_text(channel, "/valuemap digest now")
    await world.advance_time(seconds=5)
    digest = world.find_digests(ana, channel)[-1].text
    assert ":mag: pain “slow” is evidenced now" in digest
    assert "*Evidence*\n• “They came back” — Customer 7, did, 12 points" in digest
    await ana.add_reaction(find_card(ana, channel, "dull"), "two")
    await ana.type_text(channel, "/valuemap digest now")
    await world.advance_time(seconds=5)
    later = world.find_digests(ana, channel)[-1].text
    assert "is evidenced now" not in later
    assert "They came back" not in later
