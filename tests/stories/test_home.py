"""App Home, the dialogs of entries, and the coach's next steps with their buttons."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.fake_slack.client.harness import Person, VisibleMessage, find_button
from bot.fake_slack.client.plain_text import blocks_to_text
from bot.fake_slack.models import SlackChannel
from tests.conftest import World
from tests.hanging import HANG_TIMEOUT_SECONDS

KINDS = ("job", "pain", "gain", "product", "pain reliever", "gain creator")
MONDAY = datetime(2026, 10, 19, 9, tzinfo=UTC)


def read_home(world: World, person: Person) -> str:
    """Return what a member's Home shows, without opening it again."""
    return blocks_to_text(world.slack.home_views[person.id]["blocks"])


def find_card(person: Person, channel: SlackChannel, text: str) -> VisibleMessage:
    return person.find_message(channel, f"\n{text}\nby")


async def add_team(world: World, *names: str) -> tuple[list[Person], SlackChannel]:
    """Add people to a channel with a canvas that has an entry of each kind."""
    people = [world.harness.add_person(name) for name in names or ("Ana",)]
    channel = world.harness.add_channel("product", *people)
    await world.start_canvas(channel)
    return people, channel


async def test_home_leads_to_the_open_votes_and_is_updated_afterwards(world: World) -> None:
    (ana,), channel = await add_team(world)
    assert "*For you:* 6 cards to vote on · 2 offers to review\n[Vote] [Review]" in await ana.open_home()
    await ana.click_in_home("Vote")
    assert ":dart: *report*" in ana.modal.text
    before = len(ana.visible_messages(channel)), len(ana.visible_messages(ana.direct_channel))
    await ana.modal.click_button("4")
    assert "slow" in ana.modal.text
    await ana.modal.click_button("‹ Back")
    assert "You voted *4*." in ana.modal.text
    await ana.member.close_view()
    await world.settle()
    assert "*For you:* 5 cards to vote on · 2 offers to review" in read_home(world, ana)
    after = len(ana.visible_messages(channel)), len(ana.visible_messages(ana.direct_channel))
    assert after == before, "nothing is posted for it"


async def test_a_review_from_home_updates_home(world: World) -> None:
    (ana,), channel = await add_team(world)
    await ana.open_home()
    await ana.click_in_home("Review")
    assert "robot" in ana.modal.text
    await ana.modal.fill_field("Fits strongly", ["report"])
    await ana.modal.submit()
    assert "· 1 offer to review\n" in read_home(world, ana)
    await ana.modal.submit()
    assert "*For you:* 6 cards to vote on\n[Vote]\n" in read_home(world, ana)
    assert channel.id in read_home(world, ana)


async def test_buttons_of_home_answer_in_dialogs(world: World) -> None:
    (ana,), channel = await add_team(world)
    await ana.open_home()
    for label, text in (("Fit", "Fit: Reports"), ("Rank", "Ranking: Reports"), ("Open", "Value map: Rep")):
        await ana.click_in_home(label)
        assert text in ana.modal.text
    await ana.click_in_home("Add")
    await ana.modal.fill_field("The job", "know by nine")
    seen = len(ana.visible_messages(channel))
    await ana.modal.submit()
    assert "Added 1 job to *Reports" in ana.modal.text
    assert "know by nine\nby Ana" in find_card(ana, channel, "know by nine").text
    assert not [one for one in ana.visible_messages(channel)[seen:] if one.message.ephemeral_user_id]
    assert "7 cards to vote on" in read_home(world, ana)
    await ana.modal.click_button("Add another")
    assert "Add an entry" in ana.modal.text


