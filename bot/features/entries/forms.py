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
from bot.features.entries.drafts import MAX_TEXT_LENGTH
from bot.features.entries.duplicates import find_similar
from bot.features.entries.model import PossibleDuplicate
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

ADD, EDIT, MERGE = "add_entry", "edit_entry", "merge_entry"  # callback ids
KIND, PRODUCTS, INTO = "kind", "products", "into"  # action ids
KEEP_VOTES, RESET_VOTES = "keep", "reset"  # values of a choice
MAX_PLACEHOLDER_LENGTH = 150  # characters; Slack's limit


def build_add_form(
    info: CanvasInfo,
    kind: Kind,
    products: Sequence[Entry],
    form_version: int = 0,
    added_text: str = "",
    *,
    text: str = "",
    source_link: str = "",
    duplicate: PossibleDuplicate | None = None,
) -> View:
    """Return the form for a new entry. It can stay open for several; `form_version` counts them.

    `added_text` is the entry that was just added. `text` and `source_link` are those of the message that the
    entry is made of. A `duplicate` is the draft that was submitted and is similar to an entry.
    """
    warning = (
        f":warning: {describe_duplicate(duplicate)} Press *Add* again to add yours all the same."
        if duplicate
        else ""
    )
    return build_modal(
        ADD,
        "Add an entry",
        [
            section_block(f":white_check_mark: Added: {escape(added_text)}") if added_text else None,
            section_block(warning) if warning else None,
            *_entry_fields(kind, products, None, form_version, text),
            _add_another_field(is_checked=bool(added_text)),
        ],
        private_metadata={
            "channel": info.channel_id,
            "canvas": info.id,
            "form_version": form_version,
            "source": source_link,
            "confirmed": duplicate.draft.text if duplicate else "",
        },
        submit_label="Add",
    )


def _add_another_field(*, is_checked: bool) -> Block:
    option = build_option("Add another after this one", "again")
    element = CheckboxesElement(
        action_id="again", options=[option], initial_options=[option] if is_checked else None
    )
    return input_block("again", "And then", element, optional=True)


def build_edit_form(
    card: Card, kind: Kind, products: Sequence[Entry], vote_count: int, warning: str = "", text: str = ""
) -> View:
    """Return the form for an existing entry; `text` replaces the entry's own, and `warning` comes first."""
    entry = card.entry
    return build_modal(
        EDIT,
        "Edit or move",
        [
            section_block(warning) if warning else None,
            *_entry_fields(kind, products, entry, card.version, text),
            _votes_field(vote_count) if vote_count else None,
        ],
        private_metadata={
            "channel": card.channel_id,
            "canvas": card.canvas_id,
            "entry": entry.id,
            "version": card.version,
            "votes": vote_count,
        },
        submit_label="Save",
    )


def build_conflict_form(
    card: Card, editor_name: str, draft: Draft, products: Sequence[Entry], vote_count: int
) -> View:
    """Return the edit form again, with what this person typed, after somebody else's edit came first."""
    warning = (
        f":warning: {escape(editor_name)} changed this entry meanwhile to “{escape(card.entry.text)}”. "
        "Press *Save* again to put your text in its place."
    )
    return build_edit_form(card, draft.kind, products, vote_count, warning, draft.text)


def build_merge_form(card: Card, others: Sequence[Entry]) -> View:
    """Return the form that asks which entry of the box stays. A similar one is chosen at first."""
    spec = card.entry.kind.spec
    similar = find_similar(card.entry.kind, card.entry.text, others)
    initial_option = build_option(similar.text, str(similar.id)) if similar else None
    select: InputInteractiveElement
    if len(others) > MAX_OPTIONS:
        select = ExternalDataSelectElement(
            action_id=INTO, placeholder="Type to find", min_query_length=0, initial_option=initial_option
        )
    else:
        select = StaticSelectElement(
            action_id=INTO,
            placeholder="Choose",
            options=filter_options(others),
            initial_option=initial_option,
        )
    return build_modal(
        MERGE,
        "Merge into another",
        [
            section_block(f"{spec.icon} *{spec.singular.capitalize()}*\n{escape(card.entry.text)}"),
            input_block(INTO, f"The {spec.singular} that stays", select),
            context_note(
                "Its votes, marks and links go over to the one that stays: who voted on both counts once, "
                "with the higher vote. *Undo* is on its card."
            ),
        ],
        private_metadata={"channel": card.channel_id, "canvas": card.canvas_id, "entry": card.entry.id},
        submit_label="Merge",
    )


def read_merge_target(form: Form) -> str:
    """Return the id of the entry that stays, as Slack sent it."""
    return form.read_choice(INTO) or ""


