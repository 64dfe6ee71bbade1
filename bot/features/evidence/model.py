"""An item of evidence as a form gives it, its limits, and the words of its grades. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.method.kinds import Kind
from bot.method.merging import Merges, replace_merged
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry, Evidence, Grade
from bot.slack.blockkit.text import is_web_address, sanitize
from bot.slack.forms import raise_first_problem
from bot.store.evidence import EvidenceDraft, EvidenceVersion
from bot.store.model import CanvasInfo

CANVAS, MAY_SEE = "canvas", "may_see"  # fields of a message from another conversation
SUPPORTS, CONTRADICTS = "supports", "contradicts"  # fields of the form
QUOTE, SOURCE, GRADE, COUNT, DAY, LINK = "quote", "source", "grade", "count", "day", "link"
MAX_QUOTE_CHARACTERS = 500
MAX_SOURCE_CHARACTERS = 80
MAX_COUNT = 10**9
ON_BOTH_SIDES = "An entry cannot be supported and contradicted by the same evidence."
GRADE_DESCRIPTIONS = {
    Grade.SAID: "an opinion, a wish, a survey answer, an expert's word",
    Grade.TOLD: "something lived, told by who lived it",
    Grade.DID: "behaviour that was seen or measured",
    Grade.PAID: "money, a contract, a switch, weeks of own time",
}


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """The evidence of a canvas, or of one of its entries, with what its list shows."""

    canvas_info: CanvasInfo
    metrics: CanvasMetrics
    entry: Entry | None  # None for the whole canvas
    user_id: str

    @property
    def items(self) -> Sequence[Evidence]:
        """The items, the newest first."""
        items = self.metrics.canvas.evidence
        if self.entry is not None:
            items = tuple(item for item in items if self.entry.id in (*item.supports, *item.contradicts))
        return sorted(items, key=lambda item: (item.day, item.id), reverse=True)

    def may_change(self, item: Evidence) -> bool:
        """Return whether the canvas's settings let the member change an item."""
        settings = self.canvas_info.settings
        return settings.may_edit(self.user_id, item.recorder_id, self.canvas_info.starter_id)


@dataclass(frozen=True, slots=True)
class EvidenceSource:
    """The message that an item is recorded from."""

    key: str  # its channel id and ts
    canvases: Sequence[CanvasInfo] = ()  # that it can be evidence for; empty if its channel has one
    is_private: bool = False  # whether people see the canvas who do not see the message


@dataclass(frozen=True, slots=True)
class ConflictingChange:
    """A change of an item that somebody else saved after the form was opened."""

    current: EvidenceVersion


def build_blank_draft(day: date, entry_ids: Sequence[int] = ()) -> EvidenceDraft:
    """Return a draft with the values that a new form has; it supports these entries."""
    return EvidenceDraft("", "", Grade.SAID, 1, day, tuple(entry_ids), ())


def to_draft(item: Evidence) -> EvidenceDraft:
    """Return the values of an item."""
    return EvidenceDraft(
        item.quote, item.source, item.grade, item.count, item.day, item.supports, item.contradicts, item.link
    )


def apply_merges_to_draft(draft: EvidenceDraft, merges: Merges) -> EvidenceDraft:
    """Return the draft with merge targets for the entries that were merged into them, each once."""
    supports, contradicts = (replace_merged(side, merges) for side in (draft.supports, draft.contradicts))
    return replace(draft, supports=supports, contradicts=contradicts)


def check_draft(draft: EvidenceDraft, today: date) -> EvidenceDraft:
    """Return the draft with its texts sanitized.

    Raises InvalidInput for the first field that is missing or wrong.
    """
    quote, source = sanitize(draft.quote), sanitize(draft.source)
    problems = (
        (not quote, QUOTE, "Write what the customer said or did."),
        (
            not draft.supports and not draft.contradicts,
            SUPPORTS,
            "Choose at least one entry that it supports or contradicts.",
        ),
        (
            bool({*draft.supports} & {*draft.contradicts}),
            CONTRADICTS,
            ON_BOTH_SIDES,
        ),
        (not source, SOURCE, "Say who or what it comes from, for example “Customer 7”."),
        (not 1 <= draft.count <= MAX_COUNT, COUNT, "The number of people or cases is 1 or more."),
        (draft.day > today, DAY, "That day has not come yet."),
        (
            bool(draft.link) and not is_web_address(draft.link),
            LINK,
            "That is no web address such as https://example.com.",
        ),
    )
    raise_first_problem(problems)
    return replace(draft, quote=quote[:MAX_QUOTE_CHARACTERS], source=source[:MAX_SOURCE_CHARACTERS])


def list_choices(metrics: CanvasMetrics) -> dict[Kind, list[Entry]]:
    """Return the entries that evidence can be about, needs first, each box in rank order."""
    kinds = sorted(Kind, key=lambda kind: not kind.is_need)
    return {kind: [ranked.entry for ranked in metrics.boxes[kind]] for kind in kinds if metrics.boxes[kind]}


def list_sources(metrics: CanvasMetrics) -> list[str]:
    """Return the sources that are known on a canvas, the latest first, each once."""
    return list(dict.fromkeys(item.source for item in reversed(metrics.canvas.evidence)))
