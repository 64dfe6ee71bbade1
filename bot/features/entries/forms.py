"""The forms of entries: add, edit, merge. Pure."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    CheckboxesElement,
    ExternalDataMultiSelectElement,
    ExternalDataSelectElement,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticMultiSelectElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement

from bot.features.entries.blocks import describe_duplicate
from bot.features.entries.drafts import MAX_LIST_LENGTH, MAX_TEXT_LENGTH
from bot.features.entries.duplicates import find_similar
from bot.features.entries.model import PossibleDuplicate, Support
from bot.method.kinds import KIND_SPECS, OTHER, Kind
from bot.method.model import Entry
from bot.slack.blockkit.builders import (
    MAX_OPTIONS,
    Block,
    View,
    build_modal,
    build_option,
    context_note,
    input_block,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, parse_id, truncate
from bot.slack.errors import UserError
from bot.slack.forms import OUTDATED_MESSAGE, Form
from bot.store.model import CanvasInfo, Card, Draft

ADD_CALLBACK_ID, EDIT_CALLBACK_ID, MERGE_CALLBACK_ID, DELETE_CALLBACK_ID = (
    "add_entry",
    "edit_entry",
    "merge_entry",
    "delete_entry",
)  # callback ids
KIND_ACTION_ID, PRODUCTS_ACTION_ID, TARGET_ACTION_ID = "kind", "products", "into"  # action ids
KEEP_VOTES, RESET_VOTES = "keep", "reset"  # values of a choice
KEEP_EVIDENCE, UNLINK_EVIDENCE = "keep", "unlink"  # values of a choice
MAX_PLACEHOLDER_LENGTH = 150  # characters; Slack's limit


def build_add_form(
    canvas_info: CanvasInfo,
    kind: Kind | None,
    products: Sequence[Entry],
    form_version: int = 0,
    added_text: str = "",
    *,
    text: str = "",
    source_link: str = "",
    duplicate: PossibleDuplicate | None = None,
    names_canvas: bool = False,
) -> View:
    """Return the form for a new entry. It can stay open for several; `form_version` counts them.

    `kind` is None until the member chooses one. `added_text` is the text of the entry that was just added.
    `text` and `source_link` come from the message on which the shortcut was used. `duplicate` is the
    submitted draft, if it is similar to an entry. `names_canvas` says that the channel has several canvases.
    """
    warning = (
        f":warning: {describe_duplicate(duplicate)} Press *Add* again to add yours all the same."
        if duplicate
        else ""
    )
    return build_modal(
        ADD_CALLBACK_ID,
        "Add an entry",
        [
            section_block(f":white_check_mark: Added: {escape(added_text)}") if added_text else None,
            section_block(warning) if warning else None,
            context_note(f"On *{escape(canvas_info.title)}*") if names_canvas else None,
            *_build_entry_fields(kind, products, None, form_version, text),
            _build_add_another_field(is_checked=bool(added_text)),
        ],
        private_metadata={
            "channel": canvas_info.channel_id,
            "canvas": canvas_info.id,
            "form_version": form_version,
            "source": source_link,
            "named": names_canvas,
            # Submitting this text again, unchanged, confirms it.
            "confirmed": duplicate.draft.text if duplicate else "",
        },
        submit_label="Add",
    )


def _build_add_another_field(*, is_checked: bool) -> Block:
    option = build_option("Add another after this one", "again")
    element = CheckboxesElement(
        action_id="again", options=[option], initial_options=[option] if is_checked else None
    )
    return input_block("again", "And then", element, optional=True)


def build_edit_form(
    card: Card, kind: Kind, products: Sequence[Entry], support: Support, warning: str = "", text: str = ""
) -> View:
    """Return the form for an existing entry; `text` replaces its text, and `warning` is shown at the top."""
    entry = card.entry
    return build_modal(
        EDIT_CALLBACK_ID,
        "Edit or move",
        [
            section_block(warning) if warning else None,
            *_build_entry_fields(kind, products, entry, card.version, text),
            None if support.vote_count == 0 else _build_votes_field(support.vote_count),
            _build_evidence_field(support.item_count) if support.item_count else None,
        ],
        private_metadata={
            "channel": card.channel_id,
            "canvas": card.canvas_id,
            "entry": entry.id,
            "version": card.version,
            "votes": support.vote_count,
            "evidence": support.item_count,
        },
        submit_label="Save",
    )


def build_conflict_form(
    card: Card, editor_name: str, draft: Draft, products: Sequence[Entry], support: Support
) -> View:
    """Return the edit form with this person's text and a warning that somebody else saved an edit first."""
    warning = (
        f":warning: {escape(editor_name)} changed this entry meanwhile to “{escape(card.entry.text)}”. "
        "Press *Save* again to put your text in its place."
    )
    return build_edit_form(card, draft.kind, products, support, warning, draft.text)


