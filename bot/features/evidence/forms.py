"""The form of an item of evidence. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from slack_sdk.models.blocks import (
    DatePickerElement,
    ExternalDataMultiSelectElement,
    NumberInputElement,
    Option,
    OptionGroup,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticMultiSelectElement,
    UrlInputElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement

from bot.features.evidence.model import (
    CONTRADICTS,
    COUNT,
    DAY,
    GRADE,
    GRADE_DESCRIPTIONS,
    LINK,
    MAX_COUNT,
    MAX_QUOTE_CHARACTERS,
    MAX_SOURCE_CHARACTERS,
    QUOTE,
    SOURCE,
    SUPPORTS,
    list_choices,
    list_sources,
)
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry, Evidence, Grade
from bot.slack.blockkit.builders import (
    MAX_OPTIONS,
    Block,
    View,
    build_modal,
    build_option,
    input_block,
)
from bot.slack.blockkit.text import capitalize, parse_id, truncate
from bot.slack.forms import Form
from bot.store.evidence import EvidenceDraft
from bot.store.model import CanvasInfo

EVIDENCE_FORM = "evidence"  # callback id
MAX_SHOWN_SOURCES = 5
MAX_KNOWN_CHARACTERS = 150  # of the known sources, in the hint


def build_evidence_form(
    canvas_info: CanvasInfo,
    metrics: CanvasMetrics,
    today: date,
    *,
    item: Evidence | None = None,
    quote: str = "",
    source: str = "",
    link: str = "",
    message_key: str = "",
    entry_ids: Sequence[int] = (),
) -> View:
    """Return the form of a new item, or of an existing one. `entry_ids` are supported by the new one."""
    supports, contradicts = (item.supports, item.contradicts) if item else (tuple(entry_ids), ())
    return build_modal(
        EVIDENCE_FORM,
        "Change evidence" if item else "Add evidence",
        [
            build_quote_field(item.quote if item else quote),
            _build_entries_field(SUPPORTS, "It supports", metrics, supports),
            _build_entries_field(CONTRADICTS, "It contradicts", metrics, contradicts),
            build_grade_field(item.grade if item else None),
            _build_source_field(item.source if item else source, list_sources(metrics)),
            build_count_field(item.count if item else 1),
            _build_day_field(item.day if item else today),
            _build_link_field(item.link if item else link),
        ],
        private_metadata={
            "channel": canvas_info.channel_id,
            "canvas": canvas_info.id,
            "item": item.id if item else 0,
            "message": message_key,
        },
        submit_label="Save",
    )


def read_evidence_form(form: Form, message_key: str) -> EvidenceDraft:
    """Return the draft of a submitted form, unchecked."""
    return EvidenceDraft(
        form.read_text(QUOTE),
        form.read_text(SOURCE),
        read_grade(form),
        read_count(form),
        form.read_date(DAY) or date.max,
        _parse_ids(form.read_choices(SUPPORTS)),
        _parse_ids(form.read_choices(CONTRADICTS)),
        form.read_text(LINK).strip(),
        message_key,
    )


def filter_choices(metrics: CanvasMetrics, query: str) -> list[Option]:
    """Return options for the entries whose text contains the query; at most MAX_OPTIONS, Slack's limit."""
    entries = [entry for box in list_choices(metrics).values() for entry in box]
    matching = [entry for entry in entries if query.casefold() in entry.text.casefold()]
    return [_build_entry_option(entry) for entry in matching[:MAX_OPTIONS]]


def read_grade(form: Form) -> Grade:
    """Return the chosen grade; the lowest where a forged form has none."""
    name = form.read_choice(GRADE) or ""
    return Grade[name] if name in Grade.__members__ else Grade.SAID


def read_count(form: Form) -> int:
    """Return the number of people or cases; 0 where it is no whole number, or has too many digits."""
    count = form.read_text(COUNT)
    return int(count) if count.isdecimal() and len(count) <= len(str(MAX_COUNT)) else 0


def build_quote_field(quote: str) -> Block:
    """Return the field of what a customer said or did."""
    element = PlainTextInputElement(
        action_id=QUOTE,
        multiline=True,
        max_length=MAX_QUOTE_CHARACTERS,
        initial_value=quote[:MAX_QUOTE_CHARACTERS] or None,
    )
    return input_block(QUOTE, "What the customer said or did", element)


def build_grade_field(grade: Grade | None) -> Block:
    """Return the choice of a grade, each with one line."""
    options = {
        each: build_option(f"{capitalize(each.label)}: {description}", each.name)
        for each, description in GRADE_DESCRIPTIONS.items()
    }
    element = RadioButtonsElement(
        action_id=GRADE,
        options=list(options.values()),
        initial_option=options[grade] if grade is not None else None,
    )
    return input_block(GRADE, "What the customer gave", element)


def build_count_field(count: int) -> Block:
    """Return the field of the number of people or cases."""
    element = NumberInputElement(
        action_id=COUNT,
        is_decimal_allowed=False,
        min_value="1",
        max_value=str(MAX_COUNT),
        initial_value=str(count),
    )
    return input_block(COUNT, "How many people or cases", element)


def _build_entries_field(name: str, label: str, metrics: CanvasMetrics, chosen_ids: Iterable[int]) -> Block:
    """Return a menu of entries. Slack takes MAX_OPTIONS in a fixed list: more are looked up as one types."""
    chosen = [metrics.ranked[entry_id].entry for entry_id in chosen_ids if entry_id in metrics.ranked]
    initial_options = [_build_entry_option(entry) for entry in chosen] or None
    element: InputInteractiveElement
    if len(metrics.ranked) > MAX_OPTIONS:
        element = ExternalDataMultiSelectElement(
            action_id=name,
            placeholder="Type to find",
            min_query_length=0,
            initial_options=initial_options,
        )
    else:
        groups = [
            OptionGroup(
                label=capitalize(kind.spec.plural), options=[_build_entry_option(entry) for entry in box]
            )
            for kind, box in list_choices(metrics).items()
        ]
        element = StaticMultiSelectElement(
            action_id=name,
            placeholder="Choose entries",
            option_groups=groups,
            initial_options=initial_options,
        )
    return input_block(name, label, element, optional=True)


def _build_entry_option(entry: Entry) -> Option:
    return build_option(f"{capitalize(entry.kind.spec.singular)}: {entry.text}", str(entry.id))


def _build_source_field(source: str, known_sources: Sequence[str]) -> Block:
    element = PlainTextInputElement(
        action_id=SOURCE,
        max_length=MAX_SOURCE_CHARACTERS,
        initial_value=source[:MAX_SOURCE_CHARACTERS] or None,
        placeholder="Customer 7, June survey",
    )
    known = truncate(", ".join(known_sources[:MAX_SHOWN_SOURCES]), MAX_KNOWN_CHARACTERS)
    hint = f"Known: {known}" if known else "Who or what gave it. No names needed."
    return input_block(SOURCE, "Source", element, hint=hint)


def _build_day_field(day: date) -> Block:
    return input_block(DAY, "When", DatePickerElement(action_id=DAY, initial_date=day.isoformat()))


def _build_link_field(link: str) -> Block:
    element = UrlInputElement(action_id=LINK, initial_value=link or None)
    return input_block(LINK, "Link", element, optional=True)


def _parse_ids(values: Iterable[str]) -> tuple[int, ...]:
    return tuple(entry_id for value in values if (entry_id := parse_id(value)) is not None)
