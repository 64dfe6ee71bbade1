"""A whole workshop with six members; every metric against a plain calculation from the method's page."""

import json
import random
from collections import defaultdict
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from bot.demo.workshop import mark_needs
from bot.fake_slack.client.harness import Person, VisibleMessage
from bot.fake_slack.models import SlackChannel
from tests.conftest import World

KINDS = ("job", "pain", "gain", "product", "pain reliever", "gain creator")
NEEDS = {
    "job": "Important jobs addressed",
    "pain": "extreme pains relieved",
    "gain": "essential gains created",
}
OFFERS = ("pain reliever", "gain creator")
WAITING = "gain number 7"  # nobody votes on it
LEVEL_WEIGHTS = (1, 1, 1, 2, 6)  # how often people vote 1 to 5: high enough for some must-haves
REACTION_NAMES = ("one", "two", "three", "four", "five")
FIRST_DIGEST_AT, SECOND_DIGEST_AT = (
    datetime(2026, 10, 19, 7, tzinfo=UTC),
    datetime(2026, 10, 26, 8, tzinfo=UTC),
)

EVENTS_BETWEEN_JOBS = 20


def percent(share: Fraction) -> str:
    """Return a share as a percentage, halves away from zero."""
    return f"{int(100 * share + Fraction(1, 2))}\u00a0%"


async def test_all_metrics_are_right_after_sixty_entries_and_two_hundred_reactions(world: World) -> None:
    rng = random.Random(20261020)
    people = [
        world.harness.add_person(name, "Europe/Berlin")
        for name in ("Ana", "Ben", "Cleo", "Dan", "Eva", "Fay")
    ]
    ana = people[0]
    channel = world.harness.add_channel("product", *people)
    await ana.type_text(channel, "/valuemap new Reports for small shops")

    # Sixty entries: thirty typed, thirty by form.
    texts = [(kind, f"{kind} number {number}") for kind in KINDS for number in range(10)]
    for kind in KINDS:
        typed = "; ".join(text for k, text in texts if k == kind and int(text[-1]) < 5)
        await rng.choice(people).type_text(channel, f"/valuemap add {kind}: {typed}")
    for kind, text in texts:
        if int(text[-1]) >= 5:
            person = rng.choice(people)
            await person.type_text(channel, f"/valuemap add {kind}")
            await person.modal.fill_field(f"The {kind}", text)
            await person.modal.submit()
    cards = {text: ana.find_message(channel, f"{text}\nby") for _, text in texts}

    # Two hundred reactions in random order, delivered again and out of order now and then.
    votes = await _cast_votes(world, people, cards, rng, 200)
    await world.advance_time(seconds=2)
    # An entry without votes has no score.
    score = {
        text: Fraction(6 + sum(votes[text].values()), 2 + len(votes[text]))
        for _, text in texts
        if votes[text]
    }

    marks = await _review_offers(people[:3], channel, texts, rng)
    coverage = {need: _compute_coverage(need, texts, marks) for kind, need in texts if kind in NEEDS}

    def share(*kinds: str) -> Fraction:
        needs = [text for kind, text in texts if kind in kinds and text in score]
        weights = {need: (score[need] - 1) / 4 for need in needs}
        return sum((weights[n] * coverage[n] for n in needs), Fraction(0)) / sum(weights.values())

    line = (
        f"Fit {percent(share(*NEEDS))} (jobs {percent(share('job'))}, pains {percent(share('pain'))}, "
        f"gains {percent(share('gain'))})"
    )
    must_haves = {
        need: coverage[need] >= Fraction(1, 2)
        for need in coverage
        if need in score and score[need] >= 4 and len(votes[need]) >= 3
    }
    assert {*must_haves.values()} == {True, False}
    assert WAITING not in score
    counts = " · ".join(
        f"{what} {sum(must_haves[t] for t in must_haves if t.startswith(kind))}"
        f"/{sum(t.startswith(kind) for t in must_haves)}"
        for kind, what in NEEDS.items()
    )
    await ana.type_text(channel, "/valuemap fit")
    assert line in ana.last_message(channel).text
    assert counts in ana.last_message(channel).text

    await ana.type_text(channel, "/valuemap export json")
    exported = json.loads(world.slack.files[-1].content)
    for entry in exported["entries"]:
        assert entry["score"] == (float(score[entry["text"]]) if entry["text"] in score else None)
        assert entry["votes"] == votes[entry["text"]]
    assert {
        entry["text"]: entry["coverage"] for entry in exported["entries"] if entry["coverage"] is not None
    } == {need: float(share_covered) for need, share_covered in coverage.items()}
    assert exported["fit"]["all"] == float(share(*NEEDS))

    await world.advance_to(FIRST_DIGEST_AT)
    (digest,) = world.find_digests(ana, channel)
    assert line in digest.text
    assert counts in digest.text

    # The second digest reports one more vote. In that week the clocks change.
    before, job = share(*NEEDS), "job number 3"
    newcomer = world.harness.add_person("Gus")
    await newcomer.add_reaction(cards[job], "five")
    score[job] = Fraction(6 + sum(votes[job].values()) + 5, 3 + len(votes[job]))
    await world.advance_to(SECOND_DIGEST_AT)
    first, second = world.find_digests(ana, channel)
    assert line in first.text
    assert (
        f"Fit {percent(share(*NEEDS))} (jobs {percent(share('job'))}, pains {percent(share('pain'))}"
        in second.text
    )
    assert f"Trend: {percent(before)} → {percent(share(*NEEDS))}" in second.text
    assert percent(before) == percent(share(*NEEDS)), "less than half a point"
    assert f"*What changed since 19 Oct:* fit still {percent(before)}" in second.text
    assert ":star: Must-have now: “job number 3”" in second.text


