"""Sanitize incoming user text, and escape outgoing text for Slack. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from unicode_segmentation_rs import text_width

from bot.emoji_names import EMOJI_CODE_PATTERN, replace_emoji_codes

MAX_ID = 2**31 - 1  # in the integer columns of PostgreSQL
MAX_CIRCLES = 20  # of a bar of progress
MAX_TITLES = 3  # that the label of a fold names
_UNSTORABLE = re.compile(r"[\u0000\ud800-\udfff]")
_JOINERS = "\u200c\u200d"  # emoji and several scripts are written with them
# A format character that has a direction is a mark of right-to-left text, or a sign that is seen. The others
# turn a line round, or nothing is seen of them.
_KEPT_DIRECTIONS = frozenset({"L", "R", "AL", "AN"})
# Tags spell out a region after a black flag, such as that of England; elsewhere they hide text.
_TAGS = re.compile(r"(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+")
# Unicode gives these a width, yet nothing is seen: blank Braille, and what stands for a pasted picture.
_SPACES = {0x2800: " ", 0xFFFC: " "}
_HANGUL_FILLER = "\u115f"  # has a width too, but may be part of a syllable
_TOKEN = re.compile(r"<([^<>]*)>")
_MENTION = re.compile(r"<(?:[@#]|!subteam\^)([UWCGDS][A-Z0-9]{1,40})(?:\|[^<>]*)?>")
_UNKNOWN_NAMES = {
    **dict.fromkeys("UW", "somebody"),
    **dict.fromkeys("CGD", "private-channel"),  # so Slack calls a channel that the reader is not in
    "S": "group",
}
MAX_WEB_ADDRESS_CHARACTERS = 2000
_WEB_ADDRESS = re.compile(r"https?://[^\s<>|]+")
_LINK_SCHEME = re.compile(r"^(?:mailto|tel):")
NO_NAMES: Mapping[str, str] = MappingProxyType({})
# Slack has no escape for its formatting marks (https://docs.slack.dev/messaging/formatting-message-text), so
# similar characters replace a mark where it would format text.
_LOOK_ALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
_FORMATTED_TEXT = {
    mark: re.compile(rf"(?<!\w){re.escape(mark)}.+?{re.escape(mark)}(?!\w)") for mark in _LOOK_ALIKES
}
_TO_LOOK_ALIKES = {mark: {ord(mark): look_alike} for mark, look_alike in _LOOK_ALIKES.items()}
# Markdown's marks within a line, and the characters that turn an address into a link. An underscore within a
# word is no mark.
_MARKDOWN = re.compile(r"[\\`*\[\]<>|~&@#]|_(?![^\W_])|(?<![^\W_])_|:(?=//)|(?<=\w)\.(?=[^\W\d_]{2})")
# The start of a list, a heading's underline or a callout.
_MARKDOWN_BLOCK = re.compile(r"^(\s*\d*)([+\-=.)]|:(?=::))")


def sanitize(text: str) -> str:
    """Return user text as one line without invisible or unstorable characters; "" where nothing is seen."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = text.translate(_SPACES)
    if not text.isprintable():  # where each character is seen, or is a space
        text = "".join(char for char in _TAGS.sub("", text) if char.isprintable() or not _is_removed(char))
    line = " ".join(unicodedata.normalize("NFC", text).split())
    return line if line.isascii() or text_width(line.replace(_HANGUL_FILLER, "").strip()) else ""


def _is_removed(char: str) -> bool:
    """Return whether a character is a control, a lone surrogate, or a format character that is not needed."""
    match unicodedata.category(char):
        case "Cc":
            return not char.isspace()
        case "Cs":
            return True
        case "Cf":
            is_tag = "\U000e0020" <= char <= "\U000e007f"  # of a flag: _TAGS has removed the others
            is_directed = unicodedata.bidirectional(char) in _KEPT_DIRECTIONS
            return not (is_tag or is_directed or char in _JOINERS)
        case _:
            return False


def parse_id(text: str) -> int | None:
    """Return a row id that Slack sent back in a value; None where the text is not a row id."""
    is_short_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_ID))
    return int(text) if is_short_number and int(text) <= MAX_ID else None


def remove_unstorable(text: str) -> str:
    """Return text without the characters that a database rejects: NUL and lone surrogates."""
    return _UNSTORABLE.sub("", text)


def escape(text: str) -> str:
    """Return user text for mrkdwn, so that it contains no mention, link or formatting.

    Emoji codes stay whole.
    """
    without_codes = EMOJI_CODE_PATTERN.sub(":", text)
    for mark, pattern in _FORMATTED_TEXT.items():
        if pattern.search(without_codes):
            text = _replace_mark(text, mark)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _replace_mark(text: str, mark: str) -> str:
    """Replace a formatting mark by its look-alike, except in emoji codes."""
    parts, position = list[str](), 0
    for code in EMOJI_CODE_PATTERN.finditer(text):
        parts += [text[position : code.start()].translate(_TO_LOOK_ALIKES[mark]), code[0]]
        position = code.end()
    return "".join([*parts, text[position:].translate(_TO_LOOK_ALIKES[mark])])


