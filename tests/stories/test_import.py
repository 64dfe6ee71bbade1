"""Imports: a preview of what is new, known and wrong, then all or nothing, once."""

import json
from typing import Any

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.client.modal import NotVisible
from bot.fake_slack.models import SlackChannel
from bot.features.imports.files import FILE_TOO_LARGE, FILE_UNAVAILABLE
from tests.conftest import World
from tests.features.imports.canvas_strategies import number_entries

CSV = "kind,text,category,delivered_by\njob,report,functional,\n"


async def start_canvas(
    world: World, name: str = "product", canvas: str = "Reports"
) -> tuple[Person, SlackChannel]:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel(name, ana)
    await ana.type_text(channel, f"/valuemap new {canvas}")
    return ana, channel


async def export_canvas(
    world: World, person: Person, channel: SlackChannel, format_name: str = "json"
) -> bytes:
    await person.type_text(channel, f"/valuemap export {format_name}")
    return world.slack.files[-1].content


async def preview_file(
    person: Person, channel: SlackChannel, content: str | bytes, name: str = "a.txt"
) -> str:
    """Choose a file and return the text of the preview."""
    await person.type_text(channel, "/valuemap import")
    await person.modal.attach_file("Or choose a file", name, content)
    await person.modal.submit()
    return person.modal.text


async def list_entry_texts(world: World, person: Person, channel: SlackChannel) -> list[str]:
    exported_entries = json.loads(await export_canvas(world, person, channel))["entries"]
    return [each["text"] for each in exported_entries]


async def test_pasted_lines_are_previewed_and_then_added(world: World) -> None:
    ana, channel = await start_canvas(world)
    await ana.type_text(channel, "/valuemap add pain: waiting takes an hour")
    await ana.type_text(channel, "/valuemap import")
    modal = ana.modal
    await modal.fill_field("Paste text", "pains: Waiting takes an HOUR; too dear\njob: <!here> *report*")
    await modal.submit()
    shown = ana.modal.text
    assert "*2 entries would be added to Reports:* 1 job and 1 pain." in shown
    assert "*New*\n:warning: too dear\n:dart: <!here> report" in shown
    assert "*Known already, and left as it is*\n:warning: Waiting takes an HOUR" in shown
    await ana.modal.submit()
    assert "&lt;!here&gt;" in str(ana.find_message(channel, "<!here> report\nby").message.blocks)
    assert (
        "Added 2 entries to *Reports*: 1 job and 1 pain." in ana.find_message(channel, "Added 2 entries").text
    )
    assert "*Pain*  [⋯]\ntoo dear\nby Ana" in ana.find_message(channel, "too dear\nby").text
    assert await list_entry_texts(world, ana, channel) == [
        "waiting takes an hour",
        "too dear",
        "<!here> report",
    ]
    await ana.click_button(ana.find_message(channel, "Added 2 entries"), "Rank")
    assert "Ranking" in ana.last_message(channel).text


async def hold_workshop(world: World) -> tuple[Person, SlackChannel]:
    """Return a member and a channel whose canvas has votes, marks and a product."""
    ana, channel = await start_canvas(world)
    ben = world.harness.add_person("Ben")
    channel.member_ids.add(ben.id)
    lines = "job: report; pain: slow; gain: right; product: builder; creator: sources"
    await ana.type_text(channel, f"/valuemap add {lines}")
    await ana.type_text(channel, "/valuemap add reliever")
    await ana.modal.fill_field("The pain reliever", "=robot|1")
    await ana.modal.fill_field("Category", "makes things easier")
    await ana.modal.fill_field("Delivered by", ["builder"])
    await ana.modal.submit()
    for person, text, level in ((ana, "report", "five"), (ben, "report", "four"), (ben, "slow", "two")):
        await person.add_reaction(ana.find_message(channel, f"\n{text}\nby"), level)
    for person, strong in ((ana, ["report"]), (ben, [])):
        await person.type_text(channel, "/valuemap review")
        for _ in range(2):
            await person.modal.fill_field("Fits strongly", strong)
            await person.modal.submit()
    return ana, channel


