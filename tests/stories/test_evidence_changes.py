"""What happens to evidence while other people work: edits, merges, deletions, and messages from elsewhere."""

import json
from typing import Any

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import BOT_USER_ID, SlackChannel
from bot.features.evidence.model import MAX_QUOTE_CHARACTERS
from tests.conftest import World
from tests.stories.test_canvases import choose_from_canvas_list
from tests.stories.test_evidence import DID, TOLD, add_item
from tests.stories.voting import find_card, start_team


async def open_edit_form(person: Person, channel: SlackChannel, words: str = "") -> Any:
    await person.type_text(channel, f"/valuemap evidence {words}".strip())
    await person.click_button(person.last_message(channel), "⋯", "Edit")
    return person.modal


async def read_evidence(world: World, person: Person, channel: SlackChannel) -> list[dict[str, Any]]:
    """Return the items of the export, with the texts of their entries."""
    await person.type_text(channel, "/valuemap export json")
    exported = json.loads(world.slack.files[-1].content)
    texts = {entry["id"]: entry["text"] for entry in exported["entries"]}
    return [
        {**item, **{side: [texts[each] for each in item[side]] for side in ("supports", "contradicts")}}
        for item in exported["evidence"]
    ]


async def edit_entry(person: Person, channel: SlackChannel, text: str, evidence: str) -> None:
    await person.click_button(find_card(person, channel, "slow"), "⋯", "Edit or move to another kind")
    await person.modal.fill_field("The pain", text)
    await person.modal.fill_field("It has 1 item of evidence", evidence)
    await person.modal.submit()


