"""CSV and Markdown files: safe to open, with the metrics of the canvas."""

import csv
import io

import pytest
from hypothesis import example, given, strategies as st

from bot.emoji_names import replace_emoji_codes
from bot.features.exports.csv_format import CSV_COLUMNS, EVIDENCE_COLUMNS, to_csv, to_evidence_csv
from bot.features.exports.markdown_format import to_markdown
from bot.features.imports.parsing import parse_content
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Grade, Mark
from bot.slack.blockkit.text import sanitize
from tests.method.build import CanvasBuilder, build_canvas, build_entry

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


def read_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def compute_metrics_of_one(text: str, kind: Kind = Kind.JOB) -> CanvasMetrics:
    return compute_metrics(build_canvas([build_entry(1, kind, {}, text)]))


def test_csv_has_one_line_per_entry_with_its_metrics() -> None:
    board = CanvasBuilder()
    need = board.add(Kind.JOB, 5, 5, text="report")
    product = board.add(Kind.PRODUCT, text="builder")
    board.review(board.add(Kind.PAIN_RELIEVER, text="robot", delivered_by=(product,)), {need: Mark.PARTIAL})
    metrics = board.compute_metrics()
    table = to_csv(metrics)
    assert table.splitlines()[0] == ",".join(CSV_COLUMNS)
    job, builder, reliever = read_rows(table)
    assert job == {
        "kind": "job",
        "text": "report",
        "category": "",
        "delivered_by": "",
        "score": "4.00",
        "votes": "2",
        "rank": "1",
        "coverage": "0.50",
        "relevance": "",
    }
    assert (builder["kind"], builder["text"]) == ("product", "builder")
    assert [builder[name] for name in ("score", "votes", "rank")] == ["", "0", ""]
    assert (reliever["kind"], reliever["delivered_by"]) == ("pain_reliever", "builder")
    assert (reliever["coverage"], reliever["relevance"]) == ("", "0.38")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1"])
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert read_rows(to_csv(compute_metrics_of_one(text)))[0]["text"] == f"'{text}"


@given(texts)
@example(":red_circle:")
def test_every_text_can_be_read_back(text: str) -> None:
    (row,) = read_rows(to_csv(compute_metrics_of_one(text)))
    written = replace_emoji_codes(text)  # a file shows the emoji that Slack shows
    assert row["text"].removeprefix("'" if row["text"] != written else "") == written


def test_markdown_has_boxes_and_ranks_and_escapes_user_text() -> None:
    board = CanvasBuilder()
    board.add(Kind.PAIN, 5, 5, 5, text="*slow* [link](x) <b> @all https://x.example")
    for text, level in (("first", 3), ("second", 3), ("third", 2)):
        board.add(Kind.JOB, level, text=text)
    board.add(Kind.JOB, text="fourth")
    offer = board.add(Kind.GAIN_CREATOR, text="robot")
    board.review(offer, {2: Mark.STRONG, 3: Mark.PARTIAL})
    board.review(offer, {2: Mark.STRONG})
    markdown = to_markdown(board.compute_metrics())
    jobs = [
        "- **1** first: 3.00 · ✓ addressed",
        "- **1** second: 3.00 · ◐ partly addressed",
        "- **3** third: 2.67 · ✗ not addressed",
        "- fourth: waits for votes",
    ]
    assert "\n".join(["## Jobs", "", *jobs, ""]) in markdown
    assert [entry.text for entry in parse_content(markdown.encode()).entries if entry.kind is Kind.JOB] == [
        "first",
        "second",
        "third",
        "fourth",
    ]
    assert (
        "## Pains\n\n- **1** \\*slow\\* \\[link\\](x) \\<b\\> \\@all https\\://x\\.example: 4.20 ★"
        in markdown
    )
    assert "## Gains\n\n*nothing yet*" in markdown


def test_markdown_has_the_evidence_where_there_is_some() -> None:
    board = CanvasBuilder()
    slow, dear = board.add(Kind.PAIN, 5, 5, 5, text="slow"), board.add(Kind.PAIN, text="dear")
    without = to_markdown(board.compute_metrics())
    assert "Evidence" not in without
    board.record([slow], [dear], quote="*an hour* https://x.example")
    board.record([slow], grade=Grade.TOLD, count=1)
    board.record()
    markdown = to_markdown(board.compute_metrics())
    assert (
        "- **1** slow: 4.20 ★ · ✗ not addressed · evidenced\n- dear: waits for votes · refuted\n" in markdown
    )
    items = markdown.partition("## Evidence\n\n")[2].splitlines()
    sides = "for pain “slow”; against pain “dear”"
    assert items == [
        "- “\\*an hour\\* https\\://x\\.example” — Customer 1, paid, 10 people or cases, 2 Mar 2026; "
        + sides,
        "- “it is so” — Customer 2, told, 2 Mar 2026; for pain “slow”",
        "- “it is so” — Customer 3, paid, 10 people or cases, 2 Mar 2026",
    ]


