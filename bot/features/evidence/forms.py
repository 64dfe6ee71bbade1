"""The form of an item of evidence. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from slack_sdk.models.blocks import (
    CheckboxesElement,
    DatePickerElement,
    ExternalDataMultiSelectElement,
    NumberInputElement,
    Option,
    OptionGroup,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticMultiSelectElement,
    StaticSelectElement,
    UrlInputElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement

from bot.features.evidence.blocks import describe_item
from bot.features.evidence.model import (
    CANVAS,
    CONTRADICTS,
    COUNT,
    DAY,
    GRADE,
    GRADE_DESCRIPTIONS,
    LINK,
    MAX_COUNT,
    MAX_QUOTE_CHARACTERS,
    MAX_SOURCE_CHARACTERS,
    MAY_SEE,
    QUOTE,
    SOURCE,
    SUPPORTS,
    EvidenceSource,
    list_choices,
    list_sources,
)
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry, Grade
from bot.slack.blockkit.builders import (
    MAX_OPTIONS,
    Block,
    View,
    build_modal,
    build_option,
    input_block,
    section_block,
)
from bot.slack.blockkit.text import capitalize, escape, parse_id, truncate
from bot.slack.forms import Form
from bot.store.evidence import EvidenceDraft, EvidenceVersion
from bot.store.model import CanvasInfo

EVIDENCE_FORM = "evidence"  # callback id
EVIDENCE_CANVAS = "evidence_canvas"  # action id
MAX_SHOWN_SOURCES = 5
MAX_KNOWN_CHARACTERS = 150  # of the known sources, in the hint


def build_evidence_form(
    canvas_info: CanvasInfo,
    metrics: CanvasMetrics,
    draft: EvidenceDraft,
    *,
    edited: EvidenceVersion | None = None,
    source: EvidenceSource | None = None,
    warning: str = "",
) -> View:
    """Return the form with the values of a draft.

    `edited` is the item that it changes, None for a new one. `source` is the message that a new one is made
    of. A warning stands at the top.
    """
    canvases = source.canvases if source else ()
    is_private = source is not None and source.is_private
    return build_modal(
        EVIDENCE_FORM,
        "Change evidence" if edited else "Add evidence",
        [
            section_block(f":warning: {warning}") if warning else None,
            _build_canvas_field(canvas_info, canvases) if canvases else None,
            *(_build_private_blocks(canvas_info) if is_private else ()),
            build_quote_field(draft.quote),
            _build_entries_field(SUPPORTS, "It supports", canvas_info, metrics, draft.supports),
            _build_entries_field(CONTRADICTS, "It contradicts", canvas_info, metrics, draft.contradicts),
            build_grade_field(draft.grade if edited else None),
            _build_source_field(draft.source, list_sources(metrics)),
            build_count_field(draft.count),
            _build_day_field(draft.day),
            _build_link_field(draft.link),
        ],
        private_metadata={
            "channel": canvas_info.channel_id,
            "canvas": canvas_info.id,
            "item": edited.item.id if edited else 0,
            "version": edited.version if edited else 0,
            "message": source.key if source else "",
            "private": is_private,
        },
        submit_label="Save",
    )


def build_conflict_form(
    canvas_info: CanvasInfo, metrics: CanvasMetrics, draft: EvidenceDraft, current: EvidenceVersion
) -> View:
    """Return the form with this person's values, and a warning with those that somebody else saved first."""
    warning = (
        f"Somebody changed this evidence meanwhile to {describe_item(current.item, metrics)}. "
        "Press *Save* again to put yours in its place."
    )
    return build_evidence_form(canvas_info, metrics, draft, edited=current, warning=warning)


def read_evidence_form(form: Form, message_key: str) -> EvidenceDraft:
    """Return the draft of a submitted form, unchecked."""
    return EvidenceDraft(
        form.read_text(QUOTE),
        form.read_text(SOURCE),
        read_grade(form),
        read_count(form),
        form.read_date(DAY) or date.max,
        _parse_ids(form.read_choices(form.find_block_id(SUPPORTS))),
        _parse_ids(form.read_choices(form.find_block_id(CONTRADICTS))),
        form.read_text(LINK).strip(),
        message_key,
    )


def is_sharing_confirmed(form: Form) -> bool:
    """Return whether the member says that others may see the words of a private message."""
    return bool(form.read_choices(MAY_SEE))


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


def _build_canvas_field(canvas_info: CanvasInfo, canvases: Sequence[CanvasInfo]) -> Block:
    """Return the menu of canvases. A choice changes the entries in the form."""
    options = {each.id: build_option(each.title, str(each.id)) for each in canvases[:MAX_OPTIONS]}
    element = StaticSelectElement(
        action_id=EVIDENCE_CANVAS, options=[*options.values()], initial_option=options.get(canvas_info.id)
    )
    return input_block(CANVAS, "Value map", element, dispatch_action=True)


def _build_private_blocks(canvas_info: CanvasInfo) -> list[Block]:
    """Return what is asked before the words of a private message are shown to others."""
    text = (
        ":lock: This message is from a private conversation. Everybody in "
        f"<#{canvas_info.channel_id}> will see its words on *{escape(canvas_info.title)}*."
    )
    option = build_option("They may see these words", MAY_SEE)
    element = CheckboxesElement(action_id=MAY_SEE, options=[option])
    return [section_block(text), input_block(MAY_SEE, "Is that all right?", element)]


def _build_entries_field(
    name: str, label: str, canvas_info: CanvasInfo, metrics: CanvasMetrics, chosen_ids: Iterable[int]
) -> Block:
    """Return a menu of entries. Slack takes MAX_OPTIONS in a fixed list: more are looked up as one types.

    Slack keeps what is chosen while the id of the block is the same, so each canvas has its own.
    """
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
    return input_block(f"{name}:{canvas_info.id}", label, element, optional=True)


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
