"""Build the form of a review step, and read the marks from it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from slack_sdk.models.blocks import CheckboxesElement, Option, OptionGroup, StaticMultiSelectElement

from bot.features.fit.blocks import format_some_entries
from bot.features.fit.model import ReviewSession, ReviewStep, SortKey
from bot.method.fit import NeedFit
from bot.method.kinds import NEED_KINDS
from bot.method.metrics import CanvasMetrics
from bot.method.model import Mark
from bot.method.review_questions import pick_review_question
from bot.slack.blockkit.builders import (
    MAX_OPTION_CHARACTERS,
    Block,
    View,
    action_button,
    actions_block,
    build_modal,
    build_option,
    context_note,
    input_block,
    section_block,
)
from bot.slack.blockkit.text import capitalize, escape, format_progress, parse_id, truncate
from bot.slack.errors import UserError
from bot.slack.forms import Form
from bot.store.model import CanvasInfo

REVIEW_FORM = "review"  # callback id
STRONG, PARTIAL = "strong", "partial"  # action ids; each block id appends the offer id and the page
OTHERS = "_others"  # follows the action id of the field for the needs that have no box to tick
SHOWN_NEEDS = 7  # that can be ticked without opening a menu, where there are more than Slack allows boxes
MAX_TICKED_NEEDS = 10  # Slack's limit of checkboxes
MAX_NAMED_PRODUCTS = 3


def build_review_form(
    canvas_info: CanvasInfo,
    metrics: CanvasMetrics,
    session: ReviewSession,
    step: ReviewStep,
    saved: Sequence[Block] = (),
    warning: str = "",
) -> View:
    """Return the form of a step, with a warning and the blocks of the offer saved before above it."""
    earlier = _describe_earlier_review(step)
    return build_modal(
        REVIEW_FORM,
        "Fit review",
        [
            section_block(f":warning: {warning}") if warning else None,
            *saved,
            context_note(_format_progress(step)),
            *_build_offer(step, metrics),
            context_note(earlier) if earlier else None,
            *_build_mark_fields(step, STRONG, "Fits strongly", Mark.STRONG),
            *_build_mark_fields(step, PARTIAL, "Fits partly", Mark.PARTIAL, "It helps a bit."),
            context_note("★ = must-have. Unmarked means it doesn't help."),
            actions_block(
                None if step.is_first else action_button("‹ Back", "review_step:back", "back"),
                action_button("Skip ›", "review_step:skip", "skip"),
                action_button("Helps nobody", "review_step:nothing", "nothing") if step.page == 0 else None,
            ),
        ],
        private_metadata=_build_private_metadata(canvas_info, session, step),
        submit_label="Save and finish" if step.is_last else "Save and next",
        close_label="Stop",
    )


def read_sort_key(private_metadata: Mapping[str, object]) -> SortKey | None:
    """Return the sort key of the form's last need; None on the last page."""
    match private_metadata.get("until"):
        case [str(score), int(kind_index), int(need_id)]:
            return Fraction(score), kind_index, need_id
        case _:
            return None


def read_marks(form: Form) -> dict[int, Mark]:
    """Return the marks by need id. Raises UserError if a need has two marks."""
    partial, strong = (
        _parse_ids(
            value
            for name in (action_id, f"{action_id}{OTHERS}")
            for value in form.read_choices(form.find_block_id(name))
        )
        for action_id in (PARTIAL, STRONG)
    )
    if partial & strong:
        raise UserError("A need is marked strongly and partly: keep it in one of the two.")
    return dict.fromkeys(partial, Mark.PARTIAL) | dict.fromkeys(strong, Mark.STRONG)


def read_shown_need_ids(view: Mapping[str, Any]) -> set[int]:
    """Return the ids of the needs that the form shows, since others may have been added meanwhile."""
    elements = [block.get("element") or {} for block in view["blocks"]]
    lists = [group for element in elements for group in (element, *(element.get("option_groups") or ()))]
    return _parse_ids(option["value"] for each in lists for option in each.get("options") or ())


def _build_private_metadata(
    canvas_info: CanvasInfo, session: ReviewSession, step: ReviewStep
) -> dict[str, Any]:
    last_key = step.last_sort_key
    return {
        "channel": canvas_info.channel_id,
        "canvas": canvas_info.id,
        "offer": step.entry.id,
        "page": step.page,
        "until": [str(last_key[0]), *last_key[1:]] if last_key else None,  # JSON has no fractions
        "again": session.is_repeat,
    }


def _format_progress(step: ReviewStep) -> str:
    progress = format_progress(step.reviewed, step.offer_number - 1)
    left = f"{step.offers_left} left" if step.offers_left else "all reviewed"
    part = f"needs, part {step.page + 1} of {step.page_count}" if step.page_count > 1 else ""
    parts = (f"*Offer {step.offer_number} of {step.offer_count}*", progress, left, part)
    return " · ".join(filter(None, parts))