async def test_home_shows_how_the_fit_changed_since_the_last_digest(world: World) -> None:
    (ana,), channel = await add_team(world)
    for text in ("report", "slow", "right"):
        await ana.add_reaction(find_card(ana, channel, text), "three")
    await ana.type_text(channel, "/valuemap digest weekly mon 09:00 UTC")
    assert "fit 0\u00a0%\n" in await ana.open_home()
    await world.advance_to(MONDAY)
    assert "fit 0\u00a0%, as in today's digest\n" in await ana.open_home()
    await world.advance_time(days=2)
    await ana.type_text(channel, "/valuemap review")
    await ana.modal.fill_field("Fits strongly", ["report"])
    await ana.modal.submit()
    assert "fit 33\u00a0%, up 33 since Monday's digest\n" in await ana.open_home()


async def test_home_shows_the_must_haves_and_the_trend_in_words_with_no_block_that_slack_may_refuse(
    world: World,
) -> None:
    (ana,), channel = await add_team(world)
    for mark in ("five", "four"):
        await ana.add_reaction(find_card(ana, channel, "slow"), mark)
        await ana.type_text(channel, "/valuemap digest now")
        await world.advance_time(days=1)
    home = await ana.open_home()
    blocks = world.slack.home_views[ana.id]["blocks"]
    assert {block["type"] for block in blocks} <= {"header", "section", "actions", "divider", "context"}
    assert "No must-have yet · fit 0\u00a0%, as in " in home
    before = world.slack.count_calls("views.publish")
    await ana.open_home()
    assert world.slack.count_calls("views.publish") == before + 1
    await ana.use_shortcut("value_maps")
    assert "No must-have yet · fit 0\u00a0%, as in " in ana.modal.text


async def test_many_canvases_come_in_pages_with_open_work_first(world: World) -> None:
    ana = world.harness.add_person("Ana")
    for number in range(7):
        channel = world.harness.add_channel(f"team-{number}", ana)
        await ana.type_text(channel, f"/valuemap new Map{number}")
        await world.advance_time(minutes=1)
        if number == 0:
            await ana.type_text(channel, "/valuemap add pain: slow")
    shown = await ana.open_home()
    assert [f"Map{number}" in shown for number in range(7)] == [True, False, False, True, True, True, True]
    await ana.click_in_home("Page 2 of 2 ›")
    assert [f"Map{number}" in read_home(world, ana) for number in (0, 1, 2, 3)] == [False, True, True, False]
    await ana.click_in_home("Add")
    await ana.modal.fill_field("The job", "report")
    await ana.modal.submit()  # its canvas moves to the first page
    assert "‹ Page 1" in read_home(world, ana)
    assert "Map2" not in read_home(world, ana)
    assert "‹ Page 1" in await ana.open_home()
    await ana.click_in_home("‹ Page 1")
    assert "Map2" in read_home(world, ana)

    await ana.use_shortcut("value_maps")
    await ana.modal.click_button("Page 2 of 2 ›")
    assert "Map1" in ana.modal.text
    await ana.modal.click_button("‹ Page 1")
    await ana.modal.click_button("Vote")
    assert "Others' votes show after yours." in ana.modal.text
    await ana.modal.click_button("‹ Value maps")
    assert "Your value maps" in ana.modal.text
    await ana.modal.click_button("Fit")
    assert "Fit: Map" in ana.modal.text
    await ana.member.close_view()
    assert "Your value maps" in ana.modal.text


async def test_a_private_channel_is_not_shown_to_others(world: World) -> None:
    ana, eve = world.harness.add_person("Ana"), world.harness.add_person("Eve")
    secret, open_ = (
        world.harness.add_channel("secret", ana, private=True),
        world.harness.add_channel("open", eve),
    )
    await world.start_canvas(secret)
    await eve.type_text(open_, "/valuemap new Billing")
    await eve.type_text(open_, "/valuemap add job: pay; pain: dear")
    shown = await eve.open_home()
    assert "Billing" in shown
    assert "Reports" not in shown
    await eve.use_shortcut("value_maps")
    assert "Reports" not in eve.modal.text
    # Eve forges buttons that lead to an entry of a canvas that she cannot see.
    theirs = await ana.open_home()
    assert "Reports" in theirs
    forged = world.slack.home_views[ana.id]["blocks"]
    world.slack.home_views[eve.id]["blocks"] = forged
    for label in ("Vote", "Review", "Open", "Fit", "Add a job"):
        for block in forged:  # a step's button has another action than the rows': forge that one too
            if block.get("accessory", {}).get("type") == "button" and label == "Add a job":
                block["accessory"] |= {"action_id": "answer", "value": "1:1"}
                block["accessory"]["text"]["text"] = label
        await eve.click_in_home(label)
        assert "not there any more" in eve.modal.text


