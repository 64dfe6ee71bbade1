"""Edits of entries with votes, merging and its undo, and the canvas of a past day."""

from datetime import date, timedelta

import pytest

from bot.fake_slack.client.harness import Person, VisibleMessage
from bot.fake_slack.models import SlackChannel
from bot.method.kinds import Kind
from bot.store.model import Draft
from bot.times.clock import format_day
from tests.conftest import World
from tests.stories.many_entries import store_entries

EDIT, MERGE = "Edit or move to another kind", "Merge into another"


def find_card_by_text(person: Person, channel: SlackChannel, text: str) -> VisibleMessage:
    return person.find_message(channel, f"{text}\nby")


async def test_an_edit_asks_whether_to_keep_the_votes_and_the_thread_shows_what_changed(world: World) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await world.start_canvas(channel)
    await ana.click_button(find_card_by_text(ana, channel, "report"), "⋯", EDIT)
    assert "vote" not in ana.modal.text.lower(), "there are none yet"
    await ben.add_reaction(find_card_by_text(ben, channel, "report"), "five")
    await ana.click_button(find_card_by_text(ana, channel, "report"), "⋯", EDIT)
    assert ana.modal.option_labels("It has 1 vote") == ["Keep the votes (same meaning)", "Clear the votes"]
    await ana.modal.fill_field("The job", "report in time")
    await ana.modal.submit()
    assert ana.find_message(channel, "Saved.").text == "Saved."
    await world.advance_time(seconds=2)
    revision_message = ana.find_message(channel, "Ana changed")
    assert "Ana changed a job: “report” → “report in time”. The votes are kept." in revision_message.text
    assert (
        revision_message.message.thread_ts
        == find_card_by_text(ana, channel, "report in time").message.thread_ts
    )
    assert "score 3.67, 1 vote (one 5)" in find_card_by_text(ana, channel, "report in time").text


