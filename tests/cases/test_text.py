"""Cases T1, T2, T3, T7 and T8: what people type and paste."""

import json
from dataclasses import replace

import pytest

from bot.features.canvases.names import parse_names
from bot.features.documents.markdown import build_document
from bot.features.entries.drafts import draft_message, parse_drafts, split_draft
from bot.features.exports.csv_format import to_csv
from bot.features.exports.json_format import to_json
from bot.features.exports.markdown_format import to_markdown
from bot.features.imports.parsed import ParseResult, find_entry_key
from bot.features.imports.parsing import parse_content
from bot.method.kinds import Kind, find_kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.picture.alt_text import build_alt_text
from bot.picture.svg import build_svg
from bot.slack.blockkit.builders import build_data_table
from bot.slack.blockkit.text import escape, sanitize
from bot.slack.errors import UserError
from bot.store.model import CanvasInfo, Draft
from tests.method.build import STARTED_AT, build_canvas, build_entry

BULLETS = """\
• Parcels arrive late
◦ nobody answers
▪ refunds take weeks
– dear
— far away
‣ unclear prices
· loud
a) long queue
(b) closed at noon
1. wrong door
2) no parking
☐ broken locker
➢ lost key
- smudged label
* torn box
"""
BULLET_TEXTS = [
    "Parcels arrive late",
    "nobody answers",
    "refunds take weeks",
    "dear",
    "far away",
    "unclear prices",
    "loud",
    "long queue",
    "closed at noon",
    "wrong door",
    "no parking",
    "broken locker",
    "lost key",
    "smudged label",
    "torn box",
]
# From Slack's own editor, Word, a Japanese editor, a to-do list; with Windows' line ends and empty lines.
OTHER_LISTS = {
    "    ◦ late\n        ▪︎ dear\n• far": ["late", "dear", "far"],
    "\uf0b7\tlate\r\no\tdear\r\n\r\n\uf0a7\tfar\r\n": ["late", "dear", "far"],
    "1、遅い\n（2）高い\n③遠い\n・狭い": ["遅い", "高い", "遠い", "狭い"],
    "[ ] late\n[x] dear\n- [X] far\n☑ loud\n* [ ] shut": ["late", "dear", "far", "loud", "shut"],
    "iv) late\n(ii) dear\n1.2. far\n(3) loud\nA) shut": ["late", "dear", "far", "loud", "shut"],
    "-late\n–dear\n+ far\n● loud\n→ shut\n✓ torn": ["late", "dear", "far", "loud", "shut", "torn"],
    "⦁ late\n▪️ dear\n🔹 far\n☑️ loud\n－ shut\n❑ torn": ["late", "dear", "far", "loud", "shut", "torn"],
    "I. late\nII. dear\n3 - far\n* 4. loud": ["late", "dear", "far", "loud"],
    "1. late\n2.\n-----\n3. dear": ["late", "dear"],
}
NO_LISTS = [
    "-5 degrees in the van",
    "2.5 hours late",
    "*late* again",
    "e. g. late",
    "10:30 is late",
    "1️⃣ late",
    "✅ late",
    "2 - 3 hours late",
    "Late ;-) as https://x.example/a;b=1 says",
    "5.",
]


def read_drafts(text: str) -> list[tuple[Kind, str]]:
    return [(draft.kind, draft.text) for draft in parse_drafts(text)]


def read_import(content: str | bytes, box: Kind | None = None) -> list[tuple[Kind, str]]:
    result = parse_content(content if isinstance(content, bytes) else content.encode(), box)
    assert result.errors == ()
    return [(entry.kind, entry.text) for entry in result.entries]


def list_unplaced(result: ParseResult) -> list[str]:
    return [each.text for each in result.unplaced]


@pytest.mark.parametrize(("pasted", "texts"), [(BULLETS, BULLET_TEXTS), *OTHER_LISTS.items()])
def test_t1_a_list_of_any_editor_is_read_alike_by_every_way_in(pasted: str, texts: list[str]) -> None:
    expected = [(Kind.PAIN, text) for text in texts]
    assert read_drafts(f"pain:\n{pasted}") == expected  # a command, a mention, a direct message
    assert read_drafts(f"Pains\n{pasted}") == expected
    assert read_drafts(f"pain: {pasted}") == expected
    assert [draft.text for draft in split_draft(Draft(Kind.PAIN, pasted))] == texts  # the form
    assert read_import(f"pain:\n{pasted}") == expected
    assert read_import(pasted, Kind.PAIN) == expected
    assert draft_message(f"pains:\n{pasted}") == (Kind.PAIN, "\n".join(texts))  # the shortcut


@pytest.mark.parametrize("text", NO_LISTS)
def test_t1_what_only_looks_like_a_list_stays(text: str) -> None:
    assert read_drafts(f"pain: {text}") == [(Kind.PAIN, text)]