@pytest.mark.databases("sqlite", "postgresql")
async def test_an_imported_export_has_the_same_votes_reviews_and_metrics(world: World) -> None:
    ana, channel = await hold_workshop(world)
    before = await export_canvas(world, ana, channel)
    _, other = await start_canvas(world, "other", "Again")
    other.member_ids.add(ana.id)
    shown = await preview_file(ana, other, before, "reports.json")
    assert "*6 entries would be added to Again:* 1 job, 1 pain, 1 gain, 1 product, 1 pain reliever" in shown
    assert "3 votes and 4 reviews of 2 members come along." in shown
    await ana.modal.submit()
    assert "3 votes and 4 reviews of 2 members came along." in ana.find_message(other, "Added 6 entries").text
    after = json.loads(await export_canvas(world, ana, other))
    assert number_entries(after) == number_entries(json.loads(before))
    assert after["entries"][0]["votes"] == {ana.id: 5, "U0002": 4}
    assert after["fit"]["jobs"] == 0.75  # two offers, each marked by one of two
    assert "score 3.75, 2 votes" in ana.find_message(other, "\nreport\nby").text
    await ana.add_reaction(
        ana.find_message(other, "\nreport\nby"), "one"
    )  # takes the place of the imported vote
    assert json.loads(await export_canvas(world, ana, other))["entries"][0]["votes"] == {
        ana.id: 1,
        "U0002": 4,
    }


@pytest.mark.databases("sqlite", "postgresql")
async def test_votes_and_reviews_of_known_entries_stay_out_and_the_preview_says_so(world: World) -> None:
    ana, channel = await hold_workshop(world)
    exported = await export_canvas(world, ana, channel)
    table = await export_canvas(world, ana, channel, "csv")
    shown = await preview_file(ana, channel, exported, "reports.json")
    assert "All of it is on *Reports* already, so there is nothing to add." in shown
    _, other = await start_canvas(world, "other", "Again")
    other.member_ids.add(ana.id)
    await preview_file(ana, other, table, "reports.csv")
    await ana.modal.submit()
    await world.advance_time(minutes=1)
    await ana.add_reaction(ana.find_message(other, "\nreport\nby"), "five")  # as in the file
    shown = await preview_file(ana, other, exported, "reports.json")
    assert "The entries are on *Again* already, so there is nothing to add." in shown
    assert "2 votes and 4 reviews of entries that are known stay out." in shown


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize("format_name", ["csv", "md"])
async def test_csv_and_markdown_exports_can_be_imported(world: World, format_name: str) -> None:
    ana, channel = await hold_workshop(world)
    table = await export_canvas(world, ana, channel, format_name)
    before = json.loads(await export_canvas(world, ana, channel))["entries"]
    _, other = await start_canvas(world, "other", "Again")
    other.member_ids.add(ana.id)
    assert "*6 entries would be added" in await preview_file(ana, other, table, f"reports.{format_name}")
    await ana.modal.submit()
    after = json.loads(await export_canvas(world, ana, other))["entries"]
    keys = ("kind", "text", "category")
    assert sorted(str([each[key] for key in keys]) for each in after) == sorted(
        str([each[key] for key in keys]) for each in before
    )
    assert [bool(each["delivered_by"]) for each in after if each["text"] == "=robot|1"] == [
        format_name == "csv"
    ]


async def test_invalid_lines_are_named_and_nothing_is_added_until_they_are_corrected(world: World) -> None:
    ana, channel = await start_canvas(world)
    bad = f"{CSV}cheese,blue,,\npain,{'x' * 501},,\nreliever,robot,,builder\n"
    shown = await preview_file(ana, channel, bad, "a.csv")
    assert "*3 things are wrong, so nothing can be added yet.*" in shown
    assert "• Line 3: “cheese” is no kind of entry" in shown
    assert "• Line 4: “xxx" in shown
    assert "• Line 5: it is delivered by “builder”, but no product says that" in shown
    assert "*Right so far*\n:dart: report · functional\n:adhesive_bandage: robot" in shown
    await ana.modal.submit()  # without another file
    assert await list_entry_texts(world, ana, channel) == []
    await ana.modal.attach_file(
        "The fixed file", "a.csv", f"{CSV}product,builder,,\nreliever,robot,,Builder\n"
    )
    await ana.modal.submit()
    assert "*3 entries would be added" in ana.modal.text
    await ana.modal.submit()
    assert await list_entry_texts(world, ana, channel) == ["report", "builder", "robot"]
    await ana.type_text(channel, "/valuemap why builder")
    assert "It delivers “robot”." in ana.last_message(channel).text