async def test_an_edit_that_makes_an_entry_like_another_leads_to_their_merge(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap add pain: late reports; gain: late report")
    for old, field, new in (
        ("late reports", "The pain", "late reports!"),
        ("late report", "The gain", "lates report"),
    ):
        await ana.click_button(find_card_by_text(ana, channel, old), "⋯", EDIT)
        await ana.modal.fill_field(field, new)
        await ana.modal.submit()
        assert ana.last_message(channel).text == "Saved.", "it is like itself, and like one of another box"
    await ana.click_button(find_card_by_text(ana, channel, "lates report"), "⋯", EDIT)
    await ana.modal.fill_field("Kind", "Pain")
    await ana.modal.submit()
    saved = ana.last_message(channel)
    assert saved.text.startswith("Saved. It is a pain now.\nThere is one like it: “late reports!”.")
    await ana.click_button(saved, "Merge them")
    await ana.modal.submit()
    assert "Merged “lates report” into “late reports!”." in ana.last_message(channel).text


@pytest.mark.databases("sqlite", "postgresql")
async def test_an_edit_that_resets_the_votes_posts_a_new_card(world: World) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await world.start_canvas(channel)
    old = find_card_by_text(ana, channel, "report")
    await ben.add_reaction(old, "five")
    await world.advance_time(seconds=5)
    await ana.click_button(old, "⋯", EDIT)
    await ana.modal.fill_field("The job", "file taxes")
    await ana.modal.fill_field("It has 1 vote", "Clear the votes")
    await ana.modal.submit()
    new = find_card_by_text(ana, channel, "file taxes")
    assert "The votes on this job were cleared. It goes on" in old.text
    assert new.message.ts.replace(".", "") in str(old.message.blocks)
    assert "waits for votes" in new.text
    assert old.message.reactions == {"five": [ben.id]}, "the bot's numbers are gone with the votes"
    assert "The votes are cleared, on a new card." in ana.find_message(channel, "Ana changed").text
    await ben.remove_reaction(old, "five")
    await ben.add_reaction(old, "four")  # the old card is no card any more
    await ben.add_reaction(new, "two")
    await world.advance_time(minutes=20)
    await world.advance_time(seconds=2)
    assert "1 vote (one 2)" in new.text


async def test_a_merge_moves_votes_and_marks_and_its_undo_moves_them_back(world: World) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap add pain: takes long")
    slow, long = find_card_by_text(ana, channel, "slow"), find_card_by_text(ana, channel, "takes long")
    await ana.add_reaction(slow, "two")
    await ana.add_reaction(long, "five")
    await ben.add_reaction(long, "four")
    await ana.type_text(channel, "/valuemap review")
    await ana.modal.fill_field("Fits strongly", ["takes long"])
    await ana.modal.submit()
    await ben.click_button(long, "⋯", MERGE)
    assert ben.modal.option_labels("The pain that stays") == ["slow"]
    await ben.modal.fill_field("The pain that stays", "slow")
    await ben.modal.submit(twice=True)
    await world.advance_time(seconds=2)
    assert "Pain “takes long” was merged into “slow” by Ben" in long.text
    assert "2 votes (one 5, one 4)" in slow.text
    await ana.type_text(channel, "/valuemap why slow")
    assert "1.00" in ana.last_message(channel).text, "the mark counts on the merge target"
    await ben.add_reaction(long, "five")  # votes on either card count
    await world.advance_time(seconds=2)
    assert "2 votes (two 5s)" in slow.text
    await ana.click_button(long, "Undo")
    await world.advance_time(seconds=2)
    assert "is an entry of its own again" in ana.last_message(channel).text
    assert "1 vote (one 2)" in slow.text
    assert "2 votes (two 5s)" in find_card_by_text(ana, channel, "takes long").text


async def test_a_merge_that_is_impossible_says_why(world: World) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await world.start_canvas(channel)
    await ana.click_button(find_card_by_text(ana, channel, "slow"), "⋯", MERGE)
    assert "no other pain to merge it into" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap add pain: takes long; pain: too dear")
    await ana.click_button(find_card_by_text(ana, channel, "takes long"), "⋯", MERGE)
    await ben.click_button(find_card_by_text(ben, channel, "slow"), "⋯", "Delete")
    await ana.modal.fill_field("The pain that stays", "too dear")
    await ben.click_button(find_card_by_text(ben, channel, "too dear"), "⋯", "Delete")
    modal = await ana.modal.submit()
    assert "was deleted" in modal.errors["The pain that stays"]


async def test_the_longest_text_with_mentions_and_formatting_neither_pings_nor_formats(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    unsafe_text = ("<!channel> *all* & <@U1> " * 20)[:499]
    await ana.type_text(channel, "/valuemap add pain: slow")
    await ana.add_reaction(find_card_by_text(ana, channel, "slow"), "five")
    await world.advance_time(seconds=2)
    for words in (f"{unsafe_text}1", f"{unsafe_text}2"):
        await ana.click_button(ana.find_message(channel, "1 vote"), "⋯", EDIT)
        await ana.modal.fill_field("The pain", words)
        await ana.modal.submit()
        await world.advance_time(seconds=2)
    await ana.type_text(channel, "/valuemap add pain: late")
    await ana.click_button(ana.find_message(channel, "1 vote"), "⋯", MERGE)
    assert "∗all∗" in ana.modal.text
    await ana.modal.fill_field("The pain that stays", "late")
    await ana.modal.submit()
    await world.advance_time(seconds=2)
    await ana.type_text(channel, "/valuemap show today")
    said = [seen.text for seen in ana.visible_messages(channel)]
    assert any("Ana changed a pain" in text for text in said)
    assert any("was merged into “late”" in text for text in said)
    sent = [f"{seen.message.text}{seen.message.blocks}" for seen in ana.visible_messages(channel)]
    assert [text for text in sent if "<!" in text or "<@" in text or "*all*" in text] == []


async def test_the_merge_target_is_found_among_many_entries_by_typing(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    pains = [f"pain {number}: {number % 60}" for number in range(120)]
    await ana.type_text(channel, f"/valuemap add pain: {'; '.join(pains[:10])}")
    await store_entries(world, ana, channel, [Draft(Kind.PAIN, text) for text in pains[10:]])
    await ana.click_button(find_card_by_text(ana, channel, "pain 7: 7"), "⋯", MERGE)
    found = await ana.modal.load_suggestions("The pain that stays", "pain 77")
    assert found == ["pain 77: 17"]


async def test_the_canvas_of_a_past_day_is_shown_with_its_fit(world: World) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await world.start_canvas(channel)
    day = f"{world.clock.now():%Y-%m-%d}"
    await ana.add_reaction(find_card_by_text(ana, channel, "slow"), "five")
    await ana.type_text(channel, "/valuemap review")
    await ana.modal.fill_field("Fits partly", ["slow"])
    await ana.modal.submit()
    await ana.type_text(channel, "/valuemap fit")
    fit = ana.last_message(channel).text
    await world.advance_time(days=1)
    await ben.add_reaction(find_card_by_text(ben, channel, "slow"), "one")
    await ben.click_button(find_card_by_text(ben, channel, "right"), "⋯", "Delete")
    await ben.click_button(find_card_by_text(ben, channel, "report"), "⋯", EDIT)
    await ben.modal.fill_field("The job", "file taxes")
    await ben.modal.submit()
    await ana.type_text(channel, "/valuemap show today")
    assert ", which is not over." in ana.last_message(channel).text
    await ana.type_text(channel, f"/valuemap show {day}")
    then = ana.last_message(channel).text
    assert f"Value map on {format_day(date.fromisoformat(day))}" in then
    for words in ("report", "right", "1. slow — 3.67"):
        assert words in then
    assert "file taxes" not in then
    shares = next(line for line in fit.splitlines() if line.startswith("Fit ") and "%" in line)
    assert shares.partition(" · ")[0] in then
    await ana.type_text(channel, "/valuemap show yesterday")
    assert ana.last_message(channel).text == then
    before = world.clock.now() - timedelta(days=9)
    await ana.type_text(channel, f"/valuemap show {before:%Y-%m-%d}")
    assert "was started on 12 Oct 2026: there is nothing to show of " in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap show 2099-01-01")
    assert "has not come yet" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap show whatever")
    assert "`/valuemap show 2026-11-02`" in ana.last_message(channel).text
