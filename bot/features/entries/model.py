"""The jobs of entries, and what their service returns. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.jobs.model import JobKind
from bot.store.model import Card, Draft

OLD_CARD_JOB = JobKind("old_card", 30, frozenset({"chat.update", "reactions.remove"}))
REVISION_JOB = JobKind("revision", 40, frozenset({"chat.postMessage"}))


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """A draft that was not added because it is similar to an entry of its box."""

    draft: Draft
    similar_text: str  # of that entry, or of an earlier draft in the same request
    card_link: str  # to that entry's card, escaped for mrkdwn; "" if it has no card yet


@dataclass(frozen=True, slots=True)
class Addition:
    """What a request added to a canvas, and what it did not add."""

    drafts: Sequence[Draft]  # that were added
    entry_ids: Sequence[int]  # of these
    duplicates: Sequence[PossibleDuplicate] = ()


@dataclass(frozen=True, slots=True)
class Support:
    """What an entry has that an edit may take from it."""

    vote_count: int | None = 0  # None while its votes are sealed
    item_count: int = 0  # of evidence


@dataclass(frozen=True, slots=True)
class ConflictingEdit:
    """An edit that somebody else saved after the form was opened."""

    card: Card
    editor_name: str
