"""Cases T9 and T10: tables and notes that people import."""

import pytest

from bot.features.imports.decoding import GUESSED_ENCODING, UNREADABLE
from bot.features.imports.parsing import parse_content
from bot.method.kinds import Kind

NOTES = """\
# Parcel service, workshop notes

## 😣 Pains
- **Parcels arrive late** twice a month
- Average rating of the last carrier: 2.50
- [Refunds take weeks](https://intranet.example/refunds) &amp; nobody answers
  - three mails for one parcel

### [Gains]
* [ ] A slot that holds
* [x] One person who answers

**Jobs to be done:**
1. Send a present in time
2) Prove that it arrived

| Pain relievers | Gain creators |
| --- | --- |
| Refund at once | Two-hour slot |
"""


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\r\nkind;text;category\r\npain;late, twice;risk\r\ngain;a slot;expected\r\n",
        'kind,text,category\rpain,"late, twice",risk\rgain,a slot,expected\r',
        "# Survey, by Ana\nMine\n\nkind\ttext\tcategory\npain\tlate, twice\trisk\ngain\ta slot\texpected",
        "sep=|\nKIND|Text|Category\npains|late, twice|Risk\nbenefit|a slot|expected",
        "| kind | text | category |\n|-|-|-|\n| pain | late, twice | risk |\n| gain | a slot | expected |",
    ],
)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_t9_a_table_of_any_spreadsheet_is_read(content: str, encoding: str) -> None:
    result = parse_content(content.replace("slot", "Schälchen").encode(encoding))
    assert result.errors == ()
    assert [(each.kind, each.text, each.category) for each in result.entries] == [
        (Kind.PAIN, "late, twice", "risk"),
        (Kind.GAIN, "a Schälchen", "expected"),
    ]
    skipped = [each for each in result.warnings if "above the column names" in each]
    assert len(skipped) == (2 if "Survey" in content else 0)
    assert (GUESSED_ENCODING in result.warnings) == (encoding == "cp1252")


def test_t9_lines_of_any_system_and_encoding_are_read() -> None:
    result = parse_content("pain: 太慢\r高い\rgain: 速い".encode("utf-16-be"))
    assert [(each.kind, each.text) for each in result.entries] == [
        (Kind.PAIN, "太慢"),
        (Kind.PAIN, "高い"),
        (Kind.GAIN, "速い"),
    ]
    for content in (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"PK\x03\x04\x14\0\x06\0\x08\0", b"\x81\x8d\x8f"):
        assert parse_content(content).errors == (UNREADABLE,)


def test_t10_notes_of_a_workshop_are_read_whole() -> None:
    result = parse_content(NOTES.encode())
    assert [(each.kind, each.text) for each in result.entries] == [
        (Kind.PAIN, "Parcels arrive late twice a month"),
        (Kind.PAIN, "Average rating of the last carrier: 2.50"),
        (Kind.PAIN, "Refunds take weeks & nobody answers"),
        (Kind.PAIN, "three mails for one parcel"),
        (Kind.GAIN, "A slot that holds"),
        (Kind.GAIN, "One person who answers"),
        (Kind.JOB, "Send a present in time"),
        (Kind.JOB, "Prove that it arrived"),
        (Kind.PAIN_RELIEVER, "Refund at once"),
        (Kind.GAIN_CREATOR, "Two-hour slot"),
    ]
    assert (result.errors, result.unplaced) == ((), ())
    assert result.warnings == (
        "Headings that name no kind are no entries: “Parcel service, workshop notes”.",
    )


@pytest.mark.parametrize(
    ("notes", "entries", "unplaced"),
    [
        (
            "# Pains #\n1) *so* `slow` ~~a~~\n   wrap\n2) &lt;dear&gt; ![a](b)\n☐ shut\n## Ideas\n- robot",
            [(Kind.PAIN, "so slow a wrap"), (Kind.PAIN, "<dear> a"), (Kind.PAIN, "shut")],
            ["robot"],
        ),
        (
            "# Notes\n\nBefore\n\n### Jobs\n#### Town\n- Service: pick up\n\n**Gains:** fast; cheap\nsmall",
            [(Kind.JOB, "Service: pick up"), (Kind.GAIN, "fast"), (Kind.GAIN, "cheap"), (Kind.GAIN, "small")],
            ["Before"],
        ),
        (
            "# Map\n- Pains\n  - late\n    - by days\n- Gains\n  - fast\n> quoted",
            [(Kind.PAIN, "late"), (Kind.PAIN, "by days"), (Kind.GAIN, "fast")],
            ["quoted"],
        ),
        (
            "| A | B |\n|-|-|\n| Pains | late<br>dear |\n| C | x |\n\n| Gains | Who |\n|-|-|\n| fast | A |",
            [(Kind.PAIN, "late"), (Kind.PAIN, "dear"), (Kind.GAIN, "fast")],
            ["C – x", "A"],
        ),
        (
            "## Pains\n```\nlate\n```\n<b>dear</b> <here>\n<!-- hidden -->\n\n## Next\nnothing",
            [(Kind.PAIN, "late"), (Kind.PAIN, "dear <here>")],
            ["nothing"],
        ),
    ],
)
def test_t10_notes_of_other_forms_lose_nothing(
    notes: str, entries: list[tuple[Kind, str]], unplaced: list[str]
) -> None:
    result = parse_content(notes.encode())
    assert result.errors == ()
    placed = [(each.kind, each.text) for each in result.entries]
    assert [each for each in placed if each in entries] == entries
    more = [text for kind, text in placed if (kind, text) not in entries]
    assert more + [each.text for each in result.unplaced] == unplaced
    everything = parse_content(notes.encode(), Kind.PRODUCT)
    assert everything.unplaced == ()
    assert len(everything.entries) == len(entries) + len(unplaced)