@pytest.mark.parametrize("way", ["opened again", "a button in it"])
async def test_a_slow_home_does_not_cover_a_newer_one_and_holds_up_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    (ana, ben), channel = await add_team(world, "Ana", "Ben")
    world.slack.inject_fault("users.conversations", retry_after=60)
    await ana.open_home()  # it says why it shows nothing, and has a button
    slack = world.bot.deps.slack
    publish, is_slow, released, is_others_shown = slack.views_publish, *(asyncio.Event() for _ in range(3))

    async def publish_slowly(**arguments: Any) -> None:
        if arguments["user_id"] == ana.id and not is_slow.is_set():
            is_slow.set()
            await released.wait()
        await publish(**arguments)
        if arguments["user_id"] == ben.id:
            is_others_shown.set()

    monkeypatch.setattr(slack, "views_publish", publish_slowly)
    async with asyncio.timeout(HANG_TIMEOUT_SECONDS):
        await ana.member.open_home()
        await is_slow.wait()
        channel.member_ids.discard(ana.id)
        if way == "opened again":
            await ana.member.open_home()
        else:
            home = world.slack.home_views[ana.id]
            await ana.member.act_in_view(home, *find_button(home["blocks"], "Try again", "", ana.id), {})
        await ben.member.open_home()
        await is_others_shown.wait()
    released.set()
    await world.settle()
    assert "Reports" not in read_home(world, ana)
    assert "Reports" in read_home(world, ben)
    assert not world.bot.deps.home_locks, "nothing is kept"


async def test_home_names_other_canvases_of_a_channel_except_archived_ones(world: World) -> None:
    (ana,), channel = await add_team(world)
    for name in ("Billing", "Old"):
        await world.advance_time(minutes=1)
        await ana.type_text(channel, f"/valuemap new {name}")
    await ana.type_text(channel, "/valuemap canvases")
    listed = ana.last_message(channel)
    (section,) = (block for block in listed.message.blocks if "*Old*" in str(block.get("text")))
    archive = next(o["value"] for o in section["accessory"]["options"] if o["text"]["text"] == "Archive")
    await ana.act_on_message(listed, section["block_id"], "canvas", archive)
    shown = await ana.open_home()
    assert f"Also in <#{channel.id}>: *Reports for small shops*" in shown
    assert "*Billing* in" in shown
    assert "Old" not in shown


async def test_the_ranking_leads_to_the_member_s_unvoted_entries_of_its_box(world: World) -> None:
    (ana,), channel = await add_team(world)
    await ana.type_text(channel, "/valuemap add pain: dear; pain: dull")
    await ana.add_reaction(find_card(ana, channel, "dear"), "five")
    await ana.type_text(channel, "/valuemap rank pain")
    ranking = ana.last_message(channel)
    await ana.click_button(ranking, "Vote")
    assert "*Pains* 1 of 3" in ana.modal.text
    for text in ("slow", "dull"):
        assert f"*{text}*" in ana.modal.text
        await ana.modal.click_button("3")
    assert "You have voted on all 3 pains." in ana.modal.text
    await ana.click_button(ranking, "Vote")
    assert "You have voted on all 3 pains." in ana.modal.text
    await ana.type_text(channel, "/valuemap rank pain")
    assert "[Vote]" not in ana.last_message(channel).text


