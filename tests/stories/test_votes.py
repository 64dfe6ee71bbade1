"""Votes are a state: the reactions on the cards count, whatever happens to the events."""

import json

import pytest

from tests.conftest import World


@pytest.mark.databases("sqlite", "postgresql")
async def test_many_votes_at_once_make_few_updates_and_repeated_events_change_nothing(world: World) -> None:
    people = [world.harness.add_person(f"P{number}") for number in range(20)]
    channel = world.harness.add_channel("product", *people)
    await world.start_canvas(channel)
    card = people[0].find_message(channel, "*Job*  [⋯]\nreport")
    before = world.slack.count_calls("chat.update")
    for person in people:
        await person.add_reaction(card, "three")
        await person.add_reaction(card, "five")
        repeated = person.reaction_event(card, "five", "reaction_added")
        await world.harness.send_event(repeated)
        await world.harness.send_event(repeated)
    await world.advance_time(seconds=2)
    assert "20 votes (20 × 5)" in card.text
    assert world.slack.count_calls("chat.update") - before <= 3


async def test_a_late_older_event_does_not_bring_a_vote_back(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    card = ana.find_message(channel, "*Job*  [⋯]\nreport")
    added = ana.reaction_event(card, "five", "reaction_added")
    removed = ana.reaction_event(card, "five", "reaction_removed")
    await world.harness.send_event(removed)
    await world.harness.send_event(added)
    await world.advance_time(seconds=2)
    assert "waits for votes" in card.text


async def test_missed_events_are_read_back_from_the_card(world: World) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await world.start_canvas(channel)
    card = ana.find_message(channel, "*Job*  [⋯]\nreport")
    await ben.add_reaction(card, "one")
    card.message.reactions["one"].remove(ben.id)  # without an event
    card.message.reactions["four"].append(ana.id)
    await world.advance_time(minutes=20)
    await world.advance_time(seconds=2)
    assert "1 vote (one 4)" in card.text


async def test_reactions_of_bots_do_not_count(world: World) -> None:
    ana, robot = world.harness.add_person("Ana"), world.harness.add_person("Robot", is_bot=True)
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    card = ana.find_message(channel, "*Job*  [⋯]\nreport")
    await robot.add_reaction(card, "five")
    await ana.add_reaction(card, "thumbsup")
    await world.advance_time(seconds=2)
    await world.advance_time(minutes=20)
    assert "waits for votes" in card.text
    await ana.add_reaction(card, "two")
    await world.advance_time(seconds=2)
    assert "1 vote (one 2)" in card.text


async def test_a_vote_that_cannot_be_stored_makes_slack_retry_the_event(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    card = ana.find_message(channel, "*Job*  [⋯]\nreport")
    async with world.bot.db.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE reaction RENAME TO renamed_reaction")
    await world.harness.send_event(ana.reaction_event(card, "five", "reaction_added"))
    assert [failure[:3] for failure in world.harness.failures] == ["500"]
    world.harness.failures.clear()
    async with world.bot.db.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE renamed_reaction RENAME TO reaction")
    await world.harness.send_event(ana.reaction_event(card, "five", "reaction_added"))
    await world.advance_time(seconds=2)
    assert "1 vote (one 5)" in card.text


async def test_the_ranking_links_to_the_cards_that_a_member_has_not_voted_on(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    card = ana.find_message(channel, "*Job*  [⋯]\nreport").message
    await ana.type_text(channel, "/valuemap rank job")
    link = f"{world.slack.url}/archives/{channel.id}/p{card.ts.replace('.', '')}?thread_ts={card.thread_ts}"
    assert f"<{link}&amp;cid={channel.id}|vote>" in str(ana.last_message(channel).message.blocks)


async def test_a_button_in_a_thread_is_answered_in_the_thread(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    card = ana.find_message(channel, "*Job*  [⋯]\nreport")
    await ana.click_button(card, "⋯", "Why?")
    answer = ana.last_message(channel)
    assert "*No votes:*" in answer.text
    assert answer.message.thread_ts == card.message.thread_ts
    await ana.click_button(ana.find_message(channel, "Every entry is a card"), "Show")
    assert ana.last_message(channel).message.thread_ts is None


async def test_the_export_contains_every_metric_unrounded(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.add_reaction(ana.find_message(channel, "*Gain*  [⋯]\nright"), "two")
    await ana.type_text(channel, "/valuemap export json")
    (file,) = world.slack.files
    exported = json.loads(file.content)
    (gain,) = (entry for entry in exported["entries"] if entry["kind"] == "gain")
    assert gain["score"] == 8 / 3
    assert gain["votes"] == {ana.id: 2}
    assert gain["coverage"] == 0
    assert exported["format"] == "valuemap/1"
    assert exported["fit"]["must_haves"] == {"jobs": [0, 0], "pains": [0, 0], "gains": [0, 0]}
    assert file.channel_id == ana.direct_channel.id


async def test_csv_and_markdown_exports_go_only_to_the_member_who_asked(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap export csv")
    await ana.type_text(channel, "/valuemap export MD")
    table, document = world.slack.files
    assert (table.name, document.name) == ("reports.csv", "reports.md")
    assert b"pain_reliever,robot,,,,0,,,0.00" in table.content
    assert b"## Pain relievers\n\n- robot: waits for votes" in document.content
    assert {table.channel_id, document.channel_id} == {ana.direct_channel.id}


async def test_votes_that_change_while_an_entry_is_deleted_count_as_soon_as_it_is_restored(
    world: World,
) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await world.start_canvas(channel)
    texts = ("*Job*  [⋯]\nreport", "*Pain*  [⋯]\nslow", "*Gain*  [⋯]\nright", "*Pain reliever*  [⋯]\nrobot")
    added, more, changed, taken_back = (ana.find_message(channel, text) for text in texts)
    for card in (more, changed, taken_back):
        await ana.add_reaction(card, "two")
    await world.advance_time(minutes=1)
    for card in (added, more, changed, taken_back):
        await ana.click_button(card, "⋯", "Delete")
    await ana.add_reaction(added, "five")
    await ben.add_reaction(added, "four")
    await ben.add_reaction(more, "one")
    await ana.remove_reaction(changed, "two")
    await ana.add_reaction(changed, "three")
    await ana.remove_reaction(taken_back, "two")
    for card in (added, more, changed, taken_back):
        await ana.click_button(card, "Undo")
    await world.advance_time(seconds=2)  # long before the cards are read back in turn
    assert "2 votes (one 5, one 4)" in added.text
    assert "2 votes (one 2, one 1)" in more.text
    assert "1 vote (one 3)" in changed.text
    assert "waits for votes" in taken_back.text


async def test_the_number_set_last_counts_and_the_one_before_it_once_that_is_taken_back(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    card = ana.find_message(channel, "*Job*  [⋯]\nreport")
    for act, number, shown in (
        (ana.add_reaction, "five", "1 vote (one 5)"),
        (ana.add_reaction, "two", "1 vote (one 2)"),
        (ana.remove_reaction, "two", "1 vote (one 5)"),
        (ana.remove_reaction, "five", "waits for votes"),
    ):
        await act(card, number)
        await world.advance_time(seconds=2)
        assert shown in card.text


async def test_of_two_numbers_that_were_read_back_the_highest_counts_until_another_is_set(
    world: World,
) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    card = ana.find_message(channel, "*Job*  [⋯]\nreport")
    for number in ("two", "four"):  # without events
        card.message.reactions[number].append(ana.id)
    await world.advance_time(minutes=20)
    await world.advance_time(seconds=2)
    assert "1 vote (one 4)" in card.text
    await ana.add_reaction(card, "one")
    for minutes in (1, 20):
        await world.advance_time(minutes=minutes)
        await world.advance_time(seconds=2)
        assert "1 vote (one 1)" in card.text


async def test_two_fives_among_eight_voters_make_no_must_have_and_a_third_makes_one(world: World) -> None:
    people = [world.harness.add_person(f"P{number}") for number in range(8)]
    channel = world.harness.add_channel("product", *people)
    await world.start_canvas(channel)
    for person in people:
        await person.add_reaction(person.find_message(channel, "*Pain*  [⋯]\nslow"), "three")
    job = people[0].find_message(channel, "*Job*  [⋯]\nreport")
    for person in people[:2]:
        await person.add_reaction(job, "five")
    await people[0].type_text(channel, "/valuemap rank job")
    assert "1 | report | 4.00 | 2\n" in people[0].last_message(channel).text
    assert (
        "★ must-have: 4.00 or more from three votes, or from all voters if fewer"
        in people[0].last_message(channel).text
    )
    await people[0].click_button(job, "⋯", "Why?")
    rule = "that takes a score of 4.00 or more, and 3 votes or more; it has 4.00 and 2 votes."
    assert f"*No must-have:* {rule}" in people[0].last_message(channel).text

    await people[2].add_reaction(job, "five")
    await people[0].type_text(channel, "/valuemap rank job")
    assert "1 | ★ report | 4.20 | 3\n" in people[0].last_message(channel).text


async def test_a_merged_entry_hands_over_the_later_vote_of_a_member_who_voted_on_both(world: World) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben")
    channel = world.harness.add_channel("product", ana, ben)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap add pain: takes long")
    slow, long = (ana.find_message(channel, f"*Pain*  [⋯]\n{text}") for text in ("slow", "takes long"))
    for person, card, number in (
        (ana, slow, "five"),
        (ben, long, "four"),
        (ana, long, "two"),
        (ben, slow, "one"),
    ):
        await person.add_reaction(card, number)
    await ana.click_button(long, "⋯", "Merge into another")
    await ana.modal.fill_field("The pain that stays", "slow")
    await ana.modal.submit()
    await world.advance_time(seconds=2)
    assert "2 votes (one 2, one 1)" in slow.text
    await ana.click_button(long, "Undo")
    await world.advance_time(seconds=2)
    assert "2 votes (one 5, one 1)" in slow.text
    assert "2 votes (one 4, one 2)" in ana.find_message(channel, "*Pain*  [⋯]\ntakes long").text


async def test_a_need_without_votes_is_no_gap_has_no_score_and_stands_last(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap add pain: dear; dull")
    await ana.add_reaction(ana.find_message(channel, "*Pain*  [⋯]\ndull"), "one")
    await ana.type_text(channel, "/valuemap review")
    await ana.modal.fill_field("Fits strongly", ["slow"])
    await ana.modal.submit()

    await ana.type_text(channel, "/valuemap rank pain")
    rows = [line for line in ana.last_message(channel).text.splitlines() if " | " in line]
    assert rows[1:] == [
        "1 | dull | 2.33 | 1",
        "– | slow | – | 0",
        "– | dear | – | 0",
    ]
    await ana.type_text(channel, "/valuemap fit")
    fit = ana.last_message(channel).text
    assert "Fit 0\u00a0% (jobs nothing to fit yet, pains 0\u00a0%, gains nothing to fit yet)" in fit
    assert "*Gaps*\n1. ✗ pain “dull”: not addressed\n" in fit
    assert [text for text in ("report", "slow", "dear", "right") if f"“{text}”" in fit] == []
