"""Import: a preview of what is new, known and wrong, then all or nothing, once."""

import json
from typing import Any

import pytest

from bot.fake_slack.modal import NotThere
from bot.fake_slack.people import Person
from bot.fake_slack.things import Channel
from bot.features.imports.files import NOT_THERE, TOO_BIG
from tests.conftest import World
from tests.exchange.imported import without_ids

CSV = "kind,text,category,delivered_by\njob,report,functional,\n"


async def started(world: World, name: str = "product", canvas: str = "Reports") -> tuple[Person, Channel]:
    ana = world.bench.person("Ana")
    channel = world.bench.channel(name, ana)
    await ana.types(channel, f"/valuemap new {canvas}")
    return ana, channel


async def exported(world: World, person: Person, channel: Channel, how: str = "json") -> bytes:
    await person.types(channel, f"/valuemap export {how}")
    return world.slack.files[-1].content


async def previews(person: Person, channel: Channel, content: str | bytes, name: str = "a.txt") -> str:
    """Choose a file and read the preview."""
    await person.types(channel, "/valuemap import")
    await person.modal.attach("Or choose a file", name, content)
    await person.modal.submit()
    return person.modal.text


async def entries(world: World, person: Person, channel: Channel) -> list[str]:
    found = json.loads(await exported(world, person, channel))["entries"]
    return [each["text"] for each in found]


async def test_pasted_lines_are_shown_and_then_added(world: World) -> None:
    ana, channel = await started(world)
    await ana.types(channel, "/valuemap add pain: waiting takes an hour")
    await ana.types(channel, "/valuemap import")
    modal = ana.modal
    await modal.fill("Paste text", "pains: Waiting takes an HOUR; too dear\njob: <!here> *report*")
    await modal.submit()
    shown = ana.modal.text
    assert "*2 entries would be added to Reports:* 1 job and 1 pain." in shown
    assert "*New*\n:warning: too dear\n:dart: <!here> ∗report∗" in shown
    assert "*Known already, and left as it is*\n:warning: Waiting takes an HOUR" in shown
    await ana.modal.submit()
    assert "&lt;!here&gt;" in str(ana.finds(channel, "<!here> ∗report∗\nby").posted.blocks)
    assert "Added 2 entries to *Reports*: 1 job and 1 pain." in ana.finds(channel, "Added 2 entries").text
    assert "*Pain*\ntoo dear\nby Ana" in ana.finds(channel, "too dear\nby").text
    assert await entries(world, ana, channel) == ["waiting takes an hour", "too dear", "<!here> *report*"]
    await ana.clicks(ana.finds(channel, "Added 2 entries"), "Rank")
    assert "Ranking" in ana.last(channel).text


async def workshop(world: World) -> tuple[Person, Channel]:
    """A canvas with votes, marks and a product."""
    ana, channel = await started(world)
    ben = world.bench.person("Ben")
    channel.members.add(ben.id)
    lines = "job: report; pain: slow; gain: right; product: builder; creator: sources"
    await ana.types(channel, f"/valuemap add {lines}")
    await ana.types(channel, "/valuemap add reliever")
    await ana.modal.fill("The pain reliever", "=robot|1")
    await ana.modal.fill("Category", "makes things easier")
    await ana.modal.fill("Delivered by", ["builder"])
    await ana.modal.submit()
    for person, text, level in ((ana, "report", "five"), (ben, "report", "four"), (ben, "slow", "two")):
        await person.reacts(ana.finds(channel, f"\n{text}\nby"), level)
    for person, strong in ((ana, ["report"]), (ben, [])):
        await person.types(channel, "/valuemap review")
        for _ in range(2):
            await person.modal.fill("Fits strongly", strong)
            await person.modal.submit()
    return ana, channel