def build_merge_form(card: Card, others: Sequence[Entry]) -> View:
    """Return the form that asks which entry of the box stays. A similar one is preselected."""
    spec = card.entry.kind.spec
    similar = find_similar(card.entry.kind, card.entry.text, others)
    initial_option = build_option(similar.text, str(similar.id)) if similar else None
    select: InputInteractiveElement
    if len(others) > MAX_OPTIONS:
        select = ExternalDataSelectElement(
            action_id=TARGET_ACTION_ID,
            placeholder="Type to find",
            min_query_length=0,
            initial_option=initial_option,
        )
    else:
        select = StaticSelectElement(
            action_id=TARGET_ACTION_ID,
            placeholder="Choose",
            options=filter_options(others),
            initial_option=initial_option,
        )
    return build_modal(
        MERGE_CALLBACK_ID,
        "Merge into another",
        [
            section_block(f"{spec.icon} *{spec.singular.capitalize()}*\n{escape(card.entry.text)}"),
            input_block(TARGET_ACTION_ID, f"The {spec.singular} that stays", select),
            context_note(
                "Votes, marks and links go over to the one that stays. Who voted on both counts once, with "
                "the later vote."
            ),
        ],
        private_metadata={"channel": card.channel_id, "canvas": card.canvas_id, "entry": card.entry.id},
        submit_label="Merge",
    )


def build_delete_form(card: Card, note: str = "") -> View:
    """Return the form that asks whether an entry is deleted; `note` is shown at the top."""
    spec = card.entry.kind.spec
    return build_modal(
        DELETE_CALLBACK_ID,
        "Delete the entry",
        [
            section_block(note) if note else None,
            section_block(f"{spec.icon} *{capitalize(spec.singular)}*\n{escape(card.entry.text)}"),
            context_note("Its votes, marks and evidence count no more. *Undo* on its card brings it back."),
        ],
        private_metadata={"channel": card.channel_id, "canvas": card.canvas_id, "entry": card.entry.id},
        submit_label="Delete",
        close_label="Not now",
    )


def read_merge_target_id(form: Form) -> str:
    """Return the id of the entry that stays, as Slack sent it."""
    return form.read_choice(TARGET_ACTION_ID) or ""


def read_reset_votes(form: Form) -> bool:
    """Return whether the votes on an edited entry are reset."""
    return form.read_choice("votes") == RESET_VOTES


def read_unlinks_evidence(form: Form) -> bool:
    """Return whether the evidence on an edited entry is taken off it."""
    return form.read_choice("evidence") == UNLINK_EVIDENCE


def read_kind(value: str) -> Kind:
    """Return the kind with this value. Raises UserError if there is none."""
    if value not in {*Kind}:
        raise UserError(OUTDATED_MESSAGE)
    return Kind(value)


def read_draft_text(form: Form) -> str:
    """Return the typed text of the entry, unchecked."""
    return form.read_text(form.find_block_id("text"))


def read_entry_form(form: Form) -> tuple[Draft, str]:
    """Return the draft, unchecked, and the block id of its text field, which shows the errors.

    Raises UserError where no kind is chosen.
    """
    kind_value = form.read_choice("kind")
    if kind_value is None:
        raise UserError("Choose the kind below, too.")
    kind = read_kind(kind_value)
    category = form.read_choice(form.find_block_id("category"))
    block_id = form.find_block_id("text")
    product_ids = (parse_id(value) for value in form.read_choices(form.find_block_id(PRODUCTS_ACTION_ID)))
    products = tuple(product_id for product_id in product_ids if product_id is not None)
    return Draft(kind, form.read_text(block_id), category, products if kind.is_offer else ()), block_id


def wants_another(form: Form) -> bool:
    """Return whether the form stays open for another entry."""
    return bool(form.read_choices("again"))


def filter_options(entries: Sequence[Entry], query: str = "") -> list[Option]:
    """Return options for the entries whose text contains the query; at most MAX_OPTIONS, Slack's limit."""
    matching_entries = [entry for entry in entries if query.casefold() in entry.text.casefold()]
    return [build_option(entry.text, str(entry.id)) for entry in matching_entries[:MAX_OPTIONS]]


