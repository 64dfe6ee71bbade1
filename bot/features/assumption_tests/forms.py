"""The forms of a test: its terms, its result, and the decision after it. Pure."""

from collections.abc import Sequence
from datetime import date

from slack_sdk.models.blocks import (
    CheckboxesElement,
    DatePickerElement,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticSelectElement,
    UserSelectElement,
)

from bot.features.assumption_tests.blocks import describe_belief, describe_earlier, describe_outcome
from bot.features.assumption_tests.model import (
    BOUND,
    CHECK,
    CHOICE,
    DEFAULT_PERIOD,
    MAX_CHECK_CHARACTERS,
    MAX_MEASURE_CHARACTERS,
    MAX_NUMBER_CHARACTERS,
    MAX_REASON_CHARACTERS,
    MAX_UNIT_CHARACTERS,
    MEASURE,
    OWNER,
    REASON,
    SEEN,
    UNCLEAR,
    UNIT,
    UNTIL,
    VALUE,
    TypedResult,
    TypedTerms,
)
from bot.features.evidence.forms import (
    build_count_field,
    build_grade_field,
    build_quote_field,
    read_count,
    read_grade,
)
from bot.features.evidence.model import QUOTE
from bot.method.assumption_tests import describe_number
from bot.method.model import AssumptionTest, Bound, Choice, Entry, Result, Terms
from bot.method.numbers import format_typed
from bot.slack.blockkit.builders import (
    Block,
    View,
    build_modal,
    build_option,
    context_note,
    input_block,
    section_block,
)
from bot.slack.blockkit.text import escape
from bot.slack.forms import Form
from bot.store.model import CanvasInfo, Card

START_FORM, CHANGE_FORM, RESULT_FORM, DECISION_FORM = (  # callback ids
    *("start_test", "change_test", "test_result", "test_decision"),
)
BOUND_LABELS = {Bound.AT_LEAST: "At least (≥)", Bound.AT_MOST: "At most (≤)"}
CHOICE_LABELS = {
    Choice.KEEP: "Keep: it stands as it is",
    Choice.CHANGE: "Change: edit it next",
    Choice.DROP: "Drop: delete it next",
}


def build_start_form(
    canvas_info: CanvasInfo, card: Card, rung: str, user_id: str, today: date, warning: str = ""
) -> View:
    """Return the form of a new test of an entry; `rung` says what to try next, "" where there is nothing."""
    entry = card.entry
    hint = f"Next rung: {rung}. " if rung else ""
    return build_modal(
        START_FORM,
        "Test it",
        [
            section_block(f":warning: {warning}") if warning else None,
            section_block(f"*We believe:* {_name_entry(entry)}"),
            context_note(
                f"{hint}From its start on a test is locked: a later change keeps the old value in sight."
            ),
            *_build_terms_fields(None, user_id, today),
        ],
        private_metadata={
            "channel": canvas_info.channel_id,
            "canvas": canvas_info.id,
            "entry": entry.id,
            "version": card.version,
        },
        submit_label="Start the test",
    )


def build_change_form(canvas_info: CanvasInfo, test: AssumptionTest, today: date, warning: str = "") -> View:
    """Return the form that changes the terms of a test, with those before."""
    return build_modal(
        CHANGE_FORM,
        "Change the test",
        [
            section_block(f":warning: {warning}") if warning else None,
            section_block(describe_belief(test)),
            context_note("The test is locked: what you change stays in sight beside the new value."),
            *(context_note(line) for line in describe_earlier(test)),
            *_build_terms_fields(test.terms, test.terms.owner_id, today),
        ],
        private_metadata={**_build_metadata(canvas_info, test), "version": len(test.earlier_terms)},
        submit_label="Save",
    )


def read_terms_form(form: Form) -> TypedTerms:
    """Return the terms of a submitted form, unchecked."""
    return TypedTerms(
        form.read_text(CHECK),
        form.read_text(MEASURE),
        form.read_choice(BOUND) or "",
        form.read_text(VALUE),
        form.read_text(UNIT),
        form.read_date(UNTIL),
        form.read_user(OWNER),
    )


