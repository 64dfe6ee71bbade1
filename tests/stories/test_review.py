"""The fit review from the first offer to the last: marks, buttons, pages, and the marks of others."""

import json
from typing import Any

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.client.modal import OpenModal
from bot.fake_slack.client.plain_text import blocks_to_text
from bot.fake_slack.models import SlackChannel
from bot.method.kinds import Kind
from bot.store.model import Draft
from tests.conftest import World
from tests.stories.many_entries import store_entries


async def start_canvas(world: World, *names: str) -> tuple[list[Person], SlackChannel]:
    """Start a canvas with two pains, a job and three offers."""
    people = [world.harness.add_person(name) for name in names]
    channel = world.harness.add_channel("product", *people)
    await people[0].type_text(channel, "/valuemap new Reports for small shops")
    entries = "job: report; pain: waiting; too dear; reliever: robot; notes; creator: sources"
    await people[0].type_text(channel, f"/valuemap add {entries}")
    return people, channel


async def submit_marks(person: Person, strong: list[str], partial: list[str] | None = None) -> None:
    modal = person.modal
    await modal.fill_field("Fits strongly", strong)
    await modal.fill_field("Fits partly", partial or [])
    await modal.submit()


async def review_offers(person: Person, channel: SlackChannel, *strong: list[str]) -> None:
    """Review one offer after the other, with these needs marked strongly."""
    await person.type_text(channel, "/valuemap review")
    for needs in strong:
        await submit_marks(person, needs)


def list_needs(modal: OpenModal) -> list[str]:
    """Return the needs of a form that can be ticked, and then those in its menu."""
    return [*modal.option_labels("Fits strongly"), *modal.option_labels("Fits strongly: others")]


def read_offer_number(modal: OpenModal) -> str:
    return modal.text.partition("* · ")[0].rpartition("*")[2]


async def export_canvas(world: World, channel: SlackChannel, person: Person) -> dict[str, Any]:
    """Return the canvas as the JSON export."""
    await person.type_text(channel, "/valuemap export json")
    exported: dict[str, Any] = json.loads(world.slack.files[-1].content)
    return exported


async def test_a_member_goes_on_goes_back_skips_and_resumes_later(world: World) -> None:
    (ana,), channel = await start_canvas(world, "Ana")
    await ana.type_text(channel, "/valuemap review")
    assert "Offer 1 of 3* · ◉○○ · 3 left" in ana.modal.text
    assert "‹ Back" not in ana.modal.text
    await ana.modal.click_button("Skip ›")
    assert "Offer 2 of 3" in ana.modal.text
    await submit_marks(ana, ["waiting"], ["report"])
    assert "Saved: “notes”.\nYou are the first to review it." in ana.modal.text
    assert "Offer 3 of 3* · ○●◉ · 2 left" in ana.modal.text
    await ana.modal.click_button("‹ Back")
    assert "You reviewed this before: your marks are filled in." in ana.modal.text
    assert "Saved" not in ana.modal.text
    await ana.member.close_view()

    await ana.type_text(channel, "/valuemap review")
    assert "Offer 1 of 3" in ana.modal.text
    await ana.modal.click_button("Helps nobody")
    assert "Saved: “robot” fits nothing.\n" in ana.modal.text
    assert "Offer 3 of 3" in ana.modal.text
    await ana.modal.click_button("Skip ›")
    assert "You have reviewed 2 of 3 offers. Left: “sources”." in ana.modal.text
    await ana.modal.click_button("Go on")
    assert "Offer 3 of 3" in ana.modal.text
    await ana.modal.submit()
    assert "You have reviewed all 3 offers" in ana.modal.text

    exported = await export_canvas(world, channel, ana)
    ids = {entry["text"]: entry["id"] for entry in exported["entries"]}
    given = {review["offer"]: review["marks"] for review in exported["reviews"]}
    assert given == {
        ids["robot"]: {},
        ids["notes"]: {ids["waiting"]: 1, ids["report"]: 0.5},
        ids["sources"]: {},
    }