def _build_entry_fields(
    kind: Kind | None, products: Sequence[Entry], entry: Entry | None, form_version: int, text: str = ""
) -> list[Block | None]:
    """Return the fields of an entry, its text first; the chosen kind decides what else there is.

    When a view is updated, Slack keeps the value of a field whose block id is the same. So the block ids of
    fields that must be empty for the next entry contain the form's version.
    """
    return [
        _build_text_field(kind, entry, form_version, text),
        _build_kind_field(kind),
        _build_category_field(kind, entry, form_version) if kind else None,
        _build_products_field(products, entry, form_version) if kind and kind.is_offer and products else None,
    ]


def _build_text_field(kind: Kind | None, entry: Entry | None, form_version: int, text: str) -> Block:
    """Return the field of the text, which has the focus. One question of the kind stands in it until then."""
    max_length = MAX_TEXT_LENGTH if entry else MAX_LIST_LENGTH
    hints = [f"{capitalize(kind.spec.description)}."] if kind else []
    questions = (
        kind.spec.trigger_questions if kind else ("What does your customer need, or what do you offer?",)
    )
    element = PlainTextInputElement(
        action_id="text",
        placeholder=truncate(questions[form_version % len(questions)], MAX_PLACEHOLDER_LENGTH),
        initial_value=(text or (entry.text if entry else ""))[:max_length] or None,
        max_length=max_length,
        multiline=True,
        focus_on_load=True,
    )
    return input_block(
        f"text:{form_version}",
        f"The {kind.spec.singular if kind else 'entry'}",
        element,
        hint=" ".join([*hints, *([] if entry else ["One line is one entry: paste a list."])]),
    )


def _build_kind_field(kind: Kind | None) -> Block:
    options = {key: build_option(capitalize(spec.singular), key.value) for key, spec in KIND_SPECS.items()}
    element = StaticSelectElement(
        action_id=KIND_ACTION_ID,
        placeholder="Choose a box",
        options=list(options.values()),
        initial_option=options[kind] if kind else None,
    )
    return input_block(
        "kind", "Kind", element, dispatch_action=True
    )  # a change of the kind changes the other fields


def _build_category_field(kind: Kind, entry: Entry | None, form_version: int) -> Block:
    categories = [*kind.spec.categories, OTHER]
    category = entry.category if entry and entry.category in categories else None
    element = StaticSelectElement(
        action_id="category",
        placeholder="None",
        options=[build_option(each, each) for each in categories],
        initial_option=build_option(category, category) if category else None,
    )
    return input_block(f"category:{kind}:{form_version}", "Category", element, optional=True)


def _build_products_field(products: Sequence[Entry], entry: Entry | None, form_version: int) -> Block:
    chosen_products = [product for product in products if entry and product.id in entry.delivered_by]
    initial_options = filter_options(chosen_products) or None
    select: InputInteractiveElement
    if len(products) > MAX_OPTIONS:
        select = ExternalDataMultiSelectElement(
            action_id=PRODUCTS_ACTION_ID,
            placeholder="Type to find",
            min_query_length=0,
            initial_options=initial_options,
        )
    else:
        select = StaticMultiSelectElement(
            action_id=PRODUCTS_ACTION_ID,
            placeholder="None",
            options=filter_options(products),
            initial_options=initial_options,
        )
    return input_block(f"{PRODUCTS_ACTION_ID}:{form_version}", "Delivered by", select, optional=True)


def _build_votes_field(vote_count: int | None) -> Block:
    label = "Its votes are sealed" if vote_count is None else f"It has {count_noun(vote_count, 'vote')}"
    keep, reset = (KEEP_VOTES, "Keep the votes (same meaning)"), (RESET_VOTES, "Clear the votes")
    return _build_choice_field("votes", label, [keep, reset])


def _build_evidence_field(item_count: int) -> Block:
    label = f"It has {count_noun(item_count, 'item')} of evidence"
    keep = (KEEP_EVIDENCE, "Keep the evidence (same meaning)")
    return _build_choice_field("evidence", label, [keep, (UNLINK_EVIDENCE, "Take it off this entry")])


def _build_choice_field(name: str, label: str, choices: Sequence[tuple[str, str]]) -> Block:
    """Return radio buttons for these values and texts, of which the first is chosen."""
    options = [build_option(text, value) for value, text in choices]
    element = RadioButtonsElement(action_id=name, options=options, initial_option=options[0])
    return input_block(name, label, element)