async def test_an_export_comes_back_with_votes_and_reviews_and_every_figure(world: World) -> None:
    ana, channel = await workshop(world)
    before = await exported(world, ana, channel)
    _, other = await started(world, "other", "Again")
    other.members.add(ana.id)
    shown = await previews(ana, other, before, "reports.json")
    assert "*6 entries would be added to Again:* 1 job, 1 pain, 1 gain, 1 product, 1 pain reliever" in shown
    assert "3 votes and 4 reviews of 2 members come along." in shown
    await ana.modal.submit()
    assert "3 votes and 4 reviews of 2 members came along." in ana.finds(other, "Added 6 entries").text
    after = json.loads(await exported(world, ana, other))
    assert without_ids(after) == without_ids(json.loads(before))
    assert after["entries"][0]["votes"] == {ana.id: 5, "U0002": 4}
    assert after["fit"]["jobs"] == 0.75  # two offers, each marked by one of two
    assert "score 3.75, 2 votes" in ana.finds(other, "\nreport\nby").text
    await ana.reacts(ana.finds(other, "\nreport\nby"), "one")  # takes the place of the imported vote
    assert json.loads(await exported(world, ana, other))["entries"][0]["votes"] == {ana.id: 1, "U0002": 4}


@pytest.mark.parametrize("how", ["csv", "md"])
async def test_tables_and_documents_come_back_too(world: World, how: str) -> None:
    ana, channel = await workshop(world)
    table = await exported(world, ana, channel, how)
    before = json.loads(await exported(world, ana, channel))["entries"]
    _, other = await started(world, "other", "Again")
    other.members.add(ana.id)
    assert "*6 entries would be added" in await previews(ana, other, table, f"reports.{how}")
    await ana.modal.submit()
    after = json.loads(await exported(world, ana, other))["entries"]
    said = ("kind", "text", "category")
    assert sorted(str([each[key] for key in said]) for each in after) == sorted(
        str([each[key] for key in said]) for each in before
    )
    assert [bool(each["delivered_by"]) for each in after if each["text"] == "=robot|1"] == [how == "csv"]


async def test_three_wrong_lines_are_named_and_nothing_is_added_before_they_are_mended(world: World) -> None:
    ana, channel = await started(world)
    bad = f"{CSV}cheese,blue,,\npain,{'x' * 501},,\nreliever,robot,,builder\n"
    shown = await previews(ana, channel, bad, "a.csv")
    assert "*3 things are wrong, so nothing can be added yet.*" in shown
    assert "• Line 3: “cheese” is no kind of entry" in shown
    assert "• Line 4: “xxx" in shown
    assert "• Line 5: it is delivered by “builder”, but no product says that" in shown
    assert "*Right so far*\n:dart: report · functional\n:adhesive_bandage: robot" in shown
    await ana.modal.submit()  # without another file
    assert await entries(world, ana, channel) == []
    await ana.modal.attach("The mended file", "a.csv", f"{CSV}product,builder,,\nreliever,robot,,Builder\n")
    await ana.modal.submit()
    assert "*3 entries would be added" in ana.modal.text
    await ana.modal.submit()
    assert await entries(world, ana, channel) == ["report", "builder", "robot"]
    await ana.types(channel, "/valuemap why builder")
    assert "It delivers “robot”." in ana.last(channel).text


async def test_pasted_text_is_mended_in_the_preview(world: World) -> None:
    ana, channel = await started(world)
    await ana.types(channel, "/valuemap import")
    await ana.modal.fill("Paste text", "slow\npain: dear")
    await ana.modal.submit()
    assert "Line 1: “slow” has no kind before it" in ana.modal.text
    await ana.modal.fill("The text", "pain: slow\npain: dear")
    await ana.modal.submit()
    await ana.modal.fill("The text", "pain: slow")  # changed after it was shown, so it is shown again
    await ana.modal.submit()
    assert "*1 entry would be added" in ana.modal.text
    assert await entries(world, ana, channel) == []
    await ana.modal.submit()
    assert await entries(world, ana, channel) == ["slow"]


async def test_what_changed_since_the_preview_is_shown_again(world: World) -> None:
    ana, channel = await started(world)
    assert "*1 entry would be added" in await previews(ana, channel, "job: report")
    modal = ana.modal
    await ana.types(channel, "/valuemap add job: Report")
    await modal.submit()
    assert "All of it is on *Reports* already" in modal.text
    assert await entries(world, ana, channel) == ["Report"]