def escape_markdown(text: str) -> str:
    """Return user text for Markdown outside Slack, so that it contains no mention, link or formatting."""
    return _MARKDOWN_BLOCK.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\g<0>", replace_emoji_codes(text)))


def truncate(text: str, length: int) -> str:
    """Return text of at most this length; a longer text ends with an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def truncate_at_word(text: str, length: int) -> str:
    """Return text of at most this length as `truncate`, but without a part of a word at its end.

    A long word is cut all the same: at least two thirds of the length remain.
    """
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    words, _, part = cut.rpartition(" ")
    is_part = part and not text[length - 1].isspace()
    return f"{(words if is_part and len(words) * 3 >= length * 2 else cut).rstrip()}…"


def truncate_mrkdwn(text: str, length: int) -> str:
    """Return mrkdwn of at most this length, not cut within an escape, a link or a mention."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    start = max(cut.rfind("<"), cut.rfind("&"))
    ends = {"<": ">", "&": ";"}
    if start >= 0 and ends[cut[start]] not in cut[start:]:
        cut = cut[:start]
    return cut.rstrip() + "…"


def read_typed_text(text: str, names: Mapping[str, str] = NO_NAMES) -> str:
    """Return the text of a command or message as the user typed it.

    Slack sends mentions and links as tokens such as <@U123|ada>, and escapes &, < and >. `names` are the
    present names of users, channels and user groups by id; others go by the label in their token.
    """
    return unescape(_TOKEN.sub(lambda token: _read_token(token[1], names), text))


def find_mentioned_ids(text: str) -> list[str]:
    """Return the ids of the users, channels and user groups that tokens mention, each once, in order."""
    return list(dict.fromkeys(_MENTION.findall(text)))


def unescape(text: str) -> str:
    """Return text without Slack's escapes, for places where Slack shows plain text."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _read_token(token: str, names: Mapping[str, str]) -> str:
    """Return what stands for a token: a name, a link's label, or the words of a date."""
    target, _, label = token.partition("|")
    if mention := _MENTION.fullmatch(f"<{token}>"):
        object_id, sign = mention[1], "#" if target[0] == "#" else "@"
        return sign + (names.get(object_id) or label.lstrip("@#") or _UNKNOWN_NAMES[object_id[0]])
    if target.startswith("!date^"):
        return label
    if target.startswith(("!", "@", "#")):  # <!here>
        return f"@{label.lstrip('@#') or target[1:].partition('^')[0]}"
    return label or _LINK_SCHEME.sub("", target)


def build_permalink(
    workspace_url: str, channel_id: str, message_ts: str, thread_ts: str | None = None
) -> str:
    """Return the link to a message, or to a reply in a thread.

    `workspace_url` is like https://acme.slack.com/. Slack's chat.getPermalink would need one call
    for each message.
    """
    is_reply = thread_ts and thread_ts != message_ts
    query = f"?thread_ts={thread_ts}&cid={channel_id}" if is_reply else ""
    return f"{workspace_url.rstrip('/')}/archives/{channel_id}/p{message_ts.replace('.', '')}{query}"


def format_link(url: str, label: str) -> str:
    """Return a link for mrkdwn. Slack requires that an ampersand in the URL is escaped."""
    return f"<{url.replace('&', '&amp;')}|{label}>"


def is_web_address(text: str) -> bool:
    """Return whether a text is the address of a web page, which can be a link in a message."""
    return len(text) <= MAX_WEB_ADDRESS_CHARACTERS and _WEB_ADDRESS.fullmatch(text) is not None


def make_file_name(title: str) -> str:
    """Return a file name without extension and without characters that some file systems reject."""
    return re.sub(r"[^\w-]+", "-", title).strip("-").lower() or "canvas"


def count_noun(number: int, noun: str, plural: str = "") -> str:
    """Return "1 vote", "2 votes"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def capitalize(words: str) -> str:
    """Return the words with a capital first letter; str.capitalize would make the rest lower case."""
    return words[:1].upper() + words[1:]


def join_words(words: list[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def format_progress(done: Sequence[bool], position: int) -> str:
    """Return a circle for each step, filled where it is done, and ◉ for the one at this position.

    "" for more steps than have room in a line.
    """
    if len(done) > MAX_CIRCLES:
        return ""
    circles = ["●" if each else "○" for each in done]
    return "".join([*circles[:position], "◉", *circles[position + 1 :]])


def join_titles(titles: Sequence[str]) -> str:
    """Return the titles of folded parts as the label of their fold: "Gaps, new entries and evidence"."""
    named = [f"{title[:1].lower()}{title[1:]}" for title in titles[:MAX_TITLES]]
    return capitalize(join_words([*named, *(["more"] if len(titles) > MAX_TITLES else [])]))
