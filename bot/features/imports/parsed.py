"""The entries and reviews that are parsed from a file or pasted text, and the errors in it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.emoji_names import replace_emoji_codes
from bot.features.entries.drafts import MAX_TEXT_LENGTH
from bot.method.kinds import KIND_SPECS, OTHER, Kind, find_kind, suggest_kind
from bot.method.model import Decision, Entry, Grade, Mark, Result, Terms
from bot.slack.blockkit.text import sanitize, truncate

# An import is one transaction, and its preview has to be ready within Slack's three seconds.
MAX_ENTRIES_PER_FILE = 2_000
MAX_VOTES_PER_FILE = 50_000
MAX_REVIEWS_PER_FILE = 10_000
MAX_EVIDENCE_PER_FILE = 10_000
MAX_TESTS_PER_FILE = 2_000
MAX_QUOTED_LENGTH = 60  # characters of a file's text in an error message

KIND_NAMES = ", ".join(spec.singular for spec in KIND_SPECS.values())
NO_ENTRIES = "There is no entry in it: write for example “pain: waiting takes an hour”."
EntryKey = tuple[Kind, str]
DELIVERY_NOT_ALLOWED = "only pain relievers and gain creators are delivered by products."


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """An entry as the file describes it."""

    location: str  # "Line 3", "Entry 3"
    kind: Kind
    text: str
    category: str | None = None
    # The products that deliver it: an index among the file's entries, or the text of a product.
    products: tuple[int | str, ...] = ()
    author_id: str | None = None
    created_at: datetime | None = None
    votes: Mapping[str, int] = field(default_factory=dict)  # levels by user id


@dataclass(frozen=True, slots=True)
class ParsedReview:
    """A member's review of an offer. Entries are named by their index among the file's entries."""

    offer_index: int
    user_id: str
    marks: Mapping[int, Mark]  # by the index of the need


@dataclass(frozen=True, slots=True)
class ParsedEvidence:
    """An item of evidence. Entries are named by their index among the file's entries."""

    quote: str
    source: str
    grade: Grade
    count: int
    day: date
    link: str
    recorder_id: str | None  # None for the user who imports it
    supports: tuple[int, ...]
    contradicts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ParsedTest:
    """A test of an assumption. Its entry is named by its index among the file's entries."""

    entry_index: int | None  # None for an entry that was deleted
    belief: str
    terms: Terms  # the owner is "" for the user who imports it
    result: Result | None = None
    decision: Decision | None = None  # the decider is "" for the user who imports it


@dataclass(frozen=True, slots=True)
class UnplacedText:
    """A text for which the file names no kind."""

    location: str
    text: str


@dataclass(frozen=True, slots=True)
class ParseResult:
    """The content of a file. If there are errors, entries are missing."""

    entries: tuple[ParsedEntry, ...] = ()
    reviews: tuple[ParsedReview, ...] = ()
    evidence: tuple[ParsedEvidence, ...] = ()
    tests: tuple[ParsedTest, ...] = ()
    unplaced: tuple[UnplacedText, ...] = ()
    errors: tuple[str, ...] = ()  # one sentence each, with its location; not escaped
    warnings: tuple[str, ...] = ()  # what the import changes or leaves out; not escaped
    is_evidence_alone: bool = False  # entries are only named, and may have other evidence already


def normalize_text(text: str) -> str:
    """Return a text for comparisons: sanitized, without upper case, and with emoji for their codes."""
    return sanitize(replace_emoji_codes(text)).casefold()


def find_entry_key(entry: ParsedEntry | Entry) -> EntryKey:
    """Return what is the same for two entries of one box that differ only in case and spacing."""
    return entry.kind, normalize_text(entry.text)


def quote_text(text: str) -> str:
    """Return a text of the file for an error message: truncated, in quotation marks, not escaped."""
    return f"“{truncate(sanitize(text), MAX_QUOTED_LENGTH)}”"