async def test_an_edit_asks_whether_the_evidence_stands(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await add_item(ana, channel, "I wait", supports=["Pain: slow", "Pain: dear"])
    await edit_entry(ana, channel, "slow", "Keep the evidence (same meaning)")
    await world.advance_time(seconds=5)
    assert "some evidence" in find_card(ana, channel, "slow").text
    await edit_entry(ana, channel, "something else", "Take it off this entry")
    assert "Its evidence is off it: `/valuemap evidence` has it." in ana.last_message(channel).text
    await world.advance_time(seconds=5)
    assert "some evidence" not in find_card(ana, channel, "something else").text
    (item,) = await read_evidence(world, ana, channel)
    assert item["supports"] == ["dear"]
    await ana.click_button(find_card(ana, channel, "dull"), "⋯", "Edit or move to another kind")
    assert "of evidence" not in ana.modal.text


async def test_an_edit_takes_off_the_evidence_of_entries_merged_into_it_too(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await add_item(ana, channel, "I wait", supports=["Pain: dear"])
    await ana.click_button(find_card(ana, channel, "dear"), "⋯", "Merge into another")
    await ana.modal.fill_field("The pain that stays", "slow")
    await ana.modal.submit()
    await world.advance_time(seconds=5)
    assert "some evidence" in find_card(ana, channel, "slow").text
    await edit_entry(ana, channel, "other", "Take it off this entry")
    assert [item["supports"] for item in await read_evidence(world, ana, channel)] == [[]]


async def test_who_saves_second_sees_what_the_first_saved_and_may_put_theirs_in_its_place(
    world: World,
) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await add_item(ana, channel, "I wait")
    first, second = await open_edit_form(ana, channel), await open_edit_form(ben, channel)
    await first.fill_field("What the customer said or did", "I waited an hour")
    await first.submit()
    await second.fill_field("Source", "Customer 8")
    await second.submit()
    assert "Somebody changed this evidence meanwhile to “I waited an hour” — Customer 7" in ben.modal.text
    (item,) = await read_evidence(world, ana, channel)
    assert (item["quote"], item["source"]) == ("I waited an hour", "Customer 7")
    await ben.modal.submit()
    (item,) = await read_evidence(world, ana, channel)
    assert (item["quote"], item["source"]) == ("I wait", "Customer 8")


async def test_unlinking_keeps_what_somebody_changed_meanwhile(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await add_item(ana, channel, "I wait", supports=["Pain: slow", "Pain: dear"])
    await ana.type_text(channel, "/valuemap evidence dear")
    listed = ana.last_message(channel)
    modal = await open_edit_form(ben, channel)
    await modal.fill_field("What the customer gave", DID)
    await modal.submit()
    await ana.click_button(listed, "⋯", "Unlink from this entry")
    (item,) = await read_evidence(world, ana, channel)
    assert (item["grade"], item["supports"]) == ("did", ["slow"])


async def test_evidence_of_a_merged_entry_is_edited_and_unlinked_at_its_target(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await add_item(ana, channel, "I wait")
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Merge into another")
    await ana.modal.fill_field("The pain that stays", "dear")
    await ana.modal.submit()
    modal = await open_edit_form(ana, channel, "dear")
    await modal.fill_field("What the customer gave", DID)
    await modal.submit()
    assert "“dear” has some evidence (4 points for, 0 against)" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap evidence dear")
    await ana.click_button(ana.last_message(channel), "⋯", "Unlink from this entry")
    assert "“dear” is assumed" in ana.last_message(channel).text


async def test_an_item_for_and_against_two_entries_that_are_merged_counts_once(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    linked = {"supports": ["Pain: dear"], "contradicts": ["Pain: slow"]}
    await add_item(ana, channel, "It is dear, but quick", DID, count=1234, **linked)
    await ana.click_button(find_card(ana, channel, "dear"), "⋯", "Merge into another")
    await ana.modal.fill_field("The pain that stays", "slow")
    await ana.modal.submit()
    await world.advance_time(seconds=5)
    assert "_refuted_" in find_card(ana, channel, "slow").text
    await ana.type_text(channel, "/valuemap why slow")
    assert "0 − 16 = −16 points" in ana.last_message(channel).text
    modal = await open_edit_form(ana, channel, "slow")
    await modal.fill_field("What the customer gave", TOLD)
    await modal.submit()
    assert not modal.errors
    (item,) = await read_evidence(world, ana, channel)
    assert (item["supports"], item["contradicts"]) == ([], ["slow"])


async def test_an_entry_that_is_merged_or_deleted_while_the_form_is_open(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap evidence")
    modal = ana.modal
    for label, value in (
        ("What the customer said or did", "I wait"),
        ("It supports", ["Pain: slow", "Pain: dull"]),
        ("What the customer gave", TOLD),
        ("Source", "Customer 7"),
    ):
        await modal.fill_field(label, value)
    await ana.click_button(find_card(ana, channel, "dull"), "⋯", "Delete")
    await modal.submit()
    assert modal.errors == {"It supports": "One of the entries was deleted meanwhile: take it out."}
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Merge into another")
    merging = ana.modal
    await merging.fill_field("The pain that stays", "dear")
    await merging.submit()
    await modal.fill_field("It supports", ["Pain: slow"])
    await modal.submit()
    assert [item["supports"] for item in await read_evidence(world, ana, channel)] == [["dear"]]


async def test_a_private_message_is_asked_about_before_others_see_its_words(world: World) -> None:
    people, channel = await start_team(world)
    ana, ben = people[0], people[1]
    private = world.harness.add_channel("sales", ana, private=True)
    await ana.type_text(private, "Customer 9 told me: I wait")
    await ana.use_shortcut("add_evidence", ana.find_message(private, "I wait").message)
    modal = ana.modal
    assert "Value map: (static_select)" in modal.text
    assert f":lock: This message is from a private conversation. Everybody in <#{channel.id}>" in modal.text
    await modal.fill_field("It supports", ["Pain: slow"])
    await modal.fill_field("What the customer gave", TOLD)
    await modal.fill_field("Source", "Customer 9")
    await modal.submit()
    assert list(modal.errors) == ["Is that all right?"]
    assert await read_evidence(world, ben, channel) == []
    await modal.fill_field("Is that all right?", ["They may see these words"])
    await modal.submit()
    assert "Saved. “slow” has some evidence" in ana.modal.text
    assert [item["quote"] for item in await read_evidence(world, ben, channel)] == [
        "Customer 9 told me: I wait"
    ]


async def test_a_public_message_of_a_channel_without_a_canvas_can_be_evidence_for_any_of_mine(
    world: World,
) -> None:
    people, channel = await start_team(world)
    ana, ben = people[0], people[1]
    other = world.harness.add_channel("billing", ana)
    await world.advance_time(minutes=1)
    await ana.type_text(other, "/valuemap new Billing")
    await ana.type_text(other, "/valuemap add pain: wrong sums")
    feedback = world.harness.add_channel("feedback", *people)
    await ben.type_text(feedback, "I wait")
    await ana.use_shortcut("add_evidence", ana.find_message(feedback, "I wait").message)
    assert ":lock:" not in ana.modal.text
    await ana.modal.fill_field("Source", "Customer 9")
    await ana.modal.fill_field("Value map", "Reports for small shops")
    await ana.modal.fill_field("It supports", ["Pain: slow"])
    await ana.modal.fill_field("What the customer gave", TOLD)
    await ana.modal.submit()
    assert "Saved. “slow” has some evidence" in ana.modal.text
    (item,) = await read_evidence(world, ana, channel)
    assert (item["quote"], item["source"]) == ("I wait", "Customer 9")
    assert await read_evidence(world, ana, other) == []
    # Ben is not in #billing: its canvas is not offered to him.
    await ben.use_shortcut("add_evidence", ana.find_message(feedback, "I wait").message)
    assert "Change evidence" in ben.modal.text
    assert "wrong sums" not in ben.modal.text


async def test_evidence_goes_out_as_csv_and_comes_back_where_it_is_missing(world: World) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, "/valuemap export csv")
    assert [file.name for file in world.slack.files] == ["reports.csv"]
    await add_item(ana, channel, "=I wait", supports=["Pain: slow", "Pain: dear"])
    await add_item(ana, channel, "They left", DID, supports=[], contradicts=["Pain: dull"], count=30)
    await ana.type_text(channel, "/valuemap export csv")
    assert "and its evidence as two files" in ana.last_message(channel).text
    assert [file.name for file in world.slack.files[-2:]] == ["reports.csv", "reports-evidence.csv"]
    exported, before = world.slack.files[-1].content.decode(), await read_evidence(world, ana, channel)

    async def import_evidence() -> Any:
        await ana.type_text(channel, "/valuemap import")
        await ana.modal.fill_field("Paste text", exported)
        await ana.modal.submit()
        return ana.modal

    assert "there is nothing to add" in (await import_evidence()).text
    await ana.type_text(channel, "/valuemap evidence slow")
    await ana.click_button(ana.last_message(channel), "⋯", "Delete")
    preview = await import_evidence()
    assert "1 item of evidence would be added to Reports for small shops." in preview.text
    await preview.submit()
    assert "1 item of evidence came along" in ana.last_message(channel).text
    await world.advance_time(seconds=5)
    assert "some evidence" in find_card(ana, channel, "slow").text
    after = await read_evidence(world, ana, channel)
    kept = ("source", "grade", "n", "quote", "link", "at", "by", "supports", "contradicts")
    assert sorted([item[name] for name in kept] for item in after) == sorted(
        [item[name] for name in kept] for item in before
    )


async def test_evidence_of_an_archived_canvas_is_neither_shown_nor_changed(world: World) -> None:
    (ana, ben, *_), channel = await start_team(world)
    await add_item(ana, channel, "I wait")
    modal = await open_edit_form(ben, channel)
    await ana.type_text(channel, "/valuemap evidence")
    listed = ana.last_message(channel)
    await choose_from_canvas_list(ana, channel, "Reports", "Archive")
    await modal.fill_field("What the customer said or did", "I left")
    await modal.submit()
    refusal = "That canvas is not there any more"
    assert refusal in " ".join([ben.last_message(channel).text, *modal.errors.values()])
    await ana.type_text(channel, "/valuemap evidence")
    await ana.click_button(listed, "⋯", "Delete")
    assert refusal in ana.last_message(channel).text
    await ana.use_shortcut("add_evidence", find_card(ana, channel, "slow").message)
    assert "You are in no channel with a canvas: in your" in ana.last_message(channel).text
    await choose_from_canvas_list(ana, channel, "Reports", "Restore")
    assert [item["quote"] for item in await read_evidence(world, ana, channel)] == ["I wait"]


async def test_an_entry_that_moves_to_another_box_while_the_form_is_open_keeps_the_evidence(
    world: World,
) -> None:
    (ana, *_), channel = await start_team(world)
    await add_item(ana, channel, "I wait")
    modal = await open_edit_form(ana, channel)
    await ana.click_button(find_card(ana, channel, "slow"), "⋯", "Edit or move to another kind")
    editing = ana.modal
    await editing.fill_field("Kind", "Gain")
    await editing.submit()
    await modal.fill_field("What the customer gave", DID)
    await modal.submit()
    await ana.type_text(channel, "/valuemap export json")
    exported = json.loads(world.slack.files[-1].content)
    (entry,) = [entry for entry in exported["entries"] if entry["text"] == "slow"]
    assert (entry["kind"], entry["evidence"]["for"]) == ("gain", 4)


@pytest.mark.parametrize("words", ["<!channel> ", "長い ", "انتظار ", "👩‍👩‍👧‍👦 ", "<@U0001> *b* `c` "])
async def test_a_message_of_3000_characters_in_any_script_pings_and_formats_nothing(
    world: World, words: str
) -> None:
    (ana, *_), channel = await start_team(world)
    await ana.type_text(channel, words * (3000 // len(words)))
    message = next(each for each in reversed(world.slack.messages) if each.user_id == ana.id)
    await ana.use_shortcut("add_evidence", message)
    await ana.modal.fill_field("It supports", ["Pain: slow"])
    await ana.modal.fill_field("What the customer gave", TOLD)
    await ana.modal.fill_field("Source", "<!here>")
    await ana.modal.submit()
    await ana.type_text(channel, "/valuemap evidence")
    for command in ("evidence", "why slow", "risks", "digest now"):
        await ana.type_text(channel, f"/valuemap {command}")
    await world.advance_time(seconds=5)
    sent = [str(each.blocks) + each.text for each in world.slack.messages if each.user_id == BOT_USER_ID]
    assert any("— &lt;!here&gt;" in text for text in sent)
    assert not any(mark in text for text in sent for mark in ("<!channel", "<!here", "<@U0001> *b*"))
    (item,) = await read_evidence(world, ana, channel)
    assert len(item["quote"]) <= MAX_QUOTE_CHARACTERS