async def test_submitted_twice_it_adds_once(world: World) -> None:
    ana, channel = await started(world)
    await previews(ana, channel, CSV)
    await ana.modal.submit(twice=True)
    assert await entries(world, ana, channel) == ["report"]
    assert len([seen for seen in ana.sees(channel) if "Added 1 entry" in seen.text]) == 1
    with pytest.raises(NotThere):
        _ = ana.modal  # and no preview of what is known by now


async def test_one_of_both_has_to_be_filled(world: World) -> None:
    ana, channel = await started(world)
    await ana.types(channel, "/valuemap import")
    modal = ana.modal
    assert (await modal.submit()).errors == {"Paste text": "Paste a text or choose a file."}
    await modal.fill("Paste text", "job: report")
    await modal.attach("Or choose a file", "a.csv", CSV)
    both = "Paste a text or choose a file, not both."
    assert (await modal.submit()).errors == {"Paste text": both, "Or choose a file": both}


async def test_a_file_that_is_too_big_or_not_handed_over_is_said_at_its_field(world: World) -> None:
    ana, channel = await started(world)
    await ana.types(channel, "/valuemap import")
    modal = ana.modal
    await modal.attach("Or choose a file", "a.txt", b"pain: x\n" * 700_000)
    assert (await modal.submit()).errors == {"Or choose a file": TOO_BIG}
    await modal.attach("Or choose a file", "a.csv", CSV)
    for fault in ({"method": "files.info", "error": "file_not_found"}, {"method": "download"}):
        world.slack.fail(**fault)
        assert (await modal.submit()).errors == {"Or choose a file": NOT_THERE}
    await modal.submit()
    world.slack.fail("download")  # between preview and adding
    await modal.submit()
    assert NOT_THERE in modal.text
    assert await entries(world, ana, channel) == []


async def test_what_slack_says_of_the_size_is_not_believed(world: World) -> None:
    ana, channel = await started(world)
    about = world.slack.about_file

    def lies(file: Any) -> dict[str, Any]:
        return {**about(file), "size": 10}

    world.slack.about_file = lies  # type: ignore[method-assign]
    await ana.types(channel, "/valuemap import")
    await ana.modal.attach("Or choose a file", "a.txt", b"pain: x\n" * 700_000)
    assert (await ana.modal.submit()).errors == {"Or choose a file": TOO_BIG}


async def test_the_token_goes_to_no_other_host(world: World) -> None:
    ana, channel = await started(world)
    about = world.slack.about_file

    def elsewhere(file: Any) -> dict[str, Any]:
        there = about(file)["url_private"].replace("127.0.0.1", "localhost")  # the same, by another name
        return {**about(file), "url_private_download": there}

    world.slack.about_file = elsewhere  # type: ignore[method-assign]
    await ana.types(channel, "/valuemap import")
    await ana.modal.attach("Or choose a file", "a.csv", CSV)
    assert (await ana.modal.submit()).errors == {"Or choose a file": NOT_THERE}


async def test_an_author_of_another_workspace_stays_and_a_time_to_come_is_now(world: World) -> None:
    ana, channel = await started(world)
    of_file = {"kind": "job", "author": "W0ELSEWHERE", "votes": {"U0FAR": 5}}
    found = [
        {**of_file, "id": "1", "text": "early", "created_at": "2020-01-01T00:00:00Z"},
        {**of_file, "id": "2", "text": "late", "created_at": "2990-01-01T00:00:00Z", "author": "ana"},
    ]
    await previews(ana, channel, json.dumps({"format": "valuemap/1", "entries": found}))
    await ana.modal.submit()
    early, late = json.loads(await exported(world, ana, channel))["entries"]
    assert (early["author"], early["created_at"], early["votes"]) == (
        "W0ELSEWHERE",
        "2020-01-01T00:00:00Z",
        {"U0FAR": 5},
    )
    assert (late["author"], late["created_at"][:4]) == (ana.id, str(world.clock.now().year))


async def test_without_a_canvas_or_the_bot_there_is_nothing_to_import_into(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await ana.types(channel, "/valuemap import")
    assert "no canvas yet" in ana.last(channel).text
    await ana.types(channel, "/valuemap new Reports")
    channel.members.discard("U0BOT")
    await ana.types(channel, "/valuemap import")
    assert "I'm not in this channel" in ana.last(channel).text
