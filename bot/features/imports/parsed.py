"""What is found in a file or in pasted text, and what is wrong with it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.features.entries.drafts import TEXT
from bot.method.kinds import ABOUT, OTHER, Kind, kind_named
from bot.method.model import Mark
from bot.slack.blockkit.text import clean, cut

ENTRIES, VOTES, REVIEWS = 2_000, 50_000, 10_000  # of one file


@dataclass(frozen=True, slots=True)
class Found:
    """An entry as a file has it."""

    place: str  # "Line 3", "Entry 3"
    kind: Kind
    text: str
    category: str | None = None
    products: tuple[int | str, ...] = ()  # what delivers it: its place among the file's entries, or its text
    author: str | None = None
    created_at: datetime | None = None
    votes: Mapping[str, int] = field(default_factory=dict)

    @property
    def key(self) -> tuple[Kind, str]:
        """What is the same for two entries that say the same."""
        return self.kind, key_of(self.text)


@dataclass(frozen=True, slots=True)
class FoundReview:
    """A member's review of an offer; entries by their place in the file."""

    offer: int
    member: str
    marks: Mapping[int, Mark]


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a file says. Where anything is wrong, the entries are not all there."""

    entries: tuple[Found, ...] = ()
    reviews: tuple[FoundReview, ...] = ()
    wrong: tuple[str, ...] = ()  # one sentence each, with its place; nothing in them is escaped
    notes: tuple[str, ...] = ()  # what is taken in another way than it stands there


def key_of(text: str) -> str:
    return clean(text).casefold()


class Gathering:
    """Takes entries one by one, checks what every format has in common, and keeps what is wrong."""

    def __init__(self, *, twins: bool = False) -> None:
        self.entries: list[Found] = []
        self.wrong: list[str] = []
        self.notes: list[str] = []
        self._twins = twins  # whether two entries may say the same
        self._places: dict[tuple[Kind, str], str] = {}

    def kind(self, place: str, words: str) -> Kind | None:
        """Return the kind with this name; where there is none, that is wrong."""
        named = kind_named(words)
        if named is None:
            said = clean(words)
            what = f"“{cut(said, 60)}” is no kind of entry" if said else "no kind is named"
            self.wrong.append(f"{place}: {what}; there are {KINDS}.")
        return named

    def add(
        self,
        place: str,
        kind: Kind,
        text: str,
        category: str | None = None,
        *,
        products: tuple[int | str, ...] = (),
        author: str | None = None,
        created_at: datetime | None = None,
        votes: Mapping[str, int] | None = None,
    ) -> None:
        """Take an entry, or keep what is wrong with it."""
        line = clean(text)
        if not line:
            self.wrong.append(f"{place}: there is no text to see.")
        elif len(line) > TEXT:
            has = f"“{cut(line, 60)}” has {len(line):,} characters"
            self.wrong.append(f"{place}: {has}, and an entry has up to {TEXT}.")
        else:
            sort = self._category(place, kind, category or "")
            self._take(Found(place, kind, line, sort, products, author, created_at, votes or {}))

    def _take(self, found: Found) -> None:
        first = self._places.setdefault(found.key, found.place)
        same = f"{found.place}: “{cut(found.text, 60)}” says the same as {first.lower()}"
        if first != found.place and not self._twins:
            self.wrong.append(f"{same}: take one of them out.")
            return
        if first != found.place:
            self.notes.append(f"{same}; both are kept.")
        self.entries.append(found)

    def _category(self, place: str, kind: Kind, words: str) -> str | None:
        """Return the category of this kind with this name; none, with a note, where there is no such one."""
        wanted = clean(words).casefold()
        known = next((each for each in (*ABOUT[kind].categories, OTHER) if each == wanted), None)
        if wanted and known is None:
            said, plural = cut(clean(words), 60), ABOUT[kind].plural
            self.notes.append(f"{place}: “{said}” is no category of {plural}, so it comes without one.")
        return known

    def reading(self, reviews: tuple[FoundReview, ...] = ()) -> Reading:
        """Return all that was taken, within the limits."""
        wrong = [*self.wrong]
        votes = sum(len(found.votes) for found in self.entries)
        for number, most, word in (
            (len(self.entries), ENTRIES, "entries"),
            (votes, VOTES, "votes"),
            (len(reviews), REVIEWS, "reviews"),
        ):
            if number > most:
                wrong.append(f"There are {number:,} {word}, and I take {most:,} at most: import it in parts.")
        if not self.entries and not wrong:
            wrong.append(NOTHING)
        return Reading(tuple(self.entries), reviews, tuple(wrong), tuple(self.notes))


KINDS = ", ".join(about.word for about in ABOUT.values())
NOTHING = "There is no entry in it: write for example “pain: waiting takes an hour”."
NOT_DELIVERED = "only pain relievers and gain creators are delivered by products."


def nothing_but(wrong: str) -> Reading:
    """Return the reading of something that cannot be read."""
    return Reading(wrong=(wrong,))
