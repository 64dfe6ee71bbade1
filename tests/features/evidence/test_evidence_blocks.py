"""Lists, risks and the form of evidence stay within Slack's limits, whatever is recorded."""

from dataclasses import replace
from datetime import date

import pytest

from bot.fake_slack.blockkit import MAX_MESSAGE_CHARACTERS, check_blocks, check_view, count_characters
from bot.fake_slack.client.plain_text import blocks_to_text
from bot.features.evidence.blocks import MAX_ITEMS, build_evidence_list, build_risks, describe_item
from bot.features.evidence.forms import (
    build_conflict_form,
    build_evidence_form,
    filter_choices,
    read_evidence_form,
)
from bot.features.evidence.model import (
    EvidenceSource,
    EvidenceView,
    build_blank_draft,
    check_draft,
    to_draft,
)
from bot.features.tickets.blocks import TicketView
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Entry, Evidence, Grade
from bot.slack.blockkit.builders import MAX_FALLBACK_CHARACTERS
from bot.slack.blockkit.text import is_web_address
from bot.slack.forms import Form, InvalidInput
from bot.store.evidence import EvidenceDraft, EvidenceVersion
from bot.store.model import CanvasInfo, CanvasSettings
from tests.method.build import STARTED_AT, CanvasBuilder

INFO = CanvasInfo(1, "C1", "Map", "Anyone", "U0", "UTC", STARTED_AT, None)
TODAY = date(2026, 11, 2)
DRAFT = EvidenceDraft("it is slow", "Customer 7", Grade.TOLD, 1, TODAY, (1,), ())


def build_metrics(entry_count: int, item_count: int, text: str = "slow") -> CanvasMetrics:
    """Return pains with votes, and items that support the first and contradict the last of them."""
    builder = CanvasBuilder()
    for _ in range(entry_count):
        builder.add(Kind.PAIN, 5, 4, 5, text=text)
    last = (entry_count,) if entry_count > 1 else ()
    items = tuple(
        Evidence(
            number,
            text,
            f"{text} {number}"[:80],
            Grade.DID,
            10,
            TODAY,
            (1,),
            last,
        )
        for number in range(1, item_count + 1)
    )
    return compute_metrics(replace(builder.compute_metrics().canvas, evidence=items))


def build_view(metrics: CanvasMetrics, entry: Entry | None = None) -> EvidenceView:
    return EvidenceView(INFO, metrics, entry, "U0")


def build_tickets(metrics: CanvasMetrics) -> TicketView:
    settings = CanvasSettings(tracker="https://github.com/acme/shop")
    return TicketView(replace(INFO, settings=settings), metrics, {}, {})


@pytest.mark.parametrize("text", ["x" * 300, "<&>" * 100, "*so* " * 60, "長" * 300])
@pytest.mark.parametrize("number", [1, 25, 500])
def test_any_number_and_length_of_items_and_risks_fits_into_slack(number: int, text: str) -> None:
    metrics = build_metrics(number, number, text)
    entry = metrics.canvas.entries[0]
    messages = (
        build_evidence_list(build_view(metrics)),
        build_evidence_list(build_view(metrics, entry)),
        build_risks(build_tickets(metrics), "I sent you the picture in our direct message."),
    )
    for message in messages:
        check_blocks(list(message.blocks), "message")
        assert count_characters(list(message.blocks)) <= MAX_MESSAGE_CHARACTERS
        assert len(message.text) <= MAX_FALLBACK_CHARACTERS
    hidden = number - MAX_ITEMS
    assert (f"…and {hidden} more" in blocks_to_text(list(messages[0].blocks))) is (hidden > 0)