def read_reset_votes(form: Form) -> bool:
    """Say whether the votes on an edited entry are reset."""
    return form.read_choice("votes") == RESET_VOTES


def read_kind(value: str) -> Kind:
    """Return the kind that was chosen. Raises UserError if there is none of that name."""
    if value not in {*Kind}:
        raise UserError(OUTDATED_MESSAGE)
    return Kind(value)


def read_draft_text(form: Form) -> str:
    """Return the text of the entry, unchecked."""
    return form.read_text(form.find_block_id("text"))


def read_entry_form(form: Form) -> tuple[Draft, str]:
    """Return the entry as filled in, unchecked, and the block id of its text, where its errors belong."""
    kind = read_kind(form.read_choice("kind") or Kind.JOB)
    category = form.read_choice(form.find_block_id("category"))
    block_id = form.find_block_id("text")
    product_ids = (parse_id(value) for value in form.read_choices(form.find_block_id(PRODUCTS)))
    products = tuple(product_id for product_id in product_ids if product_id is not None)
    return Draft(kind, form.read_text(block_id), category, products if kind.is_offer else ()), block_id


def wants_another(form: Form) -> bool:
    """Say whether the form stays open for another entry."""
    return bool(form.read_choices("again"))


def filter_options(entries: Sequence[Entry], query: str = "") -> list[Option]:
    """Return options for the entries whose text contains what was typed, as many as Slack allows."""
    found = [entry for entry in entries if query.casefold() in entry.text.casefold()]
    return [build_option(entry.text, str(entry.id)) for entry in found[:MAX_OPTIONS]]


def _entry_fields(
    kind: Kind, products: Sequence[Entry], entry: Entry | None, form_version: int, text: str = ""
) -> list[Block | None]:
    """Return the fields of an entry.

    Slack keeps what was filled in while the id of a block stays the same, so ids contain the form's version
    wherever the next entry must begin with an empty field.
    """
    spec = kind.spec
    return [
        _kind_field(kind),
        input_block(
            f"text:{form_version}",
            f"The {spec.singular}",
            PlainTextInputElement(
                action_id="text",
                placeholder=truncate(spec.example, MAX_PLACEHOLDER_LENGTH),
                initial_value=(text or (entry.text if entry else ""))[:MAX_TEXT_LENGTH] or None,
                max_length=MAX_TEXT_LENGTH,
                multiline=True,
            ),
            hint=f"{capitalize(spec.description)}.",
        ),
        context_note("*To get going:* " + " · ".join(spec.trigger_questions)),
        _category_field(kind, entry, form_version),
        _products_field(products, entry, form_version) if kind.is_offer and products else None,
    ]


def _kind_field(kind: Kind) -> Block:
    options = {key: build_option(capitalize(spec.singular), key.value) for key, spec in KIND_SPECS.items()}
    element = StaticSelectElement(
        action_id=KIND, options=list(options.values()), initial_option=options[kind]
    )
    return input_block("kind", "Kind", element, dispatch_action=True)  # another kind has other fields


def _category_field(kind: Kind, entry: Entry | None, form_version: int) -> Block:
    categories = [*kind.spec.categories, OTHER]
    category = entry.category if entry and entry.category in categories else None
    element = StaticSelectElement(
        action_id="category",
        placeholder="None",
        options=[build_option(each, each) for each in categories],
        initial_option=build_option(category, category) if category else None,
    )
    return input_block(f"category:{kind}:{form_version}", "Category", element, optional=True)


def _products_field(products: Sequence[Entry], entry: Entry | None, form_version: int) -> Block:
    chosen = [product for product in products if entry and product.id in entry.delivered_by]
    initial_options = filter_options(chosen) or None
    select: InputInteractiveElement
    if len(products) > MAX_OPTIONS:
        select = ExternalDataMultiSelectElement(
            action_id=PRODUCTS,
            placeholder="Type to find",
            min_query_length=0,
            initial_options=initial_options,
        )
    else:
        select = StaticMultiSelectElement(
            action_id=PRODUCTS,
            placeholder="None",
            options=filter_options(products),
            initial_options=initial_options,
        )
    return input_block(f"{PRODUCTS}:{form_version}", "Delivered by", select, optional=True)


def _votes_field(vote_count: int) -> Block:
    keep = build_option("They stand: it means the same", KEEP_VOTES)
    reset = build_option("They start anew", RESET_VOTES)
    element = RadioButtonsElement(action_id="votes", options=[keep, reset], initial_option=keep)
    return input_block("votes", f"It has {count_noun(vote_count, 'vote')}", element)
