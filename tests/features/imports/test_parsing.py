"""What the readers find in a file or pasted text, and what they say is wrong with it."""

import json
from typing import Any

import pytest

from bot.features.imports.parsed import MAX_ENTRIES_PER_FILE, MAX_VOTES_PER_FILE
from bot.features.imports.parsing import parse_content
from bot.method.kinds import Kind


def parse_entries(text: str) -> list[tuple[Kind, str]]:
    result = parse_content(text.encode())
    assert result.errors == ()
    return [(each.kind, each.text) for each in result.entries]


def parse_errors(text: str) -> list[str]:
    return list(parse_content(text.encode()).errors)


def build_json(*parsed: dict[str, Any], **more: Any) -> str:
    return json.dumps({"format": "valuemap/1", "entries": parsed, **more})


def build_entry(**fields: Any) -> dict[str, Any]:
    return {"id": "1", "kind": "job", "text": "report", **fields}


@pytest.mark.parametrize(
    "text",
    [
        "pain: too slow; too dear\ngain: fast",
        "\ufeffPAINS:\r\n- too slow\r\n- too dear\r\n\r\nBenefits\r\n* fast",
        "Pain points: too slow\ntoo dear\ngains: ;fast;",
        "pain\n1. too slow\n2) too dear\ngain\n• fast",
        "kind,text\npain,too slow\npain,too dear\ngain,fast\n",
        '\ufeffText;x;KIND\r\ntoo slow;;pains\r\n\r\n;;\r\n"too dear";1;Pain\r\nfast;;benefit',
        "category\ttext\tkind\n\ttoo slow\tpain\n\ttoo dear\tpain\n\tfast\tgain",
        "# Ours\n\nWords\n\n## Pains\n- too slow\n- too dear\n\n### Gains:\n1. fast: 4.00 ★\n\n## Fit\n\n5 %",
        build_json(
            build_entry(kind="pain", text="too slow"),
            build_entry(id="2", kind="Pain point", text=" too  dear "),
            build_entry(id="3", kind="gain", text="fast"),
            members={"U1": "Ana"},
        ),
    ],
)
def test_the_content_decides_the_format(text: str) -> None:
    assert parse_entries(text) == [(Kind.PAIN, "too slow"), (Kind.PAIN, "too dear"), (Kind.GAIN, "fast")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "There is no entry in it"),
        ("\n \n", "There is no entry in it"),
        ("pain:\n", "There is no entry in it"),
        ("pain: slow\n\nPain: SLOW", "Line 3: “SLOW” says the same as line 1: take one of them out."),
        ("pain: slow\n" + "x" * 501, "Line 2: “xxx"),
        ("kind,text\njob,report\ncheese,blue", "Line 3: “cheese” is no kind of entry; there are job, pain"),
        ("kind,text\n,report", "Line 2: no kind is named"),
        ("kind,text\njob,\u200b", "Line 2: there is no text to see."),
        ("kind,text\njob,a, b", "Line 2: it has 3 cells, and there are 2 columns"),
        ('kind,text\njob,"two\nlines"\ncheese,x', "Line 4: “cheese” is no kind"),
        ('kind,text\njob,report\njob,"open\n\n', "Line 3: its quotes do not match"),
        ("kind,text,delivered_by\njob,report,builder", "Line 2: only pain relievers and gain creators are"),
        ('{"format": "valuemap/1",\n "entries": [}', "Line 2: the JSON is broken here"),
        ("{" * 20_000, "Line 1: the JSON is broken here"),
        ('{"a":' + "[" * 200_000, "nested too deep"),
        ('{"a": ' + "1" * 5000 + "}", "a number in it is too long"),
        ('{"format": "valuemap/2"}', "This JSON is no value map: its “format” is not “valuemap/1”."),
        ('{"format": "valuemap/1", "entries": {}}', "“entries” is no list."),
        (
            build_json(build_entry(), build_entry(id="2", kind="cheese")),
            "Entry 2: “cheese” is no kind of entry",
        ),
        (build_json(build_entry(), build_entry()), "Entry 2: it has the same id as entry 1."),
        (build_json(build_entry(text=7)), "Entry 1: its “text” is no text."),
        (build_json(build_entry(text="")), "Entry 1: there is no text to see."),
        (build_json(build_entry(votes={"U012": 6})), "Entry 1: a vote is 1 to 5, and that of U012 is “6”."),
        (build_json(build_entry(votes={"U012": True})), "and that of U012 is “True”"),
        (build_json(build_entry(votes={"ana": 5})), "Entry 1: “ana” in its votes is no member's id."),
        (
            build_json(build_entry(created_at="yesterday")),
            "Entry 1: its “created_at”, “yesterday”, is no time.",
        ),
        (build_json(build_entry(created_at="0001-01-01T00:00:00+10:00")), "is no time."),
        (
            build_json(build_entry(kind="pain_reliever", delivered_by=["9"])),
            "Entry 1: no product has the id “9”.",
        ),
        (
            build_json(build_entry(kind="pain_reliever", delivered_by=["1"])),
            "Entry 1: no product has the id “1”.",
        ),
        (
            build_json(build_entry(delivered_by=["1"])),
            "Entry 1: only pain relievers and gain creators are delivered",
        ),
        (build_json(3, build_entry()), "Entry 1: it is no object."),  # type: ignore[arg-type]  # the invalid type is the point
        (
            build_json(build_entry(), reviews=[{"offer": "1", "member": "U012"}]),
            "Review 1: no pain reliever or gain",
        ),
        (
            build_json(build_entry(), reviews=[{"offer": "1", "member": "ana"}]),
            "Review 1: “ana” is no member's id.",
        ),
    ],
)
def test_an_error_names_its_location(text: str, expected: str) -> None:
    (only,) = parse_errors(text)
    assert expected in only