async def test_pasted_text_can_be_corrected_in_the_preview(world: World) -> None:
    ana, channel = await start_canvas(world)
    await ana.type_text(channel, "/valuemap import")
    await ana.modal.fill_field("Paste text", "slow\npain: dear")
    await ana.modal.submit()
    assert "*One line has no box:* no kind is named for it.\n• Line 1: slow" in ana.modal.text
    await ana.modal.fill_field("The text", "pain: slow\npain: dear")
    await ana.modal.submit()
    await ana.modal.fill_field("The text", "pain: slow")  # changed after it was shown, so it is shown again
    await ana.modal.submit()
    assert "*1 entry would be added" in ana.modal.text
    assert await list_entry_texts(world, ana, channel) == []
    await ana.modal.submit()
    assert await list_entry_texts(world, ana, channel) == ["slow"]


async def test_a_plan_that_changed_since_the_preview_is_shown_again(world: World) -> None:
    ana, channel = await start_canvas(world)
    assert "*1 entry would be added" in await preview_file(ana, channel, "job: report")
    modal = ana.modal
    await ana.type_text(channel, "/valuemap add job: Report")
    await modal.submit()
    assert "All of it is on *Reports* already" in modal.text
    assert await list_entry_texts(world, ana, channel) == ["Report"]


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_form_submitted_twice_imports_once(world: World) -> None:
    ana, channel = await start_canvas(world)
    await preview_file(ana, channel, CSV)
    await ana.modal.submit(twice=True)
    assert await list_entry_texts(world, ana, channel) == ["report"]
    assert len([message for message in ana.visible_messages(channel) if "Added 1 entry" in message.text]) == 1
    with pytest.raises(NotVisible):
        _ = ana.modal  # and no preview of what is known by now


async def test_either_a_text_or_a_file_is_required(world: World) -> None:
    ana, channel = await start_canvas(world)
    await ana.type_text(channel, "/valuemap import")
    modal = ana.modal
    assert (await modal.submit()).errors == {"Paste text": "Paste a text or choose a file."}
    await modal.fill_field("Paste text", "job: report")
    await modal.attach_file("Or choose a file", "a.csv", CSV)
    both = "Paste a text or choose a file, not both."
    assert (await modal.submit()).errors == {"Paste text": both, "Or choose a file": both}


async def test_a_file_that_is_too_large_or_unavailable_is_an_error_at_its_field(world: World) -> None:
    ana, channel = await start_canvas(world)
    await ana.type_text(channel, "/valuemap import")
    modal = ana.modal
    await modal.attach_file("Or choose a file", "a.txt", b"pain: x\n" * 700_000)
    assert (await modal.submit()).errors == {"Or choose a file": FILE_TOO_LARGE}
    await modal.attach_file("Or choose a file", "a.csv", CSV)
    for fault in ({"method": "files.info", "error": "file_not_found"}, {"method": "download"}):
        world.slack.inject_fault(**fault)
        assert (await modal.submit()).errors == {"Or choose a file": FILE_UNAVAILABLE}
    await modal.submit()
    world.slack.inject_fault("download")  # between preview and adding
    await modal.submit()
    assert FILE_UNAVAILABLE in modal.text
    assert await list_entry_texts(world, ana, channel) == []