class Collector:
    """Collects the entries of a file, and the errors that the checks of all formats find.

    `box` is the kind that the user chose for texts without one.
    """

    def __init__(self, box: Kind | None = None, *, allow_duplicates: bool = False) -> None:
        self.entries: list[ParsedEntry] = []
        self.unplaced: list[UnplacedText] = []
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self._box = box
        self._allow_duplicates = allow_duplicates
        self._first_locations: dict[EntryKey, str] = {}

    def read_kind(self, location: str, name: str) -> Kind | None:
        """Return the kind with this name; without one, record an error and return None."""
        kind = find_kind(name)
        if kind is None:
            problem = f"{quote_text(name)} is no kind of entry" if sanitize(name) else "no kind is named"
            similar = suggest_kind(name)
            help_text = f"did you mean “{similar.spec.singular}”?" if similar else f"there are {KIND_NAMES}."
            self.errors.append(f"{location}: {problem}; {help_text}")
        return kind

    def add_entry(
        self,
        location: str,
        kind: Kind,
        text: str,
        category: str | None = None,
        *,
        products: tuple[int | str, ...] = (),
        author_id: str | None = None,
        created_at: datetime | None = None,
        votes: Mapping[str, int] | None = None,
    ) -> None:
        """Add an entry, or record an error if its text is empty, too long or a duplicate."""
        sanitized = sanitize(text)
        if not sanitized:
            self.errors.append(f"{location}: there is no text to see.")
        elif len(sanitized) > MAX_TEXT_LENGTH:
            problem = f"{quote_text(sanitized)} has {len(sanitized):,} characters"
            self.errors.append(f"{location}: {problem}, and an entry has up to {MAX_TEXT_LENGTH}.")
        else:
            matching_category = self._match_category(location, kind, category or "")
            self._append(
                ParsedEntry(
                    location, kind, sanitized, matching_category, products, author_id, created_at, votes or {}
                )
            )

    def place_text(self, location: str, kind: Kind | None, text: str) -> None:
        """Add an entry of this kind or, without one, of the chosen box; without both, keep it as unplaced."""
        if placed_kind := kind or self._box:
            self.add_entry(location, placed_kind, text)
        elif sanitized := sanitize(text):
            self.unplaced.append(UnplacedText(location, sanitized))

    def _append(self, entry: ParsedEntry) -> None:
        first_location = self._first_locations.setdefault(find_entry_key(entry), entry.location)
        problem = f"{entry.location}: {quote_text(entry.text)} says the same as {first_location.lower()}"
        if first_location != entry.location and not self._allow_duplicates:
            self.errors.append(f"{problem}: take one of them out.")
            return
        if first_location != entry.location:
            self.warnings.append(f"{problem}; both are kept.")
        self.entries.append(entry)

    def _match_category(self, location: str, kind: Kind, name: str) -> str | None:
        """Return the category of this kind with this name; without one, record a warning and return None."""
        normalized_name = normalize_text(name)
        spec = kind.spec
        matching_category = next(
            (category for category in (*spec.categories, OTHER) if category == normalized_name), None
        )
        if normalized_name and matching_category is None:
            problem = f"{quote_text(name)} is no category of {spec.plural}"
            self.warnings.append(f"{location}: {problem}, so it comes without one.")
        return matching_category

    def build_result(
        self,
        reviews: tuple[ParsedReview, ...] = (),
        evidence: tuple[ParsedEvidence, ...] = (),
        tests: tuple[ParsedTest, ...] = (),
    ) -> ParseResult:
        """Return the collected entries, errors and warnings, and an error for each exceeded limit."""
        errors = [*self.errors]
        vote_count = sum(len(entry.votes) for entry in self.entries)
        for number, limit, plural in (
            (len(self.entries), MAX_ENTRIES_PER_FILE, "entries"),
            (vote_count, MAX_VOTES_PER_FILE, "votes"),
            (len(reviews), MAX_REVIEWS_PER_FILE, "reviews"),
            (len(evidence), MAX_EVIDENCE_PER_FILE, "items of evidence"),
            (len(tests), MAX_TESTS_PER_FILE, "tests"),
        ):
            if number > limit:
                errors.append(
                    f"There are {number:,} {plural}, and I take {limit:,} at most: import it in parts."
                )
        if not (self.entries or self.unplaced or evidence or tests or errors):
            errors.append(NO_ENTRIES)
        return ParseResult(
            tuple(self.entries),
            reviews,
            evidence,
            tests,
            tuple(self.unplaced),
            tuple(errors),
            tuple(self.warnings),
        )


def fail_parsing(error: str) -> ParseResult:
    """Return the result for a file that cannot be read at all."""
    return ParseResult(errors=(error,))
