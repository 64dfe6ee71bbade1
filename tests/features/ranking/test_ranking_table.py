"""The ranking as a table and as text: all metrics, within Slack's limits, and how much is left out."""

import re
from datetime import UTC, datetime

import pytest

from bot.fake_slack.blockkit import MAX_MESSAGE_CHARACTERS, check_blocks, count_characters
from bot.fake_slack.client.plain_text import blocks_to_text
from bot.features.ranking.blocks import build_ranking
from bot.features.ranking.table import build_ranking_table
from bot.method.kinds import Kind
from bot.method.metrics import compute_metrics
from bot.method.model import Canvas, Entry
from bot.slack.blockkit.builders import MAX_FALLBACK_CHARACTERS, Message, build_message as build_any_message
from bot.store.model import CanvasInfo

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
INFO = CanvasInfo(1, "C1", "Reports", "shops", "U1", "UTC", NOW, "1.0")
LINK = "https://a-rather-long-name.slack.com/archives/C0123456789/p1760000000000000?thread_ts=1.0"


def build_entry(entry_id: int, text: str, kind: Kind = Kind.PAIN, *votes: int) -> Entry:
    """Return an entry with these votes, of U1, U2 and so on."""
    return Entry(
        entry_id, kind, text, "U1", NOW, votes={f"U{n}": level for n, level in enumerate(votes, start=1)}
    )


def build_message(*entries: Entry, kinds: tuple[Kind, ...] = tuple(Kind)) -> Message:
    metrics = compute_metrics(Canvas(1, "C1", "Reports", "shops", "U1", "UTC", NOW, entries))
    return build_ranking(INFO, metrics, kinds, "U1", {entry.id: LINK for entry in entries})


def read_tables(message: Message) -> list[list[list[str]]]:
    """Return the texts of the tables of a message, row by row."""
    return [
        [[cell["text"] for cell in row] for row in block["rows"]]
        for block in message.blocks
        if block["type"] == "data_table"
    ]


def test_the_table_of_a_box_has_the_columns_that_a_phone_shows() -> None:
    message = build_message(
        build_entry(1, "slow", Kind.PAIN, 5, 5, 4),
        build_entry(2, "dear <&>", Kind.PAIN, 5, 1),
        build_entry(3, "dull"),
        build_entry(4, "report", Kind.JOB, 5),
        kinds=(Kind.PAIN,),
    )
    assert read_tables(message) == [
        [
            ["Rank", "Pain", "Score", "Votes"],
            ["1", "★ slow", "4.00", "3"],
            ["2", "↔ dear <&>", "3.00", "2"],
            ["–", "dull", "–", "0"],
        ]
    ]
    (table,) = (block for block in message.blocks if block["type"] == "data_table")
    assert [row[2].get("value") for row in table["rows"][1:]] == [4.0, 3.0, None]
    assert table["caption"] == "Pains by rank"


def test_the_first_box_with_entries_is_shown_with_buttons_for_the_others() -> None:
    entries = [build_entry(1, "slow", Kind.PAIN, 5), build_entry(2, "fast", Kind.GAIN, 4)]
    message = build_message(*entries)
    assert read_tables(message) == [[["Rank", "Pain", "Score", "Votes"], ["1", "slow", "3.67", "1"]]]
    assert "[● Pains] [Gains]" in blocks_to_text(list(message.blocks))
    gains = build_message(*entries, kinds=(Kind.GAIN,))
    assert read_tables(gains)[0][1][1] == "fast"
    assert "[Pains] [● Gains]" in blocks_to_text(list(gains.blocks))
    jobs = build_message(*entries, kinds=(Kind.JOB,))
    assert "[Pains] [Gains]\nThere is nothing to rank yet\n" in blocks_to_text(list(jobs.blocks))
    assert "voted on every card" not in jobs.text
    alone = build_message(entries[0])
    assert "Pains]" not in blocks_to_text(list(alone.blocks)), "there is nothing to choose"


def test_unvoted_cards_are_one_line_with_three_folded_links_and_all_in_the_text() -> None:
    pains = [build_entry(n, f"pain {n}") for n in range(1, 6)]
    message = build_message(*pains)
    assert "You have not voted on 5 cards  [Vote]" in blocks_to_text(list(message.blocks))
    (container,) = (block for block in message.blocks if block["type"] == "container")
    assert str(container["child_blocks"]).count("|vote>") == 3
    assert message.text.count(f"<{LINK}|vote>") == 5
    voted = build_message(build_entry(1, "slow", Kind.PAIN, 5))
    assert "You have voted on every card\n" in blocks_to_text(list(voted.blocks))
    assert not [block for block in voted.blocks if block["type"] == "container"]