def test_t1_a_list_in_the_form_has_the_kinds_that_it_names_and_the_form_s_own() -> None:
    given = Draft(
        Kind.PAIN, "• late; again\n• dear\nGains:\n• fast", "risk", source_link="https://x.example/1"
    )
    assert split_draft(given) == [
        replace(given, text="late; again"),
        replace(given, text="dear"),
        Draft(Kind.GAIN, "fast", source_link="https://x.example/1"),
    ]
    for text in ("", " \n", "\u2800"):
        with pytest.raises(UserError, match="text that can be seen"):
            split_draft(Draft(Kind.PAIN, text))
    with pytest.raises(UserError, match="has 501: nothing was added"):
        split_draft(Draft(Kind.PAIN, f"late\n{'x' * 501}"))


def test_t1_a_message_fills_the_form_with_its_list_or_its_one_line() -> None:
    assert draft_message("Pains:\n• late\n• dear\nGains:\n• fast\n• cheap") == (
        Kind.PAIN,
        "late\ndear\ngain: fast\ncheap",
    )
    assert draft_message("I can't wait\nso long") == (None, "I can't wait so long")
    assert draft_message("• late\nGains:\n• fast\n• cheap") == (None, "late\ngain: fast\ncheap")
    assert draft_message("pain: it is dear") == (Kind.PAIN, "it is dear")
    kind, text = draft_message("\n".join(f"• {'x' * 400}" for _ in range(20)))
    assert (kind, len(text) <= 3000, text.count("\n")) == (None, True, 6)


@pytest.mark.parametrize(
    ("typed", "texts"),
    [
        ('"pain: quoted"', ["quoted"]),
        ("“Pain: quoted”", ["quoted"]),
        ("„pain: quoted“", ["quoted"]),
        ("«pain: quoted»", ["quoted"]),
        ("'pain: it's quoted'", ["it's quoted"]),
        (' "pain: slow; dear" ', ["slow", "dear"]),
        ('"pain: slow"\n• "pains: dear"', ["slow", "dear"]),
        ('"pain: they say "no" to us"', ['they say "no" to us']),
        ('pain: "quoted"', ['"quoted"']),  # only the text is quoted
        ('"pain": too "slow"', ['too "slow"']),
        ('"pain: they say "no"', ['they say "no"']),
    ],
)
def test_t1_quotes_around_a_kind_and_its_text_are_taken_off(typed: str, texts: list[str]) -> None:
    assert read_drafts(typed) == read_import(typed) == [(Kind.PAIN, text) for text in texts]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("pain：太慢", [(Kind.PAIN, "太慢")]),
        ("gain：速い；安い", [(Kind.GAIN, "速い"), (Kind.GAIN, "安い")]),
        ("pain﹕太慢﹔太贵", [(Kind.PAIN, "太慢"), (Kind.PAIN, "太贵")]),
        ("Ｐａｉｎ ∶ 慢、贵，远", [(Kind.PAIN, "慢、贵，远")]),
        ("pain: بطيء؛ غال", [(Kind.PAIN, "بطيء"), (Kind.PAIN, "غال")]),
        ("product／service：快递；保险", [(Kind.PRODUCT, "快递"), (Kind.PRODUCT, "保险")]),
        ("pain : lent ; cher", [(Kind.PAIN, "lent"), (Kind.PAIN, "cher")]),
    ],
)
def test_t2_colons_and_semicolons_of_any_keyboard_are_read(
    typed: str, expected: list[tuple[Kind, str]]
) -> None:
    assert read_drafts(typed) == expected
    assert read_import(typed) == expected
    kind = expected[0][0]
    assert [draft.kind for draft in split_draft(Draft(Kind.JOB, typed))] == [kind] * len(expected)


EMOJI = {
    ":fire: Close the books": "🔥 Close the books",
    ":wave::skin-tone-3: hello": "👋🏼 hello",
    "ship :flag-de: :male-technologist::skin-tone-5:": "ship 🇩🇪 👨🏾‍💻",
    "at 10:30:+1: :e-mail: not :email:": "at 10:30👍 📧 not ✉️",
    ":white_check_mark: slow": "✅ slow",
    ":party_parrot: stays, as 10:30:00 does": ":party_parrot: stays, as 10:30:00 does",
}


def compute_metrics_of(text: str) -> CanvasMetrics:
    return compute_metrics(build_canvas([build_entry(1, Kind.JOB, {}, text)]))


