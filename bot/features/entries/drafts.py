"""Reading entries as people type them. Pure."""

import re

from bot.method.kinds import ABOUT, Kind, kind_named
from bot.slack.blockkit.text import clean, count, cut, esc
from bot.slack.errors import Refusal
from bot.store.model import Draft

TEXT = 500  # characters of one entry
NAME = 80
SEGMENT = 120
AT_ONCE = 100
ENTRIES = 3500  # of one canvas


def read_typed(words: str) -> list[Draft]:
    """Read "pain: too slow; too dear" or several such lines; a kind holds until the next one is named.

    Raises Refusal where a kind or a text is missing, or a text is too long: then nothing is added.
    """
    kind: Kind | None = None
    drafts: list[Draft] = []
    for piece in re.split(r"[;\n]", words):
        named, text = _split(piece)
        kind = named or kind
        if not clean(text):
            continue
        if kind is None:
            raise Refusal(_no_kind(text))
        drafts.append(Draft(kind, checked(text)))
    if not drafts:
        raise Refusal(
            "There is no text to add: type for example `/valuemap add pain: waiting takes an hour`."
        )
    if len(drafts) > AT_ONCE:
        raise Refusal(f"Those are {len(drafts)} entries, and I take {AT_ONCE} at once: send them in parts.")
    return drafts


def _split(piece: str) -> tuple[Kind | None, str]:
    """Split "pain: too slow" into its kind and its text; without a kind the text is all of it."""
    before, colon, after = piece.partition(":")
    named = kind_named(before) if colon else None
    return (named, after) if named else (None, piece)


SIGNS = {  # words that suggest a kind, the surest first; endings like those of "slows" and "wasted" count too
    Kind.PAIN_RELIEVER: "prevent|avoid|eliminat|remov|reduc|reliev|no more|no longer",
    Kind.GAIN_CREATOR: "lets you|lets them|makes it easy|makes it fun|helps you|helps them|gives you",
    Kind.PAIN: "annoy|slow|hard to|difficult|can'?t|cannot|fail|broken|break|wast|frustrat|confus|problem"
    "|error|bug|worri|worry|afraid|risk|too long|too many|too much|too expensive|too dear|hat|lost",
    Kind.GAIN: "lov|wish|would be great|would be nice|faster|easier|better|sav|delight|hop",
    Kind.JOB: "need to|have to|has to|want to|try to|in order to|so that we can|so that they can",
    Kind.PRODUCT: "app|plan|plugin|service|feature|subscription|dashboard",
}
ENDINGS = "(e|s|es|ed|d|ing|y|ies|ful)?"


def guess_kind(text: str) -> Kind:
    """Return the kind that a message's words suggest; a job where they suggest none."""
    named, _ = _split(text)
    signs = (
        kind for kind, words in SIGNS.items() if re.search(rf"\b({words}){ENDINGS}\b", text, re.IGNORECASE)
    )
    return named or next(signs, Kind.JOB)


def checked(text: str) -> str:
    """Return an entry's text, cleaned; raise Refusal with the reason where it cannot be one."""
    line = clean(text)
    if not line:
        raise Refusal("An entry needs some text that can be seen.")
    if len(line) > TEXT:
        raise Refusal(
            f"An entry has up to {TEXT} characters and “{esc(cut(line, 60))}” has {len(line)}: nothing was "
            f"added, shorten it or make several entries of it."
        )
    return line


def read_name(words: str) -> tuple[str, str]:
    """Read "NAME for SEGMENT"; raise Refusal where the name is missing or either is too long."""
    name, _, segment = clean(words).partition(" for ")
    return checked_name(name), checked_segment(segment)


def checked_name(text: str) -> str:
    name = clean(text)
    if not name:
        raise Refusal("A canvas needs a name: type for example `/valuemap new Reports for small shops`.")
    return _short(name, NAME, "A canvas's name")


def checked_segment(text: str) -> str:
    return _short(clean(text), SEGMENT, "A customer segment's name")


def wrong_names(name: str, segment: str) -> dict[str, str]:
    """Return what is wrong with a form's name and segment, by block."""
    errors: dict[str, str] = {}
    for block, check, text in (("name", checked_name, name), ("segment", checked_segment, segment)):
        try:
            check(text)
        except Refusal as refusal:
            errors[block] = refusal.says
    return errors


def _short(text: str, length: int, what: str) -> str:
    if len(text) > length:
        raise Refusal(
            f"{what} has up to {count(length, 'character')}, and this one has {len(text)}: shorten it."
        )
    return text


def _no_kind(piece: str) -> str:
    text = clean(piece)
    words = text.split()
    for length in (2, 1):
        kind = kind_named(" ".join(words[:length]).rstrip(":-–"))
        if kind and len(words) > length:
            meant = f"{ABOUT[kind].word}: {' '.join(words[length:])}"
            return f"A colon is missing after the kind: type `/valuemap add {esc(cut(meant, 200))}`."
    kinds = ", ".join(f"`{about.word}:`" for about in ABOUT.values())
    return f"I don't know which box “{esc(cut(text, 60))}” belongs into: begin with one of {kinds}."