async def test_the_dialog_of_an_entry_shows_its_figures_and_says_that_it_was_deleted(world: World) -> None:
    people, channel = await add_team(world, "Ana", "Ben")
    ana, ben = people
    await ana.add_reaction(find_card(ana, channel, "robot"), "five")
    for text in ("report", "slow", "right", "builder", "robot", "sources"):
        await ben.add_reaction(find_card(ben, channel, text), "three")
    await ana.type_text(channel, "/valuemap review")
    for _ in range(2):
        await ana.modal.click_button("Helps nobody")
    await ana.member.close_view()
    await ana.type_text(channel, "/valuemap")
    await ana.click_button(ana.last_message(channel), "Look at it")
    assert "*You voted 5*" in ana.modal.text
    assert "Rank 1 of 1" in ana.modal.text
    posted = find_card(ana, channel, "robot").message
    shown = world.slack.views[world.slack.view_stacks[ana.id][-1]]["blocks"]
    assert f"/archives/{channel.id}/p{posted.ts.replace('.', '')}?thread_ts=" in str(shown)
    await ana.modal.click_button("Vote")
    assert "You voted *5*. 2 votes" in ana.modal.text
    await ana.member.close_view()
    await ana.click_button(ana.last_message(channel), "Look at it")
    await ben.click_button(find_card(ben, channel, "robot"), "⋯", "Delete")
    await ana.modal.click_button("Why?")
    assert "was deleted" in ana.modal.text


# the coach

ENTRIES = ("report", "slow", "right", "builder", "robot", "sources")  # one of each kind
VOTES = dict.fromkeys(ENTRIES, (3,))
NAMES = ("one", "two", "three", "four", "five")


@dataclass(frozen=True)
class Stage:
    """A state of a canvas, and what the coach recommends and opens then."""

    text: str
    button: str
    opens: tuple[str, ...]
    entries: tuple[str, ...] = ENTRIES
    votes: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: VOTES)
    fits: tuple[tuple[str, ...], ...] = ()  # what each reviewed offer fits, robot first


STAGES = {
    "an empty box": Stage(
        "There are no pains yet: add what annoys, blocks or puts the customer at risk.",
        "Add a pain",
        ("Add an entry", "The pain:"),
        entries=("report",),
    ),
    "an unranked box": Stage(
        "No pain is ranked yet: vote on the pains.",
        "Vote on the pains",
        ("Pains* 1 of 1", "*slow*", "[Skip]"),
        votes=VOTES | {"slow": ()},
    ),
    "unreviewed offers": Stage(
        "2 offers wait for a fit review, “robot” first.", "Review it", ("Fit review", "robot")
    ),
    "the last unreviewed offer": Stage(
        "Nobody has reviewed “sources” yet: say which needs it really fits.",
        "Review it",
        ("Fit review", "sources"),
        fits=(("slow",),),
    ),
    "a gap on a must-have": Stage(
        "Nothing addresses the must-have “right” yet: is there a gain creator for it?",
        "Add a gain creator",
        ("For the gain “right”: what could create it?", "The gain creator:"),
        votes=VOTES | {"right": (5, 5)},
        fits=(("slow",), ("report",)),
    ),
    "a divisive entry": Stage(
        "The team is divided on “builder”: discuss it, then vote again.",
        "Discuss",
        ("“builder”",),
        votes=VOTES | {"builder": (1, 5)},
        fits=(("slow",), ("report",)),
    ),
    "an offer that fits nothing": Stage(
        "“sources” fits nothing yet: sharpen it or let it go.",
        "Look at it",
        ("sources", "it fits nothing yet", "[Review it]", "[⋯]"),
        fits=(("slow",), ()),
    ),
    "no must-have": Stage(
        "No need is a must-have yet: vote 5 on what the customer cannot do without.",
        "Vote on all boxes",
        ("You have voted on all 6 cards.", "[Change a vote]"),
        fits=(("slow",), ("report",)),
    ),
    "achieved": Stage(
        "Test the riskiest assumption, “report”: ask for the last time that it happened.",
        "Test it",
        ("*We believe:* job “report”", "Next rung: ask for the last time that it happened."),
        votes=VOTES | {"report": (5, 5)},
        fits=(("slow",), ("report",)),
    ),
}