async def _cast_votes(
    world: World, people: list[Person], cards: dict[str, VisibleMessage], rng: random.Random, number: int
) -> dict[str, dict[str, int]]:
    levels_set: defaultdict[tuple[str, str], list[int]] = defaultdict(list)  # the one set last comes last
    events: list[dict[str, Any]] = []
    while len(events) < number:
        person, text = rng.choice(people), rng.choice(list(cards))
        (level,) = rng.choices(range(1, 6), LEVEL_WEIGHTS)
        if text == WAITING:
            continue
        levels = levels_set[person.id, text]
        was_set = level in levels
        kind = "reaction_removed" if was_set else "reaction_added"
        (levels.remove if was_set else levels.append)(level)
        users = cards[text].message.reactions.setdefault(REACTION_NAMES[level - 1], [])
        (users.remove if was_set else users.append)(person.id)
        events.append(person.reaction_event(cards[text], REACTION_NAMES[level - 1], kind))
    events += rng.sample(events, number // 5)
    rng.shuffle(events)
    for number_sent, event in enumerate(events, 1):
        await world.harness.delivery.send_event(event)
        if number_sent % EVENTS_BETWEEN_JOBS == 0:
            await world.settle()
    votes: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for (person_id, text), levels in levels_set.items():
        if levels:
            votes[text][person_id] = levels[-1]
    return votes


async def _review_offers(
    people: list[Person], channel: SlackChannel, texts: list[tuple[str, str]], rng: random.Random
) -> dict[tuple[str, str], dict[str, int]]:
    """Mark one need strongly and one partly for every offer; return the marks in halves."""
    marks: dict[tuple[str, str], dict[str, int]] = {}
    for person in people:
        await person.type_text(channel, "/valuemap review")
        for offer in [text for kind, text in texts if kind in OFFERS]:
            strong, partial = rng.sample([text for kind, text in texts if kind in NEEDS], 2)
            assert f"\n{offer}\n" in person.modal.text
            await mark_needs(person.modal, "Fits strongly", [strong])
            await mark_needs(person.modal, "Fits partly", [partial])
            await person.modal.submit()
            marks[person.id, offer] = {strong: 2, partial: 1}
    return marks


def _compute_coverage(
    need: str, texts: list[tuple[str, str]], marks: dict[tuple[str, str], dict[str, int]]
) -> Fraction:
    missed = Fraction(1)
    for kind, offer in texts:
        if kind in OFFERS:
            given = [each for (_, reviewed), each in marks.items() if reviewed == offer]
            missed *= 1 - Fraction(sum(each.get(need, 0) for each in given), 2 * len(given))
    return 1 - missed