async def test_a_finished_review_starts_again_with_all_offers(world: World) -> None:
    (ana,), channel = await start_canvas(world, "Ana")
    await review_offers(ana, channel, ["waiting"], [], ["report"])
    await ana.type_text(channel, "/valuemap review")
    assert "Offer 1 of 3* · ◉○○ · 3 left" in ana.modal.text
    assert "You reviewed this before: your marks are filled in." in ana.modal.text
    await ana.modal.submit()
    assert "You reviewed this before: you said that it fits nothing." in ana.modal.text
    await submit_marks(ana, ["too dear"])
    await ana.modal.submit()
    assert "You have reviewed all 3 offers" in ana.modal.text
    exported = await export_canvas(world, channel, ana)
    assert sorted(len(review["marks"]) for review in exported["reviews"]) == [1, 1, 1]


async def test_the_marks_of_others_are_shown_only_after_the_member_s_own(world: World) -> None:
    (ana, ben, cleo, dan), channel = await start_canvas(world, "Ana", "Ben", "Cleo", "Dan")
    await review_offers(ana, channel, ["waiting"], [], [])
    await review_offers(ben, channel, [], [], [])
    assert "Ana reviewed it, too. I'll show where you differ once two others" in ben.modal.text
    await review_offers(cleo, channel, [], [])

    await dan.type_text(channel, "/valuemap review")
    seen = [dan.modal.text]
    await dan.modal.click_button("Skip ›")
    seen.append(dan.modal.text)
    await dan.modal.click_button("‹ Back")
    seen.append(dan.modal.text)
    for text in seen:
        assert not any(words in text for words in ("Ana", "Ben", "Cleo", "reviewed", "others"))
    await submit_marks(dan, ["waiting"])
    expected = "Ana, Ben and Cleo reviewed it, too. You differ on:"
    assert f"{expected}\n• pain “waiting”: you strong, others 1 strong, 2 nothing" in dan.modal.text
    assert "Offer 2 of 3" in dan.modal.text
    await dan.modal.click_button("Helps nobody")
    assert "“notes” fits nothing.\nAna, Ben and Cleo reviewed it, too. You mark it much" in dan.modal.text
    await dan.modal.submit()
    end = dan.modal.text
    assert "where you differ most from the others" in end
    assert "“robot” for pain “waiting”: you strong, others 1 strong, 2 nothing  [Look again]" in end
    await dan.modal.click_button("Look again")
    assert "Offer 1 of 3" in dan.modal.text
    await submit_marks(dan, [])
    assert "You have reviewed all 3 offers" in dan.modal.text


async def test_no_forged_payload_shows_the_marks_of_others_before_the_member_s_own(world: World) -> None:
    (ana, ben, cleo), channel = await start_canvas(world, "Ana", "Ben", "Cleo")
    for person in (ana, ben):
        await review_offers(person, channel, ["waiting"], ["waiting"], ["waiting"])
    exported = await export_canvas(world, channel, ana)
    ids = {entry["text"]: int(entry["id"]) for entry in exported["entries"]}
    await cleo.type_text(channel, "/valuemap review")
    view = world.slack.top_view(cleo.id)
    assert view
    metadata = json.loads(view["private_metadata"])
    shown: list[str] = []
    for offer in (ids["notes"], ids["report"], 99999):
        for page in (0, 7, -1):
            view["private_metadata"] = json.dumps(
                {**metadata, "offer": offer, "page": page, "saved": ids["robot"]}
            )
            for label in ("‹ Back", "Skip ›"):
                if label in cleo.modal.text:
                    await cleo.modal.click_button(label)
                    current = world.slack.top_view(cleo.id)
                    assert current
                    shown.append(blocks_to_text(current["blocks"]))
    assert len(shown) > 9
    assert [text for text in shown if "Ana" in text or "others" in text] == []
    # A review of an offer that fits nothing shows the marks of others on that offer alone.
    await cleo.type_text(channel, "/valuemap review")
    await cleo.modal.click_button("Helps nobody")
    assert "“robot” fits nothing.\nAna and Ben reviewed it, too." in cleo.modal.text
    assert cleo.modal.text.count("waiting") == 1