@pytest.mark.parametrize("number", [1, 100, 101, 500])
def test_the_form_has_every_entry_to_choose_from(number: int) -> None:
    metrics = build_metrics(number, 8, "長" * 300)
    item = metrics.canvas.evidence[0]
    long = replace(DRAFT, quote="<&>" * 1000, source="s" * 200, link="https://x.example")
    canvases = [replace(INFO, id=each, name="長" * 80) for each in range(1, 150)]
    source = EvidenceSource("C0123456789:1234567890.123456", canvases, is_private=True)
    current = EvidenceVersion(item, 7)
    for view in (
        build_evidence_form(INFO, metrics, build_blank_draft(TODAY)),
        build_evidence_form(INFO, metrics, to_draft(item), edited=current),
        build_evidence_form(INFO, metrics, long, source=source),
        build_conflict_form(INFO, metrics, long, current),
    ):
        check_view(view)
    assert len(filter_choices(metrics, "長長")) == min(number, 100)
    assert filter_choices(metrics, "none of them") == []


def test_an_item_without_entries_is_unlinked() -> None:
    metrics = build_metrics(1, 1)
    line = describe_item(replace(metrics.canvas.evidence[0], supports=(99,), contradicts=()), metrics)
    assert line.endswith("· unlinked")


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (replace(DRAFT, quote=" \u200b"), "quote"),
        (replace(DRAFT, source=""), "source"),
        (replace(DRAFT, supports=()), "supports"),
        (replace(DRAFT, contradicts=(1,)), "contradicts"),
        (replace(DRAFT, count=0), "count"),
        (replace(DRAFT, day=date(2026, 11, 3)), "day"),
        (replace(DRAFT, link="javascript:x"), "link"),
    ],
)
def test_what_is_missing_or_wrong_names_its_field(draft: EvidenceDraft, field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        check_draft(draft, TODAY)
    assert raised.value.field == field


def test_a_complete_draft_passes_and_its_texts_are_cut_and_cleaned() -> None:
    assert check_draft(DRAFT, TODAY) == DRAFT
    long = check_draft(replace(DRAFT, quote="  a\u200bb " + "x" * 900, source="s" * 200), TODAY)
    assert (long.quote[:3], len(long.quote), len(long.source)) == ("ab ", 500, 80)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://x.example/a?b=1", True),
        ("http://x", True),
        ("ftp://x", False),
        ("https://a b", False),
        ("", False),
    ],
)
def test_a_link_is_a_web_address(text: str, *, expected: bool) -> None:
    assert is_web_address(text) is expected


@pytest.mark.parametrize("count", ["0", "-1", "1.5", "1e3", "1000000000000", "9" * 5000, "many", ""])
def test_a_count_that_is_no_number_from_1_to_a_billion_is_refused(count: str) -> None:
    state = {
        "values": {"count": {"count": {"value": count}}, "day": {"day": {"selected_date": "2026-11-02"}}}
    }
    draft = read_evidence_form(Form({"state": state}), "")
    complete = replace(DRAFT, count=draft.count, day=draft.day)
    with pytest.raises(InvalidInput) as raised:
        check_draft(complete, TODAY)
    assert raised.value.field == "count"


@pytest.mark.parametrize("source", ["", " ", "\u200b\u200b", "\n\t", "\u2800"])
def test_a_source_of_which_nothing_is_seen_is_refused(source: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        check_draft(replace(DRAFT, source=source), TODAY)
    assert raised.value.field == "source"


@pytest.mark.parametrize(
    ("grades", "line"),
    [
        ([], "Next: ask for the last time that it happened."),
        (
            [Grade.TOLD],
            "Next: ask for the last time that it happened (1, 2), watch or measure it (3).",
        ),
    ],
)
def test_what_to_try_next_is_numbered_where_it_differs(grades: list[Grade], line: str) -> None:
    builder = CanvasBuilder()
    for _ in range(3):
        builder.add(Kind.PAIN, 5, 4, 5)
    items = tuple(Evidence(1, "slow", "Customer 7", grade, 1, TODAY, (1,), ()) for grade in grades)
    metrics = compute_metrics(replace(builder.compute_metrics().canvas, evidence=items))
    assert line in build_risks(build_tickets(metrics), "").text