async def test_the_size_in_slacks_metadata_is_not_trusted(world: World) -> None:
    ana, channel = await start_canvas(world)
    build_file_object = world.slack.file_payload

    def understate_size(file: Any) -> dict[str, Any]:
        return {**build_file_object(file), "size": 10}

    world.slack.file_payload = understate_size  # type: ignore[method-assign]
    await ana.type_text(channel, "/valuemap import")
    await ana.modal.attach_file("Or choose a file", "a.txt", b"pain: x\n" * 700_000)
    assert (await ana.modal.submit()).errors == {"Or choose a file": FILE_TOO_LARGE}


async def test_the_token_is_sent_to_no_other_host(world: World) -> None:
    ana, channel = await start_canvas(world)
    build_file_object = world.slack.file_payload

    def change_host(file: Any) -> dict[str, Any]:
        url = build_file_object(file)["url_private"].replace(
            "127.0.0.1", "localhost"
        )  # the same, by another name
        return {**build_file_object(file), "url_private_download": url}

    world.slack.file_payload = change_host  # type: ignore[method-assign]
    await ana.type_text(channel, "/valuemap import")
    await ana.modal.attach_file("Or choose a file", "a.csv", CSV)
    assert (await ana.modal.submit()).errors == {"Or choose a file": FILE_UNAVAILABLE}


async def test_foreign_authors_are_kept_and_future_times_become_now(world: World) -> None:
    ana, channel = await start_canvas(world)
    common_fields = {"kind": "job", "author": "W0ELSEWHERE", "votes": {"U0FAR": 5}}
    exported_entries = [
        {**common_fields, "id": "1", "text": "early", "created_at": "2020-01-01T00:00:00Z"},
        {**common_fields, "id": "2", "text": "late", "created_at": "2990-01-01T00:00:00Z", "author": "ana"},
    ]
    await preview_file(ana, channel, json.dumps({"format": "valuemap/1", "entries": exported_entries}))
    await ana.modal.submit()
    early, late = json.loads(await export_canvas(world, ana, channel))["entries"]
    assert (early["author"], early["created_at"], early["votes"]) == (
        "W0ELSEWHERE",
        "2020-01-01T00:00:00Z",
        {"U0FAR": 5},
    )
    assert (late["author"], late["created_at"][:4]) == (ana.id, str(world.clock.now().year))


