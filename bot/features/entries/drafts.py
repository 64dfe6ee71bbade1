"""Parse and check the entries that people type. Pure."""

import re

from bot.method.kinds import KIND_SPECS, Kind, find_kind
from bot.slack.blockkit.text import escape, sanitize, truncate
from bot.slack.errors import UserError
from bot.store.model import Draft

MAX_TEXT_LENGTH = 500  # characters of one entry
MAX_ENTRIES_PER_COMMAND = 100
MAX_ENTRIES_PER_CANVAS = 3500
MAX_QUOTED_LENGTH = 60  # characters of a text in an error message
MAX_SUGGESTION_LENGTH = 200  # characters of a command that an error message suggests

# Words that suggest a kind, the most reliable kind first. `WORD_ENDINGS` covers "slows" and "wasted".
KIND_WORDS = {
    Kind.PAIN_RELIEVER: "prevent|avoid|eliminat|remov|reduc|reliev|no more|no longer",
    Kind.GAIN_CREATOR: "lets you|lets them|makes it easy|makes it fun|helps you|helps them|gives you",
    Kind.PAIN: "annoy|slow|hard to|difficult|can'?t|cannot|fail|broken|break|wast|frustrat|confus|problem"
    "|error|bug|worri|worry|afraid|risk|too long|too many|too much|too expensive|too dear|hat|lost",
    Kind.GAIN: "lov|wish|would be great|would be nice|faster|easier|better|sav|delight|hop",
    Kind.JOB: "need to|have to|has to|want to|try to|in order to|so that we can|so that they can",
    Kind.PRODUCT: "app|plan|plugin|service|feature|subscription|dashboard",
}
WORD_ENDINGS = "(e|s|es|ed|d|ing|y|ies|ful)?"


def parse_drafts(text: str) -> list[Draft]:
    """Parse "pain: too slow; too dear", or several such lines. A kind applies until the next one is named.

    Raises UserError if a kind or a text is missing, a text is too long, or there are too many entries.
    """
    kind: Kind | None = None
    drafts: list[Draft] = []
    for piece in re.split(r"[;\n]", text):
        named_kind, rest = _split_kind(piece)
        kind = named_kind or kind
        if not sanitize(rest):
            continue
        if kind is None:
            raise UserError(_explain_missing_kind(rest))
        drafts.append(Draft(kind, check_text(rest)))
    if not drafts:
        raise UserError(
            "There is no text to add: type for example `/valuemap add pain: waiting takes an hour`."
        )
    if len(drafts) > MAX_ENTRIES_PER_COMMAND:
        raise UserError(
            f"Those are {len(drafts)} entries, and I take {MAX_ENTRIES_PER_COMMAND} at once: "
            "send them in parts."
        )
    return drafts


def _split_kind(piece: str) -> tuple[Kind | None, str]:
    """Split "pain: too slow" into its kind and its text; without a kind, None and everything."""
    before, colon, after = piece.partition(":")
    kind = find_kind(before) if colon else None
    return (kind, after) if kind else (None, piece)


def guess_kind(text: str) -> Kind:
    """Return the kind that a text names or that its words suggest; Kind.JOB if neither is the case."""
    named_kind, _ = _split_kind(text)
    suggested = (
        kind
        for kind, words in KIND_WORDS.items()
        if re.search(rf"\b({words}){WORD_ENDINGS}\b", text, re.IGNORECASE)
    )
    return named_kind or next(suggested, Kind.JOB)


def check_text(text: str) -> str:
    """Return an entry's text, sanitized. Raises UserError if it is then empty or too long."""
    sanitized = sanitize(text)
    if not sanitized:
        raise UserError("An entry needs some text that can be seen.")
    if len(sanitized) > MAX_TEXT_LENGTH:
        quoted = escape(truncate(sanitized, MAX_QUOTED_LENGTH))
        raise UserError(
            f"An entry has up to {MAX_TEXT_LENGTH} characters and “{quoted}” has {len(sanitized)}: nothing "
            f"was added, shorten it or make several entries of it."
        )
    return sanitized


def _explain_missing_kind(text: str) -> str:
    """Return an error message that suggests the right command if the first words name a kind."""
    sanitized = sanitize(text)
    words = sanitized.split()
    for word_count in (2, 1):  # "pain reliever robot" before "pain too slow"
        kind = find_kind(" ".join(words[:word_count]).rstrip(":-–"))
        if kind and len(words) > word_count:
            suggestion = f"{kind.spec.singular}: {' '.join(words[word_count:])}"
            command = escape(truncate(suggestion, MAX_SUGGESTION_LENGTH))
            return f"A colon is missing after the kind: type `/valuemap add {command}`."
    kinds = ", ".join(f"`{spec.singular}:`" for spec in KIND_SPECS.values())
    quoted = escape(truncate(sanitized, MAX_QUOTED_LENGTH))
    return f"I don't know which box “{quoted}” belongs into: begin with one of {kinds}."


def guess_add_command(command_text: str) -> str | None:
    """Return the add command for "/valuemap pain: too slow"; None if the text names no kind."""
    before, colon, _ = command_text.partition(":")
    return f"add {command_text.strip()}" if colon and find_kind(before) else None