def test_csv_has_the_same_columns_with_evidence() -> None:
    board = CanvasBuilder()
    slow = board.add(Kind.PAIN, 5, 5, 5, text="slow")
    without = to_csv(board.compute_metrics())
    board.record([slow])
    assert to_csv(board.compute_metrics()) == without


@pytest.mark.parametrize("text", ["slow", "<&>" * 100, "長" * 300, "# Jobs " * 40])
@pytest.mark.parametrize("number", [0, 1, 500])
def test_no_evidence_becomes_an_entry_in_an_import(number: int, text: str) -> None:
    board = CanvasBuilder()
    for n in range(number):
        board.add(Kind.PAIN, 5, text=f"{n} {text}")
        board.record([n + 1], range(1, n + 1) if n == 1 else (), quote=text)
    metrics = board.compute_metrics()
    for content in (to_markdown(metrics), to_csv(metrics)):
        result = parse_content(content.encode())
        assert len(result.entries) == number
        assert not result.unplaced


def build_board_with_evidence(text: str) -> CanvasMetrics:
    board = CanvasBuilder()
    needs = [board.add(Kind.PAIN, 5, text=text), board.add(Kind.JOB, 4, text=f"do {text}")]
    board.record(needs, grade=Grade.TOLD, count=1, quote=f"{text} said Ana")
    board.record([], needs[:1], grade=Grade.PAID, count=1200, quote=f"they paid | {text}")
    board.record(grade=Grade.SAID, quote="of no entry")
    return board.compute_metrics()


def test_evidence_has_a_table_of_its_own() -> None:
    table = to_evidence_csv(build_board_with_evidence("slow"))
    assert table.splitlines()[0] == ",".join(EVIDENCE_COLUMNS)
    first, second, third = read_rows(table)
    assert first == {
        "quote": "slow said Ana",
        "source": "Customer 1",
        "grade": "told",
        "n": "1",
        "at": "2026-03-02",
        "link": "",
        "by": "",
        "supports": "pain: slow|job: do slow",
        "contradicts": "",
    }
    assert (second["n"], second["grade"], second["contradicts"]) == ("1200", "paid", "pain: slow")
    assert (third["supports"], third["contradicts"]) == ("", "")


@given(texts.filter(lambda text: bool(sanitize(text))))
def test_an_import_reads_the_evidence_back(text: str) -> None:
    metrics = build_board_with_evidence(text)
    result = parse_content(to_evidence_csv(metrics).encode())
    assert result.errors == ()
    texts_of_file = [sanitize(entry.text) for entry in result.entries]
    assert texts_of_file == [sanitize(text), sanitize(f"do {text}")]
    assert [
        (item.quote, item.grade, item.count, item.supports, item.contradicts) for item in result.evidence
    ] == [
        (f"{text} said Ana".strip(), Grade.TOLD, 1, (0, 1), ()),
        (f"they paid | {text}".strip(), Grade.PAID, 1200, (), (0,)),
        ("of no entry", Grade.SAID, 10, (), ()),
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("q,s,guessed,1,2026-11-02,,,pain: slow,", "its grade “guessed” is none of"),
        ("q,s,told,0,2026-11-02,,,pain: slow,", "its “n” is “0”, and should be a number from 1"),
        ("q,s,told,1.5,2026-11-02,,,pain: slow,", "its “n” is “1.5”"),
        ("q,s,told,1000000000000,2026-11-02,,,pain: slow,", "its “n” is"),
        ("q,s,told,1,soon,,,pain: slow,", "its day, “soon”, is none"),
        ("q,,told,1,2026-11-02,,,pain: slow,", "it has no quote or no source"),
        ("q,s,told,1,2026-11-02,javascript:x,,pain: slow,", "its “link” is no https address"),
        ("q,s,told,1,2026-11-02,,,pian: slow,", "did you mean “pain”?"),
        ("q,s,told,1,2026-11-02,,,slow,", "is no kind of entry"),
        ("q,s,told,1,2026-11-02,,,pain:,", "there is no text to see"),
    ],
)
def test_what_is_wrong_in_an_item_names_its_line(row: str, problem: str) -> None:
    table = f"{','.join(EVIDENCE_COLUMNS)}\n{row}\n"
    (error,) = parse_content(table.encode()).errors
    assert error.startswith("Line 2: ")
    assert problem in error