def test_reviews_have_to_match_the_entries() -> None:
    offer = build_entry(id="2", kind="reliever", text="robot")
    given = {"offer": "2", "member": "U012", "marks": {"1": 0.5}}
    result = parse_content(build_json(build_entry(), offer, reviews=[given]).encode())
    assert (result.errors, result.reviews[0].offer_index, dict(result.reviews[0].marks)) == ((), 1, {0: 1})
    for marks, expected in (
        ({"1": 0.7}, "a mark is 1 or 0.5, and one is “0.7”"),
        ({"1": True}, "a mark is 1 or 0.5, and one is “True”"),
        ({"2": 1}, "no job, pain or gain has the id “2”"),
        ([], None),
    ):
        errors = parse_errors(build_json(build_entry(), offer, reviews=[{**given, "marks": marks}]))
        assert errors == ([f"Review 1: {expected}."] if expected else [])
    (error,) = parse_errors(build_json(build_entry(), offer, reviews=[given, given]))
    assert error == "Review 2: it is by the same member and of the same offer as review 1."


def test_an_unknown_category_is_dropped_with_a_warning() -> None:
    result = parse_content(b"kind,text,category\njob,report,Social\njob,check,sociable\njob,send,other")
    assert [parsed.category for parsed in result.entries] == ["social", None, "other"]
    assert result.warnings == ("Line 3: “sociable” is no category of jobs, so it comes without one.",)


def test_duplicates_are_kept_in_json_only() -> None:
    result = parse_content(build_json(build_entry(), build_entry(id="2", text="Report")).encode())
    assert (len(result.entries), result.errors) == (2, ())
    assert result.warnings == ("Entry 2: “Report” says the same as entry 1; both are kept.",)


def test_an_author_without_a_slack_id_is_left_out() -> None:
    result = parse_content(
        build_json(build_entry(author="ana"), build_entry(id="2", text="x", author="U012")).encode()
    )
    assert [parsed.author_id for parsed in result.entries] == [None, "U012"]


def test_two_thousand_entries_are_accepted_and_one_more_is_not() -> None:
    lines = [f"pain: number {number}" for number in range(MAX_ENTRIES_PER_FILE + 1)]
    assert len(parse_entries("\n".join(lines[:-1]))) == MAX_ENTRIES_PER_FILE
    (error,) = parse_errors("\n".join(lines))
    assert error == "There are 2,001 entries, and I take 2,000 at most: import it in parts."


def test_votes_have_a_limit() -> None:
    votes = {f"U{number:05}": 5 for number in range(MAX_VOTES_PER_FILE // 10 + 1)}
    text = build_json(*(build_entry(id=str(key), text=f"x{key}", votes=votes) for key in range(10)))
    assert parse_errors(text) == ["There are 50,010 votes, and I take 50,000 at most: import it in parts."]