async def test_an_import_needs_a_canvas_and_the_bot_in_the_channel(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap import")
    assert "no canvas yet" in ana.last_message(channel).text
    await ana.type_text(channel, "/valuemap new Reports")
    channel.member_ids.discard("U0BOT")
    await ana.type_text(channel, "/valuemap import")
    assert "I'm not in this channel" in ana.last_message(channel).text


async def test_what_looks_like_an_entry_is_asked_about_and_added_only_if_chosen(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap add pain: Waiting takes an hour")
    for is_chosen in (False, True):
        await ana.type_text(channel, "/valuemap import")
        await ana.modal.fill_field("Paste text", f"pain: waiting takes an hours!\ngain: right {is_chosen}")
        await ana.modal.submit()
        assert "waiting takes an hours!: looks like “Waiting takes an hour”" in ana.modal.text
        assert "*1 entry would be added" in ana.modal.text
        if is_chosen:
            await ana.modal.fill_field("What looks alike", "Add it all the same")
        await ana.modal.submit()
        await ana.type_text(channel, "/valuemap export json")
        exported = world.slack.files[-1].content.decode()
        assert ("waiting takes an hours!" in exported) is is_chosen
        assert f"right {is_chosen}" in exported


async def test_an_import_of_what_was_deleted_and_the_undo_leave_no_twins(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await ana.type_text(channel, "/valuemap add pain: slow")
    await ana.type_text(channel, "/valuemap export csv")
    content = world.slack.files[-1].content
    await ana.click_button(ana.find_message(channel, "slow\nby"), "⋯", "Delete")
    deleted = ana.find_message(channel, "Deleted: “slow”.")
    await ana.type_text(channel, "/valuemap import")
    await ana.modal.attach_file("Or choose a file", "map.csv", content)
    await ana.modal.submit()
    await ana.modal.submit()
    await ana.click_button(deleted, "Undo")
    assert "“slow” was added again meanwhile: the two are one now." in deleted.text
    await ana.type_text(channel, "/valuemap export csv")
    assert world.slack.files[-1].content.decode().count("slow") == 1


async def test_an_import_is_undone_once_and_leaves_what_was_there(world: World) -> None:
    ana, channel = await start_canvas(world)
    await ana.type_text(channel, "/valuemap add pain: kept")
    many = "\n".join(f"pain: number {number} {number * 7919} of many" for number in range(30))
    await ana.type_text(channel, "/valuemap import")
    await ana.modal.fill_field("Paste text", many)
    await ana.modal.submit()
    await ana.modal.submit()
    answer = ana.find_message(channel, "Added 30 entries")
    await world.advance_time(minutes=2)
    await ana.click_button(answer, "Undo")
    assert answer.text == "Undone: 30 pains are gone."
    await world.advance_time(minutes=2)
    exported = json.loads(await export_canvas(world, ana, channel))
    assert [entry["text"] for entry in exported["entries"]] == ["kept"]
    deleted = [seen for seen in ana.visible_messages(channel) if "Deleted by Ana: pain “number" in seen.text]
    assert len(deleted) == 30


async def test_undo_of_an_import_deletes_nothing_of_others_and_needs_the_right(world: World) -> None:
    ana, channel = await start_canvas(world)
    ben = world.harness.add_person("Ben")
    channel.member_ids.add(ben.id)
    await ana.type_text(channel, "/valuemap add pain: kept")
    await ben.type_text(channel, "/valuemap import")
    await ben.modal.fill_field("Paste text", "pain: dear\npain: dull")
    await ben.modal.submit()
    await ben.modal.submit()
    answer = ben.find_message(channel, "Added 2 entries")
    await ana.type_text(channel, "/valuemap settings")
    await ana.modal.fill_field("Entries may be edited and deleted by", "Who started the canvas")
    await ana.modal.submit()
    await ben.click_button(answer, "Undo")
    assert "You may not change some of these entries" in ben.last_message(channel).text
    assert len(json.loads(await export_canvas(world, ana, channel))["entries"]) == 3


async def test_a_text_that_was_edited_in_a_csv_changes_the_entry_if_chosen(world: World) -> None:
    ana, channel = await start_canvas(world)
    await ana.type_text(channel, "/valuemap add pain: Waiting takes an hour; right the first time")
    await ana.add_reaction(ana.find_message(channel, "Waiting takes an hour\nby"), "four")
    csv = (await export_canvas(world, ana, channel, "csv")).decode()
    before = json.loads(await export_canvas(world, ana, channel))
    await preview_file(ana, channel, csv.replace("an hour", "an hours!"), "map.csv")
    assert "Waiting takes an hours!: looks like “Waiting takes an hour”" in ana.modal.text
    await ana.modal.fill_field("What looks alike", "Change the text of what is there")
    await ana.modal.submit()
    assert "[Undo]" not in ana.find_message(channel, "Changed the text of 1 entry on *Reports*.").text
    await world.advance_time(seconds=5)
    after = json.loads(await export_canvas(world, ana, channel))
    assert [entry["text"] for entry in after["entries"]] == [
        "Waiting takes an hours!",
        "right the first time",
    ]
    for name in ("id", "votes", "created_at", "author"):
        assert [each[name] for each in after["entries"]] == [each[name] for each in before["entries"]]
    assert "1 vote (one 4)" in ana.find_message(channel, "Waiting takes an hours!\nby").text


async def test_an_entry_that_the_file_has_too_keeps_its_text(world: World) -> None:
    ana, channel = await start_canvas(world)
    await ana.type_text(channel, "/valuemap add pain: Waiting takes an hour")
    await preview_file(ana, channel, "pain: Waiting takes an hour\npain: Waiting takes an hours!\npain: dear")
    await ana.modal.fill_field("What looks alike", "Change the text of what is there")
    await ana.modal.submit()
    exported = json.loads(await export_canvas(world, ana, channel))
    assert [entry["text"] for entry in exported["entries"]] == ["Waiting takes an hour", "dear"]