@pytest.mark.parametrize(("typed", "shown"), EMOJI.items())
def test_t3_outside_slack_a_code_is_its_emoji(typed: str, shown: str) -> None:
    metrics = compute_metrics_of(typed)
    canvas_info = CanvasInfo(1, "C1", "Map", "Anyone", "U0", "UTC", STARTED_AT, None)
    assert json.loads(to_json(metrics))["entries"][0]["text"] == shown
    assert f"job,{shown.split(',', maxsplit=1)[0]}" in to_csv(metrics).replace('"', "")
    for markdown in (to_markdown(metrics), build_document(canvas_info, metrics, STARTED_AT)):
        assert shown in markdown
    assert shown in build_alt_text(metrics)
    table = build_data_table("Ranking", ["Text"], [[typed]], name_column=0, page_size=5)
    assert table["rows"][1][0]["text"] == shown
    (again,), (first,) = (
        parse_content(content.encode()).entries for content in (to_csv(metrics), f"job: {typed}")
    )
    assert find_entry_key(again) == find_entry_key(first)


def test_t3_the_picture_has_the_emoji() -> None:
    svg = build_svg(compute_metrics_of(":fire: Close"))
    assert "🔥" in svg
    assert "fire" not in svg


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (":white_check_mark: _really_ slow", ":white_check_mark: ˍreallyˍ slow"),
        ("*:fire: hot* :party_parrot:", "∗:fire: hot∗ :party_parrot:"),
        ("~no~ :man-facepalming::skin-tone-2: `x`", "∼no∼ :man-facepalming::skin-tone-2: ˋxˋ"),
        (":_not_: a code", ":ˍnotˍ: a code"),
        ("snake_case :a_b: stays", "snake_case :a_b: stays"),
    ],
)
def test_t3_in_slack_a_code_stays_whole_and_marks_stay_text(typed: str, shown: str) -> None:
    assert escape(typed) == shown


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("product/service: x", Kind.PRODUCT),
        ("PRODUCTS / Services: x", Kind.PRODUCT),
        ("Jobs to be done: x", Kind.JOB),
        ("jobs-to-be-done: x", Kind.JOB),
        ("*pain*: x", Kind.PAIN),
        ("**Pains:** x", Kind.PAIN),
        ("__Gains__: x", Kind.GAIN),
        ("😣 Pain(s): x", Kind.PAIN),
        (":dart: Jobs: x", Kind.JOB),
        ("[Gains](https://x.example/a): x", Kind.GAIN),
        ("## Pain relievers: x", Kind.PAIN_RELIEVER),
        ("- Gain_Creator: x", Kind.GAIN_CREATOR),
        ("Painkillers: x", Kind.PAIN_RELIEVER),
    ],
)
def test_t7_a_kind_goes_by_any_usual_name_and_any_dress(typed: str, kind: Kind) -> None:
    assert read_drafts(typed) == [(kind, "x")]
    assert read_import(typed) == [(kind, "x")]
    above = typed.removesuffix(": x").removesuffix(" x")
    assert read_drafts(f"{above}\n• x") == [(kind, "x")]


def test_t7_two_kinds_or_other_words_are_no_kind() -> None:
    for name in ("pains and gains", "painting", "service level", "", ":fire:", "/"):
        assert find_kind(name) is None


INVISIBLE = [
    "\u2800",
    "\u034f",
    "\u180e",
    "\ufffc",
    "\U000e0041\U000e0042",
    "\ufe0f",
    "\u3164\u115f\u1160\uffa0",
    "\u200b\u200c\u200d\u200e\u200f\u2060",
    "\u00ad\u061c",
    "\U000e0100",
    "\u17b4 \u2028 \u3000",
    "\ufff9\ufffa\ufffb",
    "\u0301",
    "\U0001d173",
]
VISIBLE = [
    "Ё",
    "漢字",
    "❤️",
    "👩‍👩‍👧‍👦",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "नमस्ते",
    "می\u200cخواهم",
    "안녕",
    "🫨",
    ".",
]


@pytest.mark.parametrize("text", INVISIBLE)
def test_t8_a_text_of_which_nothing_is_seen_is_empty_everywhere(text: str) -> None:
    assert sanitize(text) == ""
    with pytest.raises(UserError):
        parse_drafts(f"pain: {text}")
    with pytest.raises(UserError):
        parse_names(text)
    assert "no text to see" in parse_content(f"kind,text\npain,{text}".encode()).errors[0]


@pytest.mark.parametrize("text", VISIBLE)
def test_t8_scripts_and_emoji_stay_as_they_are(text: str) -> None:
    assert sanitize(text) == text


@pytest.mark.parametrize(
    "text", ["Ana\u202egpj", "\u2067Ana\u2069gpj", "\u202d\u202bAnagpj\u202c", "A\U000e0041nagpj\ufffc"]
)
def test_t8_no_text_turns_a_line_round(text: str) -> None:
    assert sanitize(text) == "Anagpj"
    assert parse_names(f"{text} for {text}") == ("Anagpj", "Anagpj")
