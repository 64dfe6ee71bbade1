"""Sanitize incoming user text, and escape outgoing text for Slack. Pure."""

import re
import unicodedata

# Control characters, direction overrides and invisible characters. The zero-width joiner and the variation
# selectors are kept: emoji and several scripts need them.
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000e-\u001f\u007f\u200b\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
MAX_ID_DIGITS = 12
_UNSTORABLE = re.compile(r"[\u0000\ud800-\udfff]")
_ONLY_INVISIBLE = re.compile(r"^[\u200c-\u200f\ufe00-\ufe0f\u3164\u115f\u1160\u00ad\s]*$")
_TOKEN = re.compile(r"<([^<>]*)>")
# Slack has no escape for its formatting marks (https://docs.slack.dev/messaging/formatting-message-text), so
# similar characters replace a mark where it would format text.
_LOOK_ALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
_FORMATTED_TEXT = {
    mark: re.compile(rf"(?<!\w){re.escape(mark)}.+?{re.escape(mark)}(?!\w)") for mark in _LOOK_ALIKES
}
# Markdown's marks within a line, and the characters that turn an address into a link.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~&@#]|:(?=//)|(?<=\w)\.(?=[^\W\d_]{2})")
# The start of a list, a heading's underline or a callout.
_MARKDOWN_BLOCK = re.compile(r"^(\s*\d*)([+\-=.)]|:(?=::))")


def sanitize(text: str) -> str:
    """Return user text as one line without invisible or unstorable characters; "" where nothing is left."""
    visible = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    line = " ".join(visible.split())
    return "" if _ONLY_INVISIBLE.match(line) else line


def parse_id(text: str) -> int | None:
    """Return a row id that Slack sent back in a value; None where the text is not a row id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_ID_DIGITS else None


def remove_unstorable(text: str) -> str:
    """Return text without the characters that a database rejects: NUL and lone surrogates."""
    return _UNSTORABLE.sub("", text)


def escape(text: str) -> str:
    """Return user text for mrkdwn, so that it contains no mention, link or formatting."""
    for mark, look_alike in _LOOK_ALIKES.items():
        if _FORMATTED_TEXT[mark].search(text):
            text = text.replace(mark, look_alike)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_markdown(text: str) -> str:
    """Return user text for Markdown, so that it contains no mention, link or formatting."""
    return _MARKDOWN_BLOCK.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\g<0>", text))


def truncate(text: str, length: int) -> str:
    """Return text of at most this length; a longer text ends with an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def read_typed_text(text: str) -> str:
    """Return the text of a command or message as the user typed it.

    Slack sends mentions and links as tokens such as <@U123|ada>, and escapes &, < and >.
    """
    return unescape(_TOKEN.sub(_read_token, text))


def unescape(text: str) -> str:
    """Return text without Slack's escapes, for places where Slack shows plain text."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _read_token(token: re.Match[str]) -> str:
    target, _, label = token[1].partition("|")
    if target[:1] in {"@", "#"}:
        return target[0] + (label.lstrip("@#") or target[1:])
    if target.startswith("!"):
        return "@" + (label.lstrip("@") or target[1:].partition("^")[0])
    return label or target.removeprefix("mailto:")


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
