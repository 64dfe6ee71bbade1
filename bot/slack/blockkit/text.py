"""User text at the two doors: cleaned when it comes in, escaped when it goes out."""

import re
import unicodedata

# Direction overrides and invisible characters; the zero-width joiner and the variation selectors stay: emoji
# and several scripts need them.
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000e-\u001f\u007f\u200b\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
MAX_ID_DIGITS = 12
_UNSTORABLE = re.compile(r"[\u0000\ud800-\udfff]")
_NOTHING_TO_SEE = re.compile(r"^[\u200c-\u200f\ufe00-\ufe0f\u3164\u115f\u1160\u00ad\s]*$")
_TOKEN = re.compile(r"<([^<>]*)>")
# Slack knows no escape for its formatting marks, so what looks alike stands for them.
_LOOK_ALIKE = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
_FORMATTING = {
    mark: re.compile(rf"(?<!\w){re.escape(mark)}.+?{re.escape(mark)}(?!\w)") for mark in _LOOK_ALIKE
}
# Marks of Markdown within a line, what makes addresses into links, and what begins a list or a callout.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~&@#]|:(?=//)|(?<=\w)\.(?=[^\W\d_]{2})")
_MARKDOWN_BLOCK = re.compile(r"^(\s*\d*)([+\-=.)]|:(?=::))")


def sanitize(text: str) -> str:
    """Return user text as one line without invisible or unstorable characters; "" where nothing is left."""
    visible = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    line = " ".join(visible.split())
    return "" if _NOTHING_TO_SEE.match(line) else line


def parse_id(text: str) -> int | None:
    """Return the number of an id that came back from Slack; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_ID_DIGITS else None


def remove_unstorable(text: str) -> str:
    """Return text without the characters that a database refuses."""
    return _UNSTORABLE.sub("", text)


def escape(text: str) -> str:
    """Return user text for mrkdwn: it can neither ping, link nor format."""
    for mark, look_alike in _LOOK_ALIKE.items():
        if _FORMATTING[mark].search(text):
            text = text.replace(mark, look_alike)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_markdown(text: str) -> str:
    """Return user text for Markdown: it can neither mention, link nor format."""
    return _MARKDOWN_BLOCK.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\g<0>", text))


def truncate(text: str, length: int) -> str:
    """Return text of at most this length, with an ellipsis where something is missing."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def read_typed_text(text: str) -> str:
    """Return what a person typed from what Slack sends of a command or message.

    Slack sends mentions and links as tokens and escapes the three control characters.
    """
    words = _TOKEN.sub(_as_typed, text)
    return unescape(words)


def unescape(text: str) -> str:
    """Return text without escapes, for where Slack shows it as it is."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _as_typed(token: re.Match[str]) -> str:
    target, _, label = token[1].partition("|")
    if target[:1] in {"@", "#"}:
        return target[0] + (label.lstrip("@#") or target[1:])
    if target.startswith("!"):
        return "@" + (label.lstrip("@") or target[1:].partition("^")[0])
    return label or target.removeprefix("mailto:")


def build_permalink(workspace: str, channel: str, ts: str, thread: str | None = None) -> str:
    """Return the link to a message; `workspace` is the address https://acme.slack.com/."""
    of_thread = f"?thread_ts={thread}&cid={channel}" if thread and thread != ts else ""
    return f"{workspace.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}{of_thread}"


def format_link(url: str, label: str) -> str:
    """Return a link for mrkdwn; nothing in the address may end it."""
    return f"<{url.replace('&', '&amp;')}|{label}>"


def make_file_name(title: str) -> str:
    """Return a name for a file, without what file systems dislike and without an ending."""
    return re.sub(r"[^\w-]+", "-", title).strip("-").lower() or "canvas"


def count_noun(number: int, word: str, plural: str = "") -> str:
    """Return "1 vote", "2 votes"."""
    return f"{number} {word if number == 1 else plural or word + 's'}"


def capitalize(words: str) -> str:
    """Return the words with a capital letter in front, the rest as it is."""
    return words[:1].upper() + words[1:]


def join_words(words: list[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