def _build_offer(step: ReviewStep, metrics: CanvasMetrics) -> list[Block]:
    """Return the offer's text, its products, and a question about it."""
    entry, spec = step.entry, step.entry.kind.spec
    category = f" · {escape(entry.category)}" if entry.category else ""
    products = [
        metrics.ranked[product_id].entry for product_id in entry.delivered_by if product_id in metrics.ranked
    ]
    delivered = f"Delivered by {format_some_entries(products, MAX_NAMED_PRODUCTS)}. " if products else ""
    question = pick_review_question(entry.kind, entry.category, entry.id)
    return [
        section_block(f"{spec.icon} *{capitalize(spec.singular)}*{category}\n{escape(entry.text)}"),
        context_note(f"{delivered}{question}"),
        section_block("*Which needs does this really help with?*"),
    ]


def _describe_earlier_review(step: ReviewStep) -> str:
    if step.own_review is None:
        return ""
    marked = "your marks are filled in" if step.own_marks else "you said that it fits nothing"
    saved = "You saved the parts before this one" if step.page else "You reviewed this before"
    return f":pencil2: {saved}: {marked}."


def _sort_needs(step: ReviewStep) -> list[NeedFit]:
    """Return the needs of a step: must-haves first, then those of the kind that the offer is meant for."""
    own_kind = step.entry.kind.offer_spec.main_need_kind
    return sorted(
        step.needs, key=lambda need: (not need.ranked.must_have, need.ranked.entry.kind is not own_kind)
    )


def _build_mark_fields(
    step: ReviewStep, action_id: str, label: str, mark: Mark, hint: str = ""
) -> list[Block]:
    """Return the fields to give one mark: boxes to tick for the first needs, and a menu of the others."""
    needs = _sort_needs(step)
    ticked_count = len(needs) if len(needs) <= MAX_TICKED_NEEDS else SHOWN_NEEDS
    first, others = needs[:ticked_count], needs[ticked_count:]
    options = _build_need_options(step, first, has_icon=True)
    boxes = CheckboxesElement(
        action_id=action_id,
        options=[*options.values()],
        initial_options=_list_marked(step, options, mark),
    )
    # Slack keeps the input of a block id when a view is updated, so that each offer and page needs its own.
    suffix = f":{step.entry.id}:{step.page}"
    fields = [input_block(f"{action_id}{suffix}", label, boxes, hint=hint, optional=True)]
    if others:
        options = _build_need_options(step, others)
        menu = StaticMultiSelectElement(
            action_id=f"{action_id}{OTHERS}",
            placeholder="Choose what it helps with",
            option_groups=_group_by_kind(others, options),
            initial_options=_list_marked(step, options, mark),
        )
        fields.append(input_block(f"{action_id}{OTHERS}{suffix}", f"{label}: others", menu, optional=True))
    return fields


def _list_marked(step: ReviewStep, options: Mapping[int, Option], mark: Mark) -> list[Option] | None:
    """Return the options of the needs that have this mark; None without any, as Slack wants it."""
    return [option for need_id, option in options.items() if step.own_marks.get(need_id) is mark] or None


def _group_by_kind(needs: Sequence[NeedFit], options: Mapping[int, Option]) -> list[OptionGroup]:
    by_kind = {
        kind: [options[need.ranked.entry.id] for need in needs if need.ranked.entry.kind is kind]
        for kind in NEED_KINDS
    }
    return [
        OptionGroup(label=capitalize(kind.spec.plural), options=of_kind)
        for kind, of_kind in by_kind.items()
        if of_kind
    ]


def _build_need_options(
    step: ReviewStep, needs: Sequence[NeedFit], *, has_icon: bool = False
) -> dict[int, Option]:
    """Return needs as options by id, with the icon of their kind where no group says it.

    Their numbers in their box distinguish those whose shown texts are equal.
    """
    labels = {
        need.ranked.entry.id: truncate(_label_need(need, has_icon=has_icon), MAX_OPTION_CHARACTERS)
        for need in needs
    }
    counts, options = Counter(labels.values()), {}
    for need_id, label in labels.items():
        suffix = f" ({step.need_numbers[need_id]})" if counts[label] > 1 else ""
        shown = f"{truncate(label, MAX_OPTION_CHARACTERS - len(suffix))}{suffix}"
        options[need_id] = build_option(shown, str(need_id))
    return options


def _label_need(need: NeedFit, *, has_icon: bool) -> str:
    star = "★ " if need.ranked.must_have else ""
    icon = f"{need.ranked.entry.kind.spec.icon} " if has_icon else ""
    return f"{star}{icon}{need.ranked.entry.text}"


def _parse_ids(values: Iterable[str]) -> set[int]:
    return {need_id for value in values if (need_id := parse_id(value)) is not None}