@pytest.mark.parametrize("where", ["channel", "direct", "home"])
async def test_a_button_opens_the_review_at_its_offer_and_the_review_goes_on(
    world: World, where: str
) -> None:
    (ana, eve), channel = await start_canvas(world, "Ana", "Eve")
    channel.member_ids.discard(eve.id)
    await world.advance_time(minutes=2)  # so that the bot asks Slack again who is in the channel
    await ana.type_text(channel, "/valuemap why sources")
    (offer,) = [
        each["id"]
        for each in (await export_canvas(world, channel, ana))["entries"]
        if each["text"] == "sources"
    ]
    channels = {"channel": channel, "direct": ana.direct_channel, "home": None}
    await press_review_button(world, ana, channels[where], offer)
    assert "Offer 3 of 3" in ana.modal.text
    await ana.modal.submit()
    assert "Offer 1 of 3" in ana.modal.text
    assert world.slack.top_view(eve.id) is None
    await press_review_button(world, eve, eve.direct_channel, offer)
    assert world.slack.top_view(eve.id) is None
    assert "not there any more" in eve.last_message(eve.direct_channel).text


async def press_review_button(world: World, person: Person, channel: SlackChannel | None, offer: str) -> None:
    """Press a button that opens the review at an offer, in a message or in Home."""
    button = {
        "type": "button",
        "text": {"type": "plain_text", "text": "Review it"},
        "action_id": "review_at",
        "value": f"1:{offer}",
    }
    block = {"type": "actions", "block_id": "made", "elements": [button]}
    if channel is None:
        await person.open_home()
        world.slack.home_views[person.id]["blocks"].append(block)
        await person.click_in_home("Review it")
        return
    await person.type_text(channel, "/valuemap help" if channel.id.startswith("C") else "help")
    seen = person.last_message(channel)
    seen.message.blocks.append(block)
    await person.click_button(seen, "Review it")


async def test_a_button_for_something_else_than_an_offer_is_an_error(world: World) -> None:
    (ana,), channel = await start_canvas(world, "Ana")
    (need,) = [
        each["id"]
        for each in (await export_canvas(world, channel, ana))["entries"]
        if each["text"] == "waiting"
    ]
    await press_review_button(world, ana, channel, need)
    assert "Only pain relievers and gain creators are reviewed" in ana.last_message(channel).text
    await press_review_button(world, ana, channel, "nonsense")
    assert "not there any more" in ana.last_message(channel).text


async def test_a_review_goes_on_when_offers_and_needs_are_added_or_deleted(world: World) -> None:
    (ana, ben), channel = await start_canvas(world, "Ana", "Ben")
    await ana.type_text(channel, "/valuemap review")
    await ben.click_button(ben.find_message(channel, "\nwaiting\nby"), "⋯", "Delete")
    await ben.type_text(channel, "/valuemap add pain: no figures; reliever: later")
    await submit_marks(ana, ["waiting"], ["report"])
    assert "Offer 2 of 4" in ana.modal.text
    assert ":warning: no figures" in ana.modal.option_labels("Fits strongly")
    await ben.click_button(ben.find_message(channel, "\nnotes\nby"), "⋯", "Delete")
    await ana.modal.click_button("Skip ›")
    assert "This offer was deleted meanwhile, or is no offer any more." in ana.modal.text
    assert "Offer 2 of 3" in ana.modal.text
    assert "\nlater\n" in ana.modal.text
    for text in ("report", "too dear", "no figures"):
        await ben.click_button(ben.find_message(channel, f"\n{text}\nby"), "⋯", "Delete")
    await ana.modal.click_button("Skip ›")
    assert "You have reviewed 1 of 3 offers" in ana.modal.text
    for text in ("robot", "later", "sources"):
        await ben.click_button(ben.find_message(channel, f"\n{text}\nby"), "⋯", "Delete")
    await ana.modal.click_button("Go on")
    await ana.type_text(channel, "/valuemap review")
    assert "There is no pain reliever or gain creator to review yet" in ana.last_message(channel).text


async def test_marks_on_needs_that_the_form_did_not_show_are_kept(world: World) -> None:
    (ana, ben), channel = await start_canvas(world, "Ana", "Ben")
    await review_offers(ana, channel, ["waiting", "too dear"])
    await ana.member.close_view()
    await ben.click_button(ben.find_message(channel, "\nwaiting\nby"), "⋯", "Delete")
    await ana.type_text(channel, "/valuemap review")
    await ana.modal.click_button("‹ Back")
    assert "Offer 1 of 3" in ana.modal.text
    await ben.click_button(ben.find_message(channel, "Deleted by Ben: pain “waiting”"), "Undo")
    await submit_marks(ana, ["report"])
    exported = await export_canvas(world, channel, ana)
    texts = {entry["id"]: entry["text"] for entry in exported["entries"]}
    (given,) = exported["reviews"]
    assert {texts[need] for need in given["marks"]} == {"waiting", "report"}


