"""The text of a document: true to the metrics, inert, and within Slack's limit."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bot.features.documents.markdown import build_document
from bot.method.kinds import Kind
from bot.method.metrics import compute_metrics
from bot.method.model import Canvas, Entry, Mark, Review
from bot.slack.blockkit.text import escape_markdown, sanitize
from bot.store.model import CanvasInfo
from tests.method.build import CanvasBuilder

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
INFO = CanvasInfo(1, "C1", "Reports", "small shops", "U1", "Europe/Berlin", AT, None)
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
PLAIN = {"root", "bullet_list", "list_item", "paragraph", "inline", "text"}
HOSTILE = (
    "![](@U0123)",
    "![](#C0123)",
    "<!channel> <@U0123> <#C0123>",
    "@channel",
    "[click](https://evil.example)",
    "https://evil.example/path?a=b_c_d",
    "www.evil.example",
    "evil.example",
    "<https://evil.example>",
    "a@evil.example",
    "**bold** _it_ ~~gone~~ `code`",
    "# heading #",
    "1. one",
    "7) seven",
    "- item",
    "+ item",
    "> quote",
    "::: {.callout}",
    "---",
    "===",
    "| a | b |",
    "&lt;b&gt; &amp; <b>",
    "```",
    "\\[x]",
    "[ ] todo",
    "[x]: https://evil.example",
    "ends with \\",
)


def build_canvas(*entries: Entry, reviews: tuple[Review, ...] = ()) -> Canvas:
    return Canvas(1, "C1", "Reports", "small shops", "U1", "Europe/Berlin", AT, entries, reviews)


def build_entry(entry_id: int, kind: Kind, text: str, *levels: int, by: tuple[int, ...] = ()) -> Entry:
    return Entry(entry_id, kind, text, "U1", AT, None, by, {f"U{n}": level for n, level in enumerate(levels)})


def collect_node_types(node: SyntaxTreeNode) -> set[str]:
    return {node.type, *(kind for child in node.children for kind in collect_node_types(child))}


def collect_text(node: SyntaxTreeNode) -> str:
    return "".join(collect_text(child) for child in node.children) if node.children else node.content


def assert_inert(text: str, before: str) -> None:
    tree = SyntaxTreeNode(PARSER.parse(before + escape_markdown(text)))
    assert collect_node_types(tree) <= PLAIN, collect_node_types(tree)
    assert collect_text(tree) == f"{before.removeprefix('- ')}{text}"


@pytest.mark.parametrize("before", ["", "- 1 · ", "- "])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_wherever_it_stands(text: str, before: str) -> None:
    assert_inert(text, before)


@given(st.text(alphabet=st.sampled_from("ab1 \\`*_{}[]<>()#+-.!|~&:@=^$\"'/"), max_size=30).map(sanitize))
def test_text_of_markdown_marks_stays_text(text: str) -> None:
    if text:
        assert_inert(text, "")
        assert_inert(text, "- 1 · ")


@pytest.mark.parametrize(
    "text", ["https://evil.example", "www.evil.example", "evil.example", "a@evil.example"]
)
def test_no_address_is_left_that_a_renderer_would_link(text: str) -> None:
    assert "https:" not in escape_markdown(text)
    assert "evil.example" not in escape_markdown(text)
    assert "a@" not in escape_markdown(text)


def test_ordinary_text_is_not_escaped() -> None:
    for text in ("wait 1-2 hours (or 3.5)!", "it's 10:30, e.g. now", ":our_own: done", "résumé – “ja”"):
        assert escape_markdown(text) == text


def test_a_document_lists_the_fit_the_boxes_the_gaps_and_what_fits_nothing() -> None:
    now = compute_metrics(
        build_canvas(
            build_entry(1, Kind.JOB, "report *on time*", 5, 5, 4),
            build_entry(2, Kind.PAIN, "slow", 5, 5, 5),
            build_entry(3, Kind.PAIN, "dear", 2),
            build_entry(4, Kind.PAIN, "dull", 2),
            build_entry(5, Kind.PRODUCT, "builder"),
            build_entry(6, Kind.PRODUCT, "sources"),
            build_entry(7, Kind.PAIN_RELIEVER, "robot", 4, by=(5,)),
            build_entry(8, Kind.GAIN_CREATOR, "colours"),
            reviews=(Review(7, "U1", {1: Mark.STRONG}), Review(8, "U1", {})),
        )
    )
    document = build_document(INFO, now, AT)
    assert document.startswith("For **small shops** · as of Tue 24 Nov 2026 10:00 (Europe/Berlin)\n")
    before, percentages = document.split("Fit 31\u00a0%", 1)
    assert "**Fit is not achieved: 1 of 2 must-haves addressed.**" in before
    assert "- ✗ ★ pain “slow”: not addressed" in before
    assert "%" not in before
    assert "- 1 · report \\*on time\\* — **4.00** ★ · ✓ addressed" in percentages
    assert (
        "- 1 · slow — **4.20** ★ · ✗ not addressed\n- 2 · dear — **2.67** · ✗ not addressed\n" in percentages
    )
    assert "## Gains\n\n*nothing yet*" in percentages
    assert "# Gaps\n\n- ✗ ★ pain “slow”: not addressed\n- ✗ pain “dear”" in percentages
    assert "# Offers that fit nothing yet\n\n- gain creator “colours”" in percentages
    assert "# Product that no reliever or creator uses yet\n\n- product “sources”" in percentages
    headings = [line for line in document.splitlines() if line.startswith("#")]
    assert headings == [
        "# Fit",
        "# Customer profile",
        *(f"## {kind.spec.plural.capitalize()}" for kind in list(Kind)[:3]),
        "# Value map",
        *(f"## {kind.spec.plural.capitalize()}" for kind in list(Kind)[3:]),
        "# Gaps",
        "# Offers that fit nothing yet",
        "# Product that no reliever or creator uses yet",
    ]


def test_only_an_entry_with_evidence_says_what_it_comes_to() -> None:
    board = CanvasBuilder()
    slow, dear = board.add(Kind.PAIN, 5, 5, 5, text="slow"), board.add(Kind.PAIN, 2, text="dear")
    assert "evidence" not in build_document(INFO, board.compute_metrics(), AT)
    board.record([slow])
    document = build_document(INFO, board.compute_metrics(), AT)
    assert (
        "- 1 · slow — **4.20** ★ · ✗ not addressed · evidenced\n- 2 · dear — **2.67** · ✗ not addressed\n"
        in document
    )
    board.record([], [slow, dear])
    document = build_document(INFO, board.compute_metrics(), AT)
    assert "- 1 · slow — **4.20** ★ · ✗ not addressed · contested\n" in document
    assert "- 2 · dear — **2.67** · ✗ not addressed · refuted\n" in document


def test_an_empty_value_map_has_a_document_too() -> None:
    document = build_document(INFO, compute_metrics(build_canvas()), AT)
    assert document.count("*nothing yet*") == len(Kind)
    assert "# Gaps" not in document


@pytest.mark.parametrize("letter", ["x", "*", "漢", "🎯"])
def test_the_largest_value_map_fits_into_slacks_limit_and_counts_what_is_left_out(letter: str) -> None:
    kinds = list(Kind)
    entries = [
        build_entry(key, kinds[key % len(kinds)], letter * 500, *((5,) * 9 if kinds[key % 6].is_need else ()))
        for key in range(3500)
    ]
    reviews = tuple(Review(one.id, "U1", {}) for one in entries if one.kind.is_offer)
    document = build_document(INFO, compute_metrics(build_canvas(*entries, reviews=reviews)), AT)
    assert len(json.dumps(document)) < 1_000_000  # the body of the request, which escapes what is not ASCII
    assert document.count("more*") >= len(kinds)
    listed = [
        line for line in document.split("## Jobs")[1].split("##")[0].splitlines() if line.startswith("- 1 ·")
    ]
    assert len(listed) > 10
    assert f"- *+{584 - len(listed)} more*" in document
