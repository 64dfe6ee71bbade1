"""The messages of evidence: the list, and the answers after a change. Pure."""

from collections.abc import Mapping, Sequence
from string import ascii_uppercase

from slack_sdk.models.blocks import ButtonElement

from bot.features.evidence.model import EvidenceView
from bot.features.fit.blocks import MAX_TITLE_CHARACTERS, format_some_entries
from bot.features.fit.next_step import build_test_button
from bot.features.tickets.blocks import TicketView
from bot.method.assumption_tests import find_next_rung, find_open_tests
from bot.method.evidence import EntryEvidence, Risk, compute_points
from bot.method.formatting import format_decimals
from bot.method.metrics import CanvasMetrics
from bot.method.model import AssumptionTest, Entry, Evidence
from bot.method.summary import describe_sealed
from bot.slack.blockkit.builders import (
    Block,
    Message,
    action_button,
    actions_block,
    build_message,
    command_button,
    context_note,
    header_block,
    overflow_menu,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, format_link, truncate, truncate_at_word
from bot.store.model import CanvasInfo
from bot.times.clock import format_day, format_moment

EVIDENCE_MENU = "evidence"  # action id
ADD_ACTION, SHOW_ACTION, UNDO_ACTION = "evidence_add", "evidence_show", "evidence_undo"  # action ids
MAX_ITEMS = 15
MAX_QUOTE_CHARACTERS = 200
MAX_NAMED_ENTRIES = 2
MAX_REFUTED, MAX_RISKS = 10, 5
MAX_RISK_CHARACTERS = 100
MAX_TICKET_URLS_CHARACTERS = (
    7500  # of a message: whether Slack counts them towards its limit is not documented
)


def build_evidence_list(view: EvidenceView) -> Message:
    """Return the items of a canvas or entry, the newest first, each with its points and a menu."""
    items = view.items
    title = view.entry.text if view.entry else view.canvas_info.title
    heading = f"Evidence: {truncate_at_word(title, MAX_TITLE_CHARACTERS)}"
    summary = (
        describe_evidence(view.metrics.evidence.entries[view.entry.id])
        if view.entry
        else f"{count_noun(len(items), 'item')} of evidence"
    )
    hidden = len(items) - MAX_ITEMS
    lines = [describe_item(item, view.metrics) for item in items[:MAX_ITEMS]]
    return build_message(
        "\n".join([escape(heading), summary, *lines]),
        header_block(heading),
        section_block(f"*{capitalize(summary)}*" if items else "Nothing is recorded yet."),
        *(_build_item(item, view) for item in items[:MAX_ITEMS]),
        context_note(f"…and {hidden} more: `/valuemap export json` has all.") if hidden > 0 else None,
        context_note("Each source counts once for an entry. Every entry begins with ten points of doubt."),
        actions_block(build_add_button(view.canvas_info.id, view.entry)),
    )


def build_add_button(canvas_id: int, entry: Entry | None = None) -> ButtonElement:
    """Return the button that opens the form, for an entry or for any."""
    return action_button("Add evidence", ADD_ACTION, f"{canvas_id}:{entry.id if entry else ''}", "primary")


def build_show_button(canvas_info: CanvasInfo, entry: Entry) -> ButtonElement:
    """Return the button that lists the evidence of an entry."""
    return action_button("Evidence", SHOW_ACTION, f"{canvas_info.id}:{entry.id}")


def build_saved_message(
    canvas_info: CanvasInfo, item_id: int, evidence: Sequence[tuple[Entry, EntryEvidence]]
) -> Message:
    """Return the answer after an item was recorded or changed: what it does to the entries."""
    states = "; ".join(
        f"“{escape(truncate(entry.text, 60))}” {shown.state.predicate} ({_describe_points(shown)})"
        for entry, shown in evidence[:MAX_NAMED_ENTRIES]
    )
    text = f"Saved. {states}."
    value = f"delete:{canvas_info.id}:{item_id}"
    undo_button = action_button("Undo", f"{EVIDENCE_MENU}:delete", value)
    return build_message(text, section_block(text, undo_button))


def build_deleted_message(canvas_info: CanvasInfo, item: Evidence) -> Message:
    """Return the answer after an item was deleted."""
    text = f"Deleted: “{escape(truncate(item.quote, 80))}”."
    undo_button = action_button("Undo", UNDO_ACTION, f"{canvas_info.id}:{item.id}")
    return build_message(text, section_block(text, undo_button))


def build_risks(tickets: TicketView, picture_note: str) -> Message:
    """Return the refuted entries, which ask for a decision, and then the riskiest assumptions with why.

    `picture_note` says where their picture is; "" without one.
    """
    canvas_info, metrics, evidence = tickets.canvas_info, tickets.metrics, tickets.metrics.evidence
    refuted, riskiest = evidence.refuted[:MAX_REFUTED], evidence.riskiest[:MAX_RISKS]
    needs = [need.ranked for need in metrics.needs.values()]
    waiting = sum(need.waits_for_votes for need in needs)
    verb = "waits for votes and has" if waiting == 1 else "wait for votes and have"
    notes = [f"{count_noun(waiting, 'need')} {verb} no risk yet."] if waiting else []
    sealed = describe_sealed(needs, format_moment, "need", "needs")
    notes += [f"{sealed}: no risk until then."] if sealed else []
    refuted_lines = [
        f"{letter}. {_name_risk(risk)}: {_describe_points(risk.evidence)}"
        for letter, risk in zip(ascii_uppercase, refuted, strict=False)
    ]
    open_tests = find_open_tests(metrics)
    undecided_ids = {test.entry_id for test in metrics.canvas.tests if test.result and not test.decision}
    risk_lines = [
        f"{number}. {_describe_risk(risk)}{_describe_running_test(risk, open_tests)}"
        for number, risk in enumerate(riskiest, start=1)
    ]
    notes = [*_describe_next_rungs(riskiest, open_tests), *notes]
    if not refuted and not riskiest:
        has_votes = metrics.fit.overall is not None
        notes.insert(0, "Nothing is at risk." if has_votes else "No need has votes yet: vote first.")
    heading = f"Risks: {truncate_at_word(canvas_info.title, MAX_TITLE_CHARACTERS)}"
    return build_message(
        "\n".join([escape(heading), *refuted_lines, *risk_lines, *notes]),
        header_block(heading),
        section_block("*Refuted: decide*") if refuted else None,
        *(
            section_block(line, build_show_button(canvas_info, risk.ranked.entry))
            for line, risk in zip(refuted_lines, refuted, strict=True)
        ),
        actions_block(command_button("Decide", "test", canvas_info.id))
        if any(risk.ranked.entry.id in undecided_ids for risk in refuted)
        else None,
        section_block("*Riskiest assumptions*") if riskiest else None,
        *(
            block
            for line, risk in zip(risk_lines, riskiest, strict=True)
            for block in (section_block(line), _build_risk_buttons(risk.ranked.entry, tickets, open_tests))
        ),
        context_note(" ".join([*notes, *filter(None, [picture_note])])) if notes or picture_note else None,
        context_note(
            "A risk is high where an entry is important and little evidence supports it: importance "
            "(the weight of a need, the relevance of an offer) · (1 − confidence)."
        ),
    )


def _build_risk_buttons(
    entry: Entry, tickets: TicketView, open_tests: Mapping[int, AssumptionTest]
) -> Block | None:
    return actions_block(
        build_test_button(tickets.canvas_info, entry.id, has_open_test=entry.id in open_tests),
        action_button("Add evidence", ADD_ACTION, f"{tickets.canvas_info.id}:{entry.id}"),
        tickets.build_button(entry, MAX_TICKET_URLS_CHARACTERS // MAX_RISKS),
    )


def _describe_risk(risk: Risk) -> str:
    """Return "pain “slow”: risk 0.46, from importance 0.50 and confidence 0.08; some evidence"."""
    origin = f"importance {format_decimals(risk.importance)}"
    if risk.evidence.counted:
        origin += f" and confidence {format_decimals(risk.evidence.confidence)}"
    return f"{_name_risk(risk)}: risk {format_decimals(risk.size)}, from {origin}; {risk.evidence.state}"


def _describe_running_test(risk: Risk, open_tests: Mapping[int, AssumptionTest]) -> str:
    test = open_tests.get(risk.ranked.entry.id)
    return f". A test runs until {format_day(test.terms.until)}." if test else ""


def _describe_next_rungs(riskiest: Sequence[Risk], open_tests: Mapping[int, AssumptionTest]) -> list[str]:
    """Return "Next: watch or measure it (1, 3), ask for a commitment (2)." for those without a test.

    What is next for all of them needs no numbers.
    """
    numbers: dict[str, list[str]] = {}
    for number, risk in enumerate(riskiest, start=1):
        if risk.ranked.entry.id not in open_tests and (rung := find_next_rung(risk.evidence)):
            numbers.setdefault(rung, []).append(str(number))
    rungs = [
        rung if len(numbered) == len(riskiest) else f"{rung} ({', '.join(numbered)})"
        for rung, numbered in numbers.items()
    ]
    return [f"Next: {', '.join(rungs)}."] if rungs else []


def _name_risk(risk: Risk) -> str:
    star = ":star: " if risk.ranked.must_have else ""
    entry = risk.ranked.entry
    return f"{star}{entry.kind.spec.singular} “{escape(truncate(entry.text, MAX_RISK_CHARACTERS))}”"


def describe_evidence(shown: EntryEvidence) -> str:
    """Return "evidenced: 18 points for, 1 against, confidence 0.62"."""
    if not shown.counted:
        return f"{shown.state}: no evidence yet"
    return f"{shown.state}: {_describe_points(shown)}, confidence {format_decimals(shown.confidence)}"


def describe_item(item: Evidence, metrics: CanvasMetrics) -> str:
    """Return an item in one line: its quote, its source, and what it says about which entries."""
    count = f", {item.count:,} people or cases" if item.count > 1 else ""
    link = f" · {format_link(item.link, 'link')}" if item.link else ""
    points = count_noun(compute_points(item), "point")
    sides = [
        f"{sign}{points} {words} {format_some_entries(entries, MAX_NAMED_ENTRIES)}"
        for entry_ids, sign, words in ((item.supports, "+", "for"), (item.contradicts, "−", "against"))
        if (entries := [metrics.ranked[each].entry for each in entry_ids if each in metrics.ranked])
    ]
    about = " · ".join(sides) or "unlinked"
    quote = escape(truncate(item.quote, MAX_QUOTE_CHARACTERS))
    source = f"{escape(item.source)}, {item.grade.label}{count}"
    return f"“{quote}” — {source}, {format_day(item.day)} · {about}{link}"


def _build_item(item: Evidence, view: EvidenceView) -> Block:
    line = describe_item(item, view.metrics)
    if view.entry and item in view.metrics.evidence.entries[view.entry.id].others:
        line += " _(another item of this source counts)_"
    if not view.may_change(item):
        return section_block(line)
    canvas_id = view.canvas_info.id
    options = [("Edit", f"edit:{canvas_id}:{item.id}"), ("Delete", f"delete:{canvas_id}:{item.id}")]
    if view.entry:
        options.insert(1, ("Unlink from this entry", f"unlink:{canvas_id}:{item.id}:{view.entry.id}"))
    return section_block(line, overflow_menu(EVIDENCE_MENU, options))


def _describe_points(shown: EntryEvidence) -> str:
    return f"{count_noun(shown.points_for, 'point')} for, {shown.points_against} against"
