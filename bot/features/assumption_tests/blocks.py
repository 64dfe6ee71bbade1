"""The messages of tests: the list with the decision log, the answers, and the question. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from slack_sdk.models.blocks import ButtonElement

from bot.features.assumption_tests.model import ListedTests
from bot.features.cards.blocks import UNKNOWN_NAME
from bot.features.fit.blocks import MAX_TITLE_CHARACTERS
from bot.features.fit.next_step import build_test_button
from bot.method.assumption_tests import (
    describe_number,
    describe_seen,
    find_next_rung,
    find_open_tests,
    find_untested,
)
from bot.method.evidence import compute_points
from bot.method.metrics import CanvasMetrics
from bot.method.model import AssumptionTest, Choice, Outcome, Result, Terms
from bot.slack.blockkit.builders import (
    Block,
    Enhanced,
    Message,
    action_button,
    actions_block,
    build_message,
    command_button,
    context_note,
    folded_block,
    header_block,
    overflow_menu,
    pack_sections,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, truncate, truncate_at_word
from bot.store.model import CanvasInfo, Card
from bot.times.clock import format_day

TEST_MENU = "test"  # action id
ANOTHER_ACTION = "test_another"  # action id
MAX_DUE, MAX_RUNNING, MAX_UNDECIDED, MAX_DECISIONS = 5, 8, 5, 30
MAX_EARLIER = 3
MAX_LOG_CHARACTERS = 5000
MAX_NAME_CHARACTERS = 80  # of an entry
MAX_BELIEF_CHARACTERS = 300
MAX_SHOWN_CHARACTERS = 160  # of what is done, measured, or a reason

BlockList = list[Block | Enhanced | None]


def build_test_list(view: ListedTests) -> Message:
    """Return the tests that are due, that run and that wait for a decision, and the decision log."""
    title = view.canvas_info.title
    if view.entry_id is not None:
        title = view.metrics.ranked[view.entry_id].entry.text
    heading = f"Tests: {truncate_at_word(title, MAX_TITLE_CHARACTERS)}"
    groups = (
        ("Due: what did you see?", view.due, MAX_DUE),
        ("Running", view.running, MAX_RUNNING),
        ("Wait for a decision", view.undecided, MAX_UNDECIDED),
    )
    is_empty = not any(tests for _, tests, _ in groups)
    blocks: BlockList = [block for group in groups for block in _build_group(*group, view)]
    log = [_describe_decision(test, view) for test in view.decided[:MAX_DECISIONS]]
    log_title = f"Decision log: {count_noun(len(view.decided), 'decision')}"
    lines = [_describe_test(test, view) for _, tests, limit in groups for test in tests[:limit]]
    return build_message(
        "\n".join([escape(heading), *(lines or ["No test runs."]), *log]),
        header_block(heading),
        section_block("No test runs.") if is_empty else None,
        *blocks,
        *_build_suggestion(view),
        folded_block(log_title, pack_sections(log, MAX_LOG_CHARACTERS)) if log else None,
    )


def _build_group(title: str, tests: Sequence[AssumptionTest], limit: int, view: ListedTests) -> BlockList:
    if not tests:
        return []
    hidden = len(tests) - limit
    more = f"…and {hidden} more: `/valuemap test ENTRY` shows those of an entry."
    return [
        section_block(f"*{title}*"),
        *(_build_test(test, view) for test in tests[:limit]),
        context_note(more) if hidden > 0 else None,
    ]


def _build_test(test: AssumptionTest, view: ListedTests) -> Block:
    line = _describe_test(test, view)
    if not view.may_change(test):
        return section_block(line)
    value = f"{view.canvas_info.id}:{test.id}"
    if test.result is not None:
        return section_block(line, build_decide_button(view.canvas_info, test))
    options = [("Record the result", f"record:{value}"), ("Change", f"change:{value}")]
    return section_block(line, overflow_menu(TEST_MENU, options))


def _build_suggestion(view: ListedTests) -> BlockList:
    """Return the button of another test of the entry; on a canvas, the riskiest assumption without a test."""
    canvas_info, metrics = view.canvas_info, view.metrics
    if view.entry_id is not None:
        value = f"{canvas_info.id}:{view.entry_id}"
        return [actions_block(action_button("Another test", ANOTHER_ACTION, value))]
    risk = find_untested(metrics.evidence.riskiest, find_open_tests(metrics))
    if risk is None:
        return []
    entry, rung = risk.ranked.entry, find_next_rung(risk.evidence)
    line = f"*Riskiest without a test:* {entry.kind.spec.singular} “{escape(truncate(entry.text, 100))}”"
    return [
        section_block(f"{line}: {rung}." if rung else f"{line}.", build_test_button(canvas_info, entry.id))
    ]


def build_decide_button(canvas_info: CanvasInfo, test: AssumptionTest) -> ButtonElement:
    """Return the button that opens the form of the decision."""
    return action_button("Decide", f"{TEST_MENU}:decide", f"decide:{canvas_info.id}:{test.id}", "primary")


def build_started_message(canvas_info: CanvasInfo, terms: Terms, text: str, test_id: int) -> Message:
    """Return the answer to who started a test of the entry with this text; the id is 0 for a repetition."""
    summary = (
        f"The test of “{escape(truncate(text, MAX_NAME_CHARACTERS))}” runs until "
        f"{format_day(terms.until)}: right if {escape(describe_number(terms))}. It is locked from now on."
    )
    buttons = [("Undo", "undo"), ("Change", "change")] if test_id else []
    return build_message(
        summary,
        section_block(summary),
        actions_block(
            *(
                action_button(label, f"{TEST_MENU}:{option}", f"{option}:{canvas_info.id}:{test_id}")
                for label, option in buttons
            ),
            command_button("All tests", "test", canvas_info.id),
        ),
    )


def build_undone_message(canvas_info: CanvasInfo, test: AssumptionTest) -> Message:
    """Return the answer to who undid the start of a test."""
    text = f"Undone: the test of “{escape(truncate(test.belief, MAX_NAME_CHARACTERS))}” is gone."
    button = build_test_button(canvas_info, test.entry_id)
    return build_message(text, section_block(text), actions_block(button), replaces_original=True)


def build_changed_message(canvas_info: CanvasInfo, test: AssumptionTest) -> Message:
    """Return the answer to who changed the terms of a test."""
    summary = (
        f"Changed: right if {escape(describe_number(test.terms))}, until {format_day(test.terms.until)}. "
        "What it said before stays in sight."
    )
    buttons = actions_block(command_button("All tests", "test", canvas_info.id))
    return build_message(summary, section_block(summary), buttons)


def build_recorded_message(
    canvas_info: CanvasInfo, test: AssumptionTest, result: Result, text: str
) -> Message:
    """Return the answer to who recorded a result, which leads to the decision."""
    name = escape(truncate(text, MAX_NAME_CHARACTERS))
    summary = f"Recorded: “{name}”. {describe_outcome(test, result)}"
    return build_message(
        summary, section_block(summary), actions_block(build_decide_button(canvas_info, test))
    )


def build_decided_message(canvas_info: CanvasInfo, choice: Choice, reason: str, text: str) -> Message:
    """Return the answer to who decided."""
    name, shown_reason = escape(truncate(text, MAX_NAME_CHARACTERS)), escape(reason)
    summary = f"Decided: {choice} “{name}”. {shown_reason}"
    buttons = actions_block(command_button("All tests", "test", canvas_info.id))
    return build_message(summary, section_block(summary), buttons)


def build_question(canvas_info: CanvasInfo, test: AssumptionTest, card: Card) -> Message:
    """Return the question to the owner of a test whose last day is over."""
    value = f"{canvas_info.id}:{test.id}"
    question = (
        f"The test of “{escape(truncate(card.entry.text, MAX_NAME_CHARACTERS))}” on "
        f"*{escape(canvas_info.title)}* is over: what did you see?"
    )
    return build_message(
        question,
        section_block(
            f"{question} Right if {escape(describe_number(test.terms))}.\n{describe_check(test.terms)}"
        ),
        actions_block(
            action_button("Record the result", f"{TEST_MENU}:record", f"record:{value}", "primary"),
            action_button("Change", f"{TEST_MENU}:change", f"change:{value}"),
        ),
    )


def describe_belief(test: AssumptionTest) -> str:
    """Return "*We believe:* “it is slow”"."""
    return f"*We believe:* “{escape(truncate(test.belief, MAX_BELIEF_CHARACTERS))}”"


def describe_check(terms: Terms) -> str:
    """Return what is done and what is measured, in one line."""
    check, measure = (escape(truncate(text, MAX_SHOWN_CHARACTERS)) for text in (terms.check, terms.measure))
    return f"To check it we {check} · we measure {measure}"


def describe_earlier(test: AssumptionTest) -> list[str]:
    """Return what the terms said before each of the last changes, as far as it differs."""
    versions = [*test.earlier_terms, test.terms]
    lines = [
        f"Was: {' · '.join(_list_differences(old, new)) or 'the same'}" for old, new in pairwise(versions)
    ]
    hidden = len(lines) - MAX_EARLIER
    return [*([f"{count_noun(hidden, 'earlier change')}"] if hidden > 0 else []), *lines[-MAX_EARLIER:]]


def _list_differences(old: Terms, new: Terms) -> list[str]:
    return [
        *(
            [f"right if {escape(describe_number(old))}"]
            if describe_number(old) != describe_number(new)
            else []
        ),
        *([f"until {format_day(old.until)}"] if old.until != new.until else []),
        *([f"we {escape(truncate(old.check, MAX_SHOWN_CHARACTERS))}"] if old.check != new.check else []),
        *(
            [f"we measure {escape(truncate(old.measure, MAX_SHOWN_CHARACTERS))}"]
            if old.measure != new.measure
            else []
        ),
        *(["another owner"] if old.owner_id != new.owner_id else []),
    ]


def describe_outcome(test: AssumptionTest, result: Result) -> str:
    """Return whether a result meets the test, and the evidence for or against its entry."""
    summary = f"*{capitalize(escape(describe_seen(result, test.terms)))}.*"
    if result.outcome is Outcome.UNCLEAR:
        return f"{summary} No evidence comes of it."
    sign, word = ("+", "for") if result.outcome is Outcome.MET else ("−", "against")
    return f"{summary} Evidence {word} it: {sign}{count_noun(compute_points(result), 'point')}."


def _describe_test(test: AssumptionTest, view: ListedTests) -> str:
    """Return a test in a few lines: its entry, its owner and terms, or its result."""
    name = escape(truncate(_find_text(test, view.metrics), MAX_NAME_CHARACTERS))
    believed = "" if _is_same_belief(test, view.metrics) else f"\n{describe_belief(test)}"
    if test.result is not None:
        return f"*“{name}”* · {escape(describe_seen(test.result, test.terms))}{believed}"
    owner = escape(view.names.get(test.terms.owner_id, UNKNOWN_NAME))
    earlier = "".join(f"\n_{line}_" for line in describe_earlier(test))
    number = escape(describe_number(test.terms))
    when = f"Until {format_day(test.terms.until)} · {owner} · right if {number}"
    return f"*“{name}”*{believed}\n{when}\n{describe_check(test.terms)}{earlier}"


def _describe_decision(test: AssumptionTest, view: ListedTests) -> str:
    """Return "• *drop* “it is slow”: nobody waits — Ana, 3 Dec 2026 (not met: 1, needed ≥ 3 customers)"."""
    if test.decision is None or test.result is None:
        return ""
    decision, name = test.decision, escape(truncate(test.belief, MAX_NAME_CHARACTERS))
    reason = escape(truncate(decision.reason, MAX_SHOWN_CHARACTERS))
    who = escape(view.names.get(decision.decider_id, UNKNOWN_NAME))
    seen = escape(describe_seen(test.result, test.terms))
    day = format_day(view.day_of(decision.at))
    return f"• *{decision.choice}* “{name}”: {reason} — {who}, {day} ({seen})"


def _find_text(test: AssumptionTest, metrics: CanvasMetrics) -> str:
    ranked = metrics.ranked.get(test.entry_id)
    return ranked.entry.text if ranked else test.belief


def _is_same_belief(test: AssumptionTest, metrics: CanvasMetrics) -> bool:
    return _find_text(test, metrics) == test.belief