def build_result_form(canvas_info: CanvasInfo, test: AssumptionTest, result: Result | None = None) -> View:
    """Return the form of a result. With one, it says the outcome, which submitting again saves."""
    outcome = describe_outcome(test, result) if result else ""
    option = build_option("Unclear: the number does not answer it", UNCLEAR)
    checkboxes = CheckboxesElement(action_id=UNCLEAR, options=[option])
    return build_modal(
        RESULT_FORM,
        "Record the result",
        [
            section_block(outcome) if outcome else None,
            section_block(f"{describe_belief(test)}\nRight if {escape(describe_number(test.terms))}"),
            *(context_note(line) for line in describe_earlier(test)),
            input_block(
                SEEN,
                "The number seen",
                PlainTextInputElement(action_id=SEEN, max_length=MAX_NUMBER_CHARACTERS, placeholder="35"),
                hint=f"In the test's unit: {test.terms.unit}",
            ),
            build_count_field(1),
            build_grade_field(None),
            build_quote_field(""),
            input_block(UNCLEAR, "Does it answer the question?", checkboxes, optional=True),
        ],
        private_metadata={
            **_build_metadata(canvas_info, test),
            "shown": describe_shown(result, test) if result else "",
        },
        submit_label="Save" if result else "Next",
    )


def describe_shown(result: Result, test: AssumptionTest) -> str:
    """Return the outcome, by the terms of now, which a form carries to tell whether it showed this one."""
    return f"{result.outcome}:{format_typed(result.value)}:{len(test.earlier_terms)}"


def read_result_form(form: Form) -> TypedResult:
    """Return the result of a submitted form, unchecked."""
    return TypedResult(
        form.read_text(SEEN),
        read_count(form),
        read_grade(form),
        form.read_text(QUOTE),
        is_unclear=bool(form.read_choices(UNCLEAR)),
    )


def build_decision_form(canvas_info: CanvasInfo, test: AssumptionTest) -> View:
    """Return the form of the decision after a test."""
    outcome = describe_outcome(test, test.result) if test.result else ""
    element = RadioButtonsElement(
        action_id=CHOICE, options=[build_option(label, choice) for choice, label in CHOICE_LABELS.items()]
    )
    reason = PlainTextInputElement(action_id=REASON, max_length=MAX_REASON_CHARACTERS, multiline=True)
    return build_modal(
        DECISION_FORM,
        "Decide",
        [
            section_block(f"{describe_belief(test)}\n{outcome}"),
            input_block(CHOICE, "What becomes of the entry", element),
            input_block(REASON, "Why", reason, hint="The decision log keeps it."),
        ],
        private_metadata=_build_metadata(canvas_info, test),
        submit_label="Decide",
    )


def read_decision_form(form: Form) -> tuple[str, str]:
    """Return the choice and the reason of a submitted form, unchecked."""
    return form.read_choice(CHOICE) or "", form.read_text(REASON)


def _build_metadata(canvas_info: CanvasInfo, test: AssumptionTest) -> dict[str, str | int]:
    return {"channel": canvas_info.channel_id, "canvas": canvas_info.id, "test": test.id}


def _name_entry(entry: Entry) -> str:
    return f"{entry.kind.spec.singular} “{escape(entry.text)}”"


def _build_terms_fields(terms: Terms | None, owner_id: str, today: date) -> Sequence[Block]:
    until = terms.until if terms else today + DEFAULT_PERIOD
    bounds = {bound: build_option(label, bound) for bound, label in BOUND_LABELS.items()}
    return [
        _build_text_field(
            CHECK,
            "To check it we …",
            terms.check if terms else "",
            MAX_CHECK_CHARACTERS,
            "call five customers who left in May",
        ),
        _build_text_field(
            MEASURE,
            "We measure …",
            terms.measure if terms else "",
            MAX_MEASURE_CHARACTERS,
            "how many of them waited for more than an hour",
        ),
        input_block(
            BOUND,
            "We are right if it is",
            StaticSelectElement(
                action_id=BOUND,
                options=list(bounds.values()),
                initial_option=bounds[terms.bound if terms else Bound.AT_LEAST],
            ),
        ),
        _build_text_field(
            VALUE,
            "Number",
            format_typed(terms.value) if terms else "",
            MAX_NUMBER_CHARACTERS,
            "3",
        ),
        _build_text_field(
            UNIT, "Unit", terms.unit if terms else "", MAX_UNIT_CHARACTERS, "of 5 customers, or %"
        ),
        input_block(UNTIL, "Until", DatePickerElement(action_id=UNTIL, initial_date=until.isoformat())),
        input_block(
            OWNER,
            "Owner",
            UserSelectElement(action_id=OWNER, initial_user=owner_id),
            hint="I ask them for the result when the day is over.",
        ),
    ]


def _build_text_field(name: str, label: str, value: str, max_length: int, placeholder: str) -> Block:
    element = PlainTextInputElement(
        action_id=name, initial_value=value or None, max_length=max_length, placeholder=placeholder
    )
    return input_block(name, label, element)