@pytest.mark.databases("sqlite", "postgresql")
async def test_two_members_at_once_and_a_double_click_count_once_each(world: World) -> None:
    (ana, ben), channel = await start_canvas(world, "Ana", "Ben")
    for person in (ana, ben):
        await person.type_text(channel, "/valuemap review")
    for person, needs in ((ana, ["waiting"]), (ben, ["report"])):
        modal = person.modal
        await modal.fill_field("Fits strongly", needs)
        await modal.submit(twice=True)
        assert "Offer 2 of 3" in person.modal.text
    exported = await export_canvas(world, channel, ana)
    texts = {entry["id"]: entry["text"] for entry in exported["entries"]}
    expected = {review["member"]: [texts[need] for need in review["marks"]] for review in exported["reviews"]}
    assert expected == {ana.id: ["waiting"], ben.id: ["report"]}


async def test_a_need_in_both_menus_is_an_error_and_the_form_keeps_its_values(world: World) -> None:
    (ana,), channel = await start_canvas(world, "Ana")
    await ana.type_text(channel, "/valuemap review")
    modal = ana.modal
    await modal.fill_field("Fits strongly", ["waiting"])
    await modal.fill_field("Fits partly", ["waiting"])
    await modal.submit()
    assert "keep it in one of the two" in modal.errors["Fits partly"]
    await modal.fill_field("Fits partly", [])
    await modal.submit()
    assert "Offer 2 of 3" in ana.modal.text


async def test_250_needs_come_in_pages_with_the_must_haves_first(world: World) -> None:
    ana, ben, cleo = (world.harness.add_person(name) for name in ("Ana", "Ben", "Cleo"))
    channel = world.harness.add_channel("product", ana, ben, cleo)
    await ana.type_text(channel, "/valuemap new Reports")
    needs = [
        Draft(kind, f"{'x' * 100} {kind} {each}")
        for kind, number in ((Kind.JOB, 100), (Kind.PAIN, 100), (Kind.GAIN, 49))
        for each in range(number)
    ]
    await store_entries(world, ana, channel, needs)
    await ana.message_bot(f"add gain: {'x' * 100} gain 49")
    await ana.type_text(channel, "/valuemap add reliever: robot; creator: sources")
    last = ana.find_message(channel, "gain 49\nby")
    for person in (ana, ben, cleo):
        await person.add_reaction(last, "five")
    await world.advance_time(seconds=2)

    await ana.type_text(channel, "/valuemap review")
    options = list_needs(ana.modal)
    assert "needs, part 1 of 3" in ana.modal.text
    assert len(options) == len(set(options)) == 84
    starred = [option for option in options if option.startswith("★ ")]
    assert starred == [f"★ :sparkles: {'x' * 61}…"]
    await submit_marks(ana, [starred[0]])
    assert "Offer 1 of 2" in ana.modal.text
    assert "needs, part 2 of 3" in ana.modal.text
    assert "Saved" not in ana.modal.text
    seen = [options, list_needs(ana.modal)]
    await ana.modal.click_button("‹ Back")
    assert "needs, part 1 of 3" in ana.modal.text
    await ana.modal.submit()
    await submit_marks(ana, [], [seen[1][0]])
    seen.append(list_needs(ana.modal))
    assert "needs, part 3 of 3" in ana.modal.text
    await ana.modal.submit()
    assert "Saved: “robot”" in ana.modal.text
    assert "Offer 2 of 2" in ana.modal.text
    assert sum(len(part) for part in seen) == 250
    exported = await export_canvas(world, channel, ana)
    (review,) = exported["reviews"]
    assert sorted(review["marks"].values()) == [0.5, 1]
    await ana.modal.click_button("Helps nobody")
    assert "You have reviewed all 2 offers" in ana.modal.text
    assert "must-haves addressed 0 → 1 of 1" in ana.modal.text


async def test_why_without_words_asks_for_some(world: World) -> None:
    (ana,), channel = await start_canvas(world, "Ana")
    await ana.type_text(channel, "/valuemap why")
    assert "Say which entry you mean by a few of its words" in ana.last_message(channel).text
