"""What an import would do to a canvas: its new entries, the existing ones, and the errors. Pure."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.features.entries.drafts import MAX_ENTRIES_PER_CANVAS
from bot.features.entries.duplicates import find_similar
from bot.features.imports.missing import (
    NOTHING_LEFT_OUT,
    LeftOut,
    count_left_out,
    find_missing_evidence,
    find_missing_tests,
)
from bot.features.imports.parsed import (
    EntryKey,
    ParsedEntry,
    ParsedEvidence,
    ParsedReview,
    ParsedTest,
    ParseResult,
    find_entry_key,
    normalize_text,
    quote_text,
)
from bot.method.model import Canvas, Entry

MAX_COMPARISONS = 200_000  # of an entry of a file with one of the canvas; they take half a second


class SimilarChoice(StrEnum):
    """What becomes of the entries of a file that are similar to entries of the canvas."""

    LEAVE_OUT = "leave"
    REPLACE = "replace"  # the entry of the canvas gets the text of the file
    ADD = "add"


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """An import compared with a canvas. Entries are named by their index in the file.

    While there are errors, nothing may be added.
    """

    result: ParseResult
    # The canvas's entry that stands for one of the file, by index: the same, or a similar one.
    existing_ids: Mapping[int, int] = field(default_factory=dict)
    similar_texts: Mapping[int, str] = field(default_factory=dict)  # of the similar entry, by index
    new_texts: Mapping[int, str] = field(default_factory=dict)  # of entries of the canvas, by entry id
    product_ids: Mapping[str, int] = field(default_factory=dict)  # products of the canvas, by normalized text
    errors: tuple[str, ...] = ()
    evidence: tuple[ParsedEvidence, ...] = ()  # what comes; that without entries comes unlinked
    tests: tuple[ParsedTest, ...] = ()  # what comes
    left_out: LeftOut = NOTHING_LEFT_OUT

    @property
    def new_entries(self) -> dict[int, ParsedEntry]:
        """The entries that the canvas does not have yet, by index."""
        return {
            index: entry for index, entry in enumerate(self.result.entries) if index not in self.existing_ids
        }

    @property
    def adds_something(self) -> bool:
        """Whether the canvas would be another after the import."""
        return bool(self.new_entries or self.new_texts or self.evidence or self.tests)

    @property
    def is_ready(self) -> bool:
        """Whether there is something to add or to choose, and no error."""
        return not self.errors and bool(self.adds_something or self.result.unplaced or self.similar_texts)

    @property
    def reviews(self) -> tuple[ParsedReview, ...]:
        """The reviews of new offers. Existing offers keep the reviews that they have on the canvas."""
        return tuple(review for review in self.result.reviews if review.offer_index not in self.existing_ids)

    @property
    def vote_count(self) -> int:
        """The number of votes on new entries."""
        return sum(len(entry.votes) for entry in self.new_entries.values())

    @property
    def user_ids(self) -> frozenset[str]:
        """The members whose votes and reviews are imported."""
        voters = {user_id for entry in self.new_entries.values() for user_id in entry.votes}
        return frozenset(voters | {review.user_id for review in self.reviews})

    @property
    def fingerprint(self) -> str:
        """A hash of what the plan would do. A confirmed plan is carried out only if this has not changed."""
        effect = (
            self.result,
            sorted(self.existing_ids.items()),
            sorted(self.product_ids.items()),
            self.errors,
            self.evidence,
            self.tests,
        )
        return hashlib.sha256(repr(effect).encode("utf-8", "backslashreplace")).hexdigest()[:32]

    def resolve_deliveries(self, entry_ids: Mapping[int, int]) -> set[tuple[int, int]]:
        """Return pairs of an offer's id and the id of a product that delivers it.

        `entry_ids` are the ids of all entries of the file, by index.
        """
        indexes = _index_products(self.result)
        return {
            (
                entry_ids[index],
                entry_ids[product]
                if isinstance(product, int)
                else self._find_product_id(product, indexes, entry_ids),
            )
            for index, entry in self.new_entries.items()
            for product in entry.products
        }

    def _find_product_id(self, text: str, indexes: Mapping[str, int], entry_ids: Mapping[int, int]) -> int:
        """Return the id of the product with this text; one in the file takes precedence over the canvas."""
        key = normalize_text(text)
        return entry_ids[indexes[key]] if key in indexes else self.product_ids[key]


def plan_import(
    result: ParseResult,
    canvas: Canvas,
    *,
    similar_choice: SimilarChoice = SimilarChoice.LEAVE_OUT,
) -> ImportPlan:
    """Compare a file with a canvas.

    Entries that exist already are left as they are. What becomes of those that are similar to one is the
    user's choice.
    """
    ids_by_key: dict[EntryKey, int] = {}
    for entry in canvas.entries:
        ids_by_key.setdefault(find_entry_key(entry), entry.id)
    known_ids = {
        index: ids_by_key[key]
        for index, key in enumerate(map(find_entry_key, result.entries))
        if key in ids_by_key
    }
    similar = _find_similar_entries(result, canvas.entries, known_ids)
    similar_ids = {index: each.id for index, each in similar.items()}
    existing_ids = known_ids if similar_choice is SimilarChoice.ADD else known_ids | similar_ids
    new_texts = (
        _find_new_texts(result, similar_ids, {*known_ids.values()})
        if similar_choice is SimilarChoice.REPLACE
        else {}
    )
    named_products = {
        normalize_text(product)
        for entry in result.entries
        for product in entry.products
        if isinstance(product, str)
    }
    product_ids = {
        text: entry_id
        for (kind, text), entry_id in ids_by_key.items()
        if kind.is_product and text in named_products
    }
    errors = [*result.errors, *_find_unknown_products(result, product_ids)]
    total = len(canvas.entries) + len(result.entries) - len(existing_ids)
    if total > MAX_ENTRIES_PER_CANVAS:
        errors.append(
            f"The canvas would have {total:,} entries, and it holds {MAX_ENTRIES_PER_CANVAS:,} at most."
        )
    return ImportPlan(
        result,
        existing_ids,
        {index: each.text for index, each in similar.items()},
        new_texts,
        product_ids,
        tuple(errors),
        tuple(find_missing_evidence(result, canvas, existing_ids)),
        tuple(find_missing_tests(result.tests, canvas.tests, existing_ids)),
        count_left_out(result, canvas, known_ids),
    )


def _find_new_texts(
    result: ParseResult, similar_ids: Mapping[int, int], known_ids: Collection[int]
) -> dict[int, str]:
    """Return the text of the first similar entry of the file for each entry of the canvas.

    An entry of the canvas that the file has as it is, too, keeps its text.
    """
    texts: dict[int, str] = {}
    for index, entry_id in similar_ids.items():
        if entry_id not in known_ids:
            texts.setdefault(entry_id, result.entries[index].text)
    return texts


def _find_similar_entries(
    result: ParseResult, canvas_entries: Sequence[Entry], known_ids: Mapping[int, int]
) -> dict[int, Entry]:
    """Return the entry of the canvas to which each new one of the file is similar, by index.

    None is looked for where that would take longer than Slack waits.
    """
    if len(result.entries) * len(canvas_entries) > MAX_COMPARISONS:
        return {}
    found = {
        index: find_similar(entry.kind, entry.text, canvas_entries)
        for index, entry in enumerate(result.entries)
        if index not in known_ids
    }
    return {index: entry for index, entry in found.items() if entry}


def _find_unknown_products(result: ParseResult, product_ids: Mapping[str, int]) -> Iterable[str]:
    """Yield an error for each product that an offer names and that neither the file nor the canvas has."""
    available_products = {*product_ids, *_index_products(result)}
    for entry in result.entries:
        for product in entry.products:
            if isinstance(product, str) and normalize_text(product) not in available_products:
                problem = "no product says that, neither here nor on the canvas"
                yield f"{entry.location}: it is delivered by {quote_text(product)}, but {problem}."


def _index_products(result: ParseResult) -> dict[str, int]:
    """Return the index of each product of a file, by its normalized text; of duplicates the first."""
    indexes: dict[str, int] = {}
    for index, entry in enumerate(result.entries):
        if entry.kind.is_product:
            indexes.setdefault(normalize_text(entry.text), index)
    return indexes
