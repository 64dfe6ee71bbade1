"""The content of App Home and of the dialog of an entry, and that both are within Slack's limits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from bot.fake_slack.blockkit import check_view
from bot.fake_slack.client.plain_text import blocks_to_text
from bot.features.fit.next_step import build_next_step
from bot.features.home import blocks
from bot.features.home.entry_dialog import build_answer_form, build_entry_dialog
from bot.features.home.model import (
    CANVASES_PER_PAGE,
    CanvasStatus,
    EntryView,
    LastDigest,
    build_overview,
)
from bot.features.rounds.model import Round
from bot.method.kinds import Kind
from bot.method.model import Grade, Mark
from bot.method.next_step import find_next_step
from bot.slack.blockkit.builders import MAX_VIEW_BLOCKS
from bot.slack.outgoing.dialogs import build_home_view
from bot.store.model import CanvasInfo
from tests.method.build import STARTED_AT, CanvasBuilder

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
LONG = "<&>" * 100


def build_canvas_info(canvas_id: int = 1, name: str = "Reports") -> CanvasInfo:
    return CanvasInfo(canvas_id, f"C{canvas_id}", name, "", "U9", "UTC", STARTED_AT, None)


def build_round(kind: Kind | None = None) -> Round:
    return Round(1, 1, kind, "U9", "UTC", STARTED_AT, NOW + timedelta(days=3), None, "")


def build_full_canvas(text: str = "", entries_per_box: int = 1) -> CanvasBuilder:
    builder = CanvasBuilder()
    for kind in Kind:
        for number in range(entries_per_box):
            builder.add(kind, text=f"{text} {kind} {number}"[:300])
    return builder


def render_home(*statuses: CanvasStatus, page: int = 0) -> str:
    return blocks_to_text([*blocks.build_home(build_overview(statuses, page), NOW).blocks])


@pytest.mark.parametrize("page", [0, 3, 5])
def test_thirty_canvases_with_84_long_entries_in_each_box_are_within_slack_s_limits(page: int) -> None:
    metrics = build_full_canvas(LONG, entries_per_box=84).compute_metrics()
    statuses = [
        CanvasStatus(
            build_canvas_info(canvas_id, LONG[:80]),
            metrics,
            "U0",
            build_round(Kind.PAIN),
            LastDigest(Fraction(1, 3), MONDAY),
            [LONG[:200]] * 40,
        )
        for canvas_id in range(30)
    ]
    overview = build_overview(statuses, page)
    home = build_home_view(blocks.build_home(overview, NOW).blocks, page)
    for view in (home, blocks.build_value_maps_dialog(overview, NOW)):
        check_view(view)
        assert len(view["blocks"]) <= MAX_VIEW_BLOCKS
        assert len([block for block in view["blocks"] if block["type"] == "divider"]) == CANVASES_PER_PAGE


@pytest.mark.parametrize("kind", Kind)
def test_the_dialog_of_a_long_entry_among_many_is_within_slack_s_limits(kind: Kind) -> None:
    builder = build_full_canvas(LONG, entries_per_box=84)
    products = tuple(each.id for each in builder.entries if each.kind is Kind.PRODUCT)
    builder.entries = [
        replace(each, delivered_by=products) if each.kind.is_offer else each for each in builder.entries
    ]
    metrics = builder.compute_metrics()
    ranked = metrics.boxes[kind][-1]
    entry_view = EntryView(
        build_canvas_info(1, LONG[:80]),
        metrics,
        ranked,
        "U0",
        LONG,
        "https://x.slack.com/" + "y" * 200,
        "https://x",
    )
    check_view(build_entry_dialog(entry_view))
    if kind.is_need:
        check_view({**build_answer_form({"type": "modal", **build_form()}, ranked.entry)})
    else:
        with pytest.raises(ValueError, match=kind.spec.plural):
            build_answer_form({"type": "modal", **build_form()}, ranked.entry)


def build_form() -> dict[str, Any]:
    title = {"type": "plain_text", "text": "Add an entry"}
    return {"title": title, "blocks": [{"type": "divider"}]}


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (Fraction(0), "No must-have yet · fit 50\u00a0%, up 50 since Monday's digest\n"),
        (Fraction(3, 4), "No must-have yet · fit 50\u00a0%, down 25 since Monday's digest\n"),
        (Fraction(501, 1000), "No must-have yet · fit 50\u00a0%, as in Monday's digest\n"),
        (None, "No must-have yet · fit 50\u00a0%\n"),
    ],
)
def test_words_say_how_the_fit_changed_since_the_last_digest(before: Fraction | None, words: str) -> None:
    builder = CanvasBuilder()
    need, offer = builder.add(Kind.JOB, 3), builder.add(Kind.PAIN_RELIEVER)
    builder.add(Kind.PAIN, 3)
    builder.review(offer, {need: Mark.STRONG})
    assert words in render_home(
        CanvasStatus(
            build_canvas_info(), builder.compute_metrics(), "U0", last_digest=LastDigest(before, MONDAY)
        )
    )


def test_before_the_first_digest_there_is_no_change() -> None:
    text = render_home(CanvasStatus(build_canvas_info(), build_full_canvas().compute_metrics(), "U0"))
    assert "since" not in text
    assert "digest" not in text


def test_open_work_is_counted_named_and_has_buttons() -> None:
    text = render_home(CanvasStatus(build_canvas_info(), build_full_canvas().compute_metrics(), "U0"))
    assert f"*For you:* {len(Kind)} cards to vote on · 2 offers to review\n[Vote] [Review]\n" in text


def test_entries_of_the_open_round_come_first() -> None:
    text = render_home(
        CanvasStatus(build_canvas_info(), build_full_canvas().compute_metrics(), "U0", build_round(Kind.GAIN))
    )
    assert ":bell: Vote on gains until Fri 27 Nov 10:00 (UTC): 1 card left for you\n" in text
    status = CanvasStatus(
        build_canvas_info(), build_full_canvas().compute_metrics(), "U0", build_round(Kind.GAIN)
    )
    buttons = str(blocks.build_home(build_overview([status], 0), NOW).blocks)
    assert "vote:1:gain" in buttons, "the button leads to the cards of the round"


def test_a_round_on_all_boxes_leaves_no_other_cards() -> None:
    text = render_home(
        CanvasStatus(build_canvas_info(), build_full_canvas().compute_metrics(), "U0", build_round())
    )
    assert f"{len(Kind)} cards left for you" in text
    assert "vote:1:all" in str(
        blocks.build_home(
            build_overview(
                [
                    CanvasStatus(
                        build_canvas_info(), build_full_canvas().compute_metrics(), "U0", build_round()
                    )
                ],
                0,
            ),
            NOW,
        ).blocks
    )


def test_a_canvas_without_open_work_says_so() -> None:
    builder = CanvasBuilder()
    builder.add(Kind.JOB, 5)
    text = render_home(CanvasStatus(build_canvas_info(), builder.compute_metrics(), "U0", build_round()))
    assert text.splitlines()[1] == "Nothing waits for you."
    assert ": you have voted\n" in text
    assert "For you:" not in text


def test_other_canvases_of_the_channel_are_named_and_escaped() -> None:
    other_titles = ["Billing", "<!channel>", *(f"Map {number}" for number in range(5))]
    home = blocks.build_home(
        build_overview(
            [
                CanvasStatus(
                    build_canvas_info(),
                    build_full_canvas().compute_metrics(),
                    "U0",
                    other_titles=other_titles,
                )
            ],
            0,
        ),
        NOW,
    )
    assert "Also in <#C1>: *Billing*, *&lt;!channel&gt;*" in str(home.blocks)
    assert "and 2 more" in str(home.blocks)


def button_labels(view_blocks: Sequence[dict[str, Any]]) -> list[str]:
    action_blocks = [block for block in view_blocks if block["type"] == "actions"]
    return [element["text"]["text"] for block in action_blocks for element in block["elements"]]


def test_page_buttons_appear_only_where_there_are_several_pages() -> None:
    many = [
        CanvasStatus(build_canvas_info(canvas_id), CanvasBuilder().compute_metrics(), "U0")
        for canvas_id in range(2 * CANVASES_PER_PAGE + 1)
    ]
    page_buttons = [
        [
            label
            for label in button_labels(blocks.build_home(build_overview(many, page), NOW).blocks)
            if "Page" in label
        ]
        for page in range(3)
    ]
    assert page_buttons == [["Page 2 of 3 ›"], ["‹ Page 1", "Page 3 of 3 ›"], ["‹ Page 2"]]
    assert not any(
        "Page" in label for label in button_labels(blocks.build_home(build_overview(many[:1], 0), NOW).blocks)
    )


def test_an_entry_shows_the_member_s_vote_its_metrics_and_a_link_to_its_card() -> None:
    builder = CanvasBuilder()
    need = builder.add(Kind.PAIN, 5, 5, 2, text="waiting")
    offer = builder.add(Kind.PAIN_RELIEVER, text="robot")
    builder.review(offer, {need: Mark.PARTIAL})
    metrics = builder.compute_metrics()
    entry_view = EntryView(
        build_canvas_info(), metrics, metrics.ranked[need], "U2", "Ana", "https://x/s", "https://x/card"
    )
    view = build_entry_dialog(entry_view)
    text = blocks_to_text(view["blocks"])
    assert "*You voted 2* · 1 = moderate, 5 = extreme  [Vote]" in text
    assert "Score 3.60, 3 votes (two 5s, one 2)" in text
    assert "Rank 1 of 1\n✓ addressed, coverage 0.50" in text
    assert "by Ana from a message · its card on *Reports* in <#C1>" in text
    assert "<https://x/card|its card>" in str(view["blocks"])
    assert "You have not voted on it yet" in blocks_to_text(
        build_entry_dialog(replace(entry_view, user_id="U7"))["blocks"]
    )
    unposted = blocks_to_text(build_entry_dialog(replace(entry_view, card_link=""))["blocks"])
    assert "its card is on its way" in unposted


def test_an_offer_can_be_reviewed_and_a_product_lists_what_it_delivers() -> None:
    builder = build_full_canvas()
    product, offer = (
        next(each.id for each in builder.entries if each.kind is kind)
        for kind in (Kind.PRODUCT, Kind.PAIN_RELIEVER)
    )
    builder.entries[offer - 1] = replace(builder.entries[offer - 1], delivered_by=(product,))
    metrics = builder.compute_metrics()

    def render_dialog(entry_id: int) -> str:
        return blocks_to_text(
            build_entry_dialog(
                EntryView(
                    build_canvas_info(), metrics, metrics.ranked[entry_id], "U0", "Ana", "", "https://x"
                )
            )["blocks"]
        )

    assert "It delivers “ pain_reliever 0”" in render_dialog(product)
    assert "Delivered by “ product 0”" in render_dialog(offer)
    assert "Nobody has reviewed yet which needs it fits" in render_dialog(offer)
    assert "[Review it]" in render_dialog(offer)
    assert "[Review it]" not in render_dialog(product)


def test_a_next_step_has_one_button_and_its_text_is_escaped() -> None:
    builder = CanvasBuilder()
    for kind in Kind:
        builder.add(kind, 3, text="<!here> *bold*")
    (block,) = build_next_step(build_canvas_info(), find_next_step(builder.compute_metrics()))
    assert "&lt;!here&gt;" in block["text"]["text"]
    assert block["accessory"]["action_id"] == "review_at"


@pytest.mark.parametrize(("entries_per_box", "canvas_count"), [(0, 1), (1, 1), (4, 1), (83, 1), (1, 5)])
def test_home_has_few_short_lines(entries_per_box: int, canvas_count: int) -> None:
    metrics = build_full_canvas("x" * 300, entries_per_box).compute_metrics()
    statuses = [
        CanvasStatus(build_canvas_info(number), metrics, "U0", build_round(), LastDigest(Fraction(1, 3), NOW))
        for number in range(canvas_count)
    ]
    text = render_home(*statuses)
    head, per_canvas, foot = 3, 7, 2
    assert len(text.splitlines()) <= head + per_canvas * canvas_count + foot
    assert max(map(len, text.splitlines())) <= 230
    home = blocks.build_home(build_overview(statuses, 0), NOW).blocks
    assert len(home) <= head + 4 * canvas_count + 1


def test_several_canvases_say_what_waits_on_each() -> None:
    metrics = build_full_canvas().compute_metrics()
    text = render_home(*(CanvasStatus(build_canvas_info(number), metrics, "U0") for number in range(2)))
    assert "*For you on your 2 canvases:* 12 cards to vote on · 4 offers to review\n" in text
    assert text.count("\nFor you: 6 cards to vote on · 2 offers to review\n") == 2


def test_home_names_alarms_of_evidence_in_one_line_and_nothing_else_of_it() -> None:
    builder = CanvasBuilder()
    slow, dear = builder.add(Kind.PAIN, 5, 5, 5, text="slow"), builder.add(Kind.PAIN, 1, text="dear")
    robot = builder.add(Kind.PAIN_RELIEVER, text="robot")
    before = render_home(CanvasStatus(build_canvas_info(), builder.compute_metrics(), "U0"))
    builder.record([slow])
    assert render_home(CanvasStatus(build_canvas_info(), builder.compute_metrics(), "U0")) == before
    builder.record([dear], [robot])
    home = render_home(CanvasStatus(build_canvas_info(), builder.compute_metrics(), "U0"))
    assert "\n:mag: Evidence: 1 refuted · 1 overlooked\n" in home
    builder.record([], [slow], grade=Grade.DID, count=10**5)
    home = render_home(CanvasStatus(build_canvas_info(), builder.compute_metrics(), "U0"))
    assert "\n:mag: Evidence: 1 refuted · 1 voted up, evidence against · 1 overlooked\n" in home
    builder.record([], [slow])
    home = render_home(CanvasStatus(build_canvas_info(), builder.compute_metrics(), "U0"))
    assert home.count("Evidence") == 1
    assert "\n:mag: Evidence: 2 refuted · 1 overlooked\n" in home