def build_table_of_all_boxes(*entries: Entry) -> Message:
    metrics = compute_metrics(Canvas(1, "C1", "Reports", "shops", "U1", "UTC", NOW, entries))
    return build_any_message(
        "Ranking", build_ranking_table({kind: box for kind, box in metrics.boxes.items() if box})
    )


def test_several_boxes_share_the_one_table_that_a_message_may_have() -> None:
    message = build_table_of_all_boxes(
        build_entry(1, "slow", Kind.PAIN, 5), build_entry(2, "report", Kind.JOB)
    )
    (table,) = read_tables(message)
    assert table == [
        ["Box", "Rank", "Entry", "Score", "Votes"],
        ["Job", "–", "report", "–", "0"],
        ["Pain", "1", "slow", "3.67", "1"],
    ]
    assert "…and" not in blocks_to_text(list(message.blocks))


def test_the_table_of_all_boxes_counts_what_it_leaves_out_box_by_box() -> None:
    pains = [build_entry(n, f"pain {n}", Kind.PAIN, 5) for n in range(11)]
    message = build_table_of_all_boxes(
        *pains, build_entry(50, "report", Kind.JOB), *[build_entry(60 + n, "x", Kind.GAIN) for n in range(7)]
    )
    (table,) = read_tables(message)
    assert len(table) == 1 + 6 + 1 + 6
    assert "…and 5 pains, 1 gain more: the buttons below" in blocks_to_text(list(message.blocks))
    assert "`/valuemap rank pain`" in blocks_to_text(list(message.blocks))


def test_without_tables_the_ranking_is_shown_as_text() -> None:
    message = build_message(build_entry(1, "slow", Kind.PAIN, 5, 5, 4), build_entry(2, "report", Kind.JOB))
    words = blocks_to_text(list(message.plain_blocks))
    assert "*Pains*\n1. slow — *4.00* :star:, 3 votes, agreement 0.83" in words
    assert "*Jobs*\n– report — waits for votes" in words
    assert not [block for block in message.plain_blocks if block["type"] == "data_table"]


def test_the_fallback_text_contains_the_ranking() -> None:
    message = build_message(build_entry(1, "slow", Kind.PAIN, 5, 5, 4), build_entry(2, "report", Kind.JOB))
    assert message.text.startswith("Ranking of Reports for shops. You have not voted on 1 card.\n")
    assert "Pains (1)\n1. slow — *4.00* :star:, 3 votes, agreement 0.83" in message.text


def test_a_ranking_without_entries_says_so() -> None:
    message = build_message()
    assert "There is nothing to rank yet" in blocks_to_text(list(message.blocks))
    assert message.plain_blocks == message.blocks


@pytest.mark.parametrize("kinds", [(Kind.PAIN,), (Kind.PAIN, Kind.JOB), tuple(Kind)])
@pytest.mark.parametrize("text", ["x" * 300, "<&>" * 100, "*so* " * 60, "長" * 300, "a"])
def test_five_hundred_entries_a_box_fit_as_table_and_as_text_and_the_rest_is_counted(
    kinds: tuple[Kind, ...], text: str
) -> None:
    message = build_message(
        *[build_entry(n, text, kinds[n % len(kinds)], 5, 1) for n in range(500 * len(kinds))], kinds=kinds
    )
    for shown in (message.blocks, message.plain_blocks):
        check_blocks(list(shown), "message")
        assert count_characters(list(shown)) <= MAX_MESSAGE_CHARACTERS
    assert len(message.text) <= MAX_FALLBACK_CHARACTERS
    (table,) = read_tables(message)
    left = re.search(r"…and (\d+) more: `/valuemap export csv`", blocks_to_text(list(message.blocks)))
    assert left
    assert len(table) - 1 + int(left[1]) == 500


def test_the_table_of_all_boxes_of_five_hundred_entries_fits_and_counts_the_rest() -> None:
    kinds = tuple(Kind)
    message = build_table_of_all_boxes(
        *[build_entry(n, "<&>" * 100, kinds[n % len(kinds)], 5, 1) for n in range(500 * len(kinds))]
    )
    check_blocks(list(message.blocks), "message")
    (table,) = read_tables(message)
    most = (len(table) - 1) // len(kinds)
    for kind in kinds:
        assert f"{500 - most} {kind.spec.plural}" in blocks_to_text(list(message.blocks))