async def build_canvas(world: World, stage: Stage) -> tuple[Person, SlackChannel]:
    ana, *others = (world.harness.add_person(name) for name in ("Ana", "Ben"))
    channel = world.harness.add_channel("product", ana, *others)
    await ana.type_text(channel, "/valuemap new Reports for small shops")
    for kind, text in zip(KINDS, stage.entries, strict=False):
        if text == "robot":
            await ana.type_text(channel, f"/valuemap add {kind}")
            await ana.modal.fill_field("The pain reliever", text)
            await ana.modal.fill_field("Delivered by", ["builder"])
            await ana.modal.submit()
        else:
            await ana.type_text(channel, f"/valuemap add {kind}: {text}")
    for text in stage.entries:
        for voter, level in zip((ana, *others), stage.votes[text], strict=False):
            await voter.add_reaction(find_card(ana, channel, text), NAMES[level - 1])
    if stage.fits:
        await ana.type_text(channel, "/valuemap review")
    for needs in stage.fits:
        await ana.modal.fill_field("Fits strongly", list(needs))
        await ana.modal.submit()
    await ana.member.close_view(whole_stack=True)
    return ana, channel


def steps_in(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(":point_right: *Next:*")]


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES.keys())
async def test_the_coach_recommends_the_same_step_everywhere_with_a_working_button(
    world: World, stage: Stage
) -> None:
    ana, channel = await build_canvas(world, stage)
    answers = [await ana.open_home()]
    for typed in ("", "fit", "show", "digest now"):
        before = len(ana.visible_messages(channel))
        await ana.type_text(channel, f"/valuemap {typed}".strip())
        answers.append("\n".join(seen.text for seen in ana.visible_messages(channel)[before:]))
    expected = [f":point_right: *Next:* {stage.text}  [{stage.button}]"]
    assert [steps_in(text) for text in answers] == [expected] * 5
    most = max(text.count("now test it with customers") for text in answers)
    assert most == int(stage.button == "Test it")

    await ana.type_text(channel, "/valuemap")
    await ana.click_button(ana.last_message(channel), stage.button)
    opened = world.slack.top_view(ana.id)
    shown = ana.modal.text if opened else ana.last_message(channel).text
    assert [words for words in stage.opens if words not in shown] == []
    await ana.member.close_view(whole_stack=True)
    await ana.click_in_home(stage.button)  # where everything opens in a dialog
    assert [words for words in stage.opens if words not in ana.modal.text] == []


async def test_the_result_of_a_round_ends_with_the_same_step(world: World) -> None:
    stage = STAGES["a divisive entry"]
    ana, channel = await build_canvas(world, stage)
    await ana.type_text(channel, "/valuemap vote product until in 2 hours")
    await world.advance_time(hours=2)
    await world.advance_time(minutes=5)
    result = ana.find_message(channel, "Vote closed")
    assert steps_in(result.text) == [f":point_right: *Next:* {stage.text}  [Discuss]"]
    await ana.click_button(result, "Discuss")
    assert (
        "I've asked 2 members in private for a reason on product “builder”" in ana.last_message(channel).text
    )


async def test_an_offer_added_for_a_need_gets_a_card(world: World) -> None:
    ana, channel = await build_canvas(world, STAGES["a gap on a must-have"])
    await ana.type_text(channel, "/valuemap")
    await ana.click_button(ana.last_message(channel), "Add a gain creator")
    await ana.modal.fill_field("The gain creator", "checked twice")
    await ana.modal.submit()
    assert "*Gain creator*" in find_card(ana, channel, "checked twice").text
