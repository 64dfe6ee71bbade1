"""Parse and check the entries that people type. Pure."""

from dataclasses import replace
from difflib import get_close_matches

from bot.features.entries.typed_lists import (
    has_list_mark,
    read_list,
    split_at_colon,
    split_kind,
    split_lines,
)
from bot.features.entries.unknown_kinds import build_box_question, build_mistyped_kind_error
from bot.method.kinds import Kind, find_kind, suggest_kind
from bot.slack.blockkit.builders import choice_button, count_fitting
from bot.slack.blockkit.text import escape, sanitize, truncate
from bot.slack.errors import UserError
from bot.store.model import Draft

MAX_TEXT_LENGTH = 500  # characters of one entry
MAX_LIST_LENGTH = 3000  # characters of a list in the form; Slack's limit for a text field
MAX_ENTRIES_PER_COMMAND = 100
MAX_ENTRIES_PER_CANVAS = 3500
MAX_QUOTED_LENGTH = 60  # characters of a text in an error message
MAX_SUGGESTION_LENGTH = 200  # characters of a command that an error message suggests
NO_VISIBLE_TEXT = "An entry needs some text that can be seen."


def parse_drafts(text: str, kind: Kind | None = None) -> list[Draft]:
    """Parse what was typed, as `typed_lists` reads it: "pain: too slow; too dear", or several such lines.

    `kind` is that of the lines before which none is named. Raises UserError if a kind or a text is missing, a
    text is too long, or there are too many entries.
    """
    drafts: list[Draft] = []
    for item in read_list(text, kind):
        if item.kind is None:
            raise _build_missing_kind_error(item.text, text)
        drafts.append(Draft(item.kind, check_text(item.text)))
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


def split_draft(draft: Draft) -> list[Draft]:
    """Return a draft for each entry in the text of a form: one line is one entry.

    The form's category and products count for the entries of its kind. Raises UserError as parse_drafts does.
    """
    if not sanitize(draft.text):
        raise UserError(NO_VISIBLE_TEXT)
    return [
        replace(draft, text=parsed.text)
        if parsed.kind is draft.kind
        else replace(parsed, source_link=draft.source_link)
        for parsed in parse_drafts(draft.text, draft.kind)
    ]


def draft_message(text: str) -> tuple[Kind | None, str]:
    """Return the kind and the text with which the form begins for a message.

    The kind is None unless the message itself names it. The items of a list are a line each, with their kinds
    where these differ; any other message is one line.
    """
    items = list(read_list(text))
    if not any(item.kind or has_list_mark(line) for item in items for line in split_lines(text)):
        return None, truncate(sanitize(text), MAX_TEXT_LENGTH)
    kind = first_kind = items[0].kind
    lines: list[str] = []
    for item in items[:MAX_ENTRIES_PER_COMMAND]:
        item_kind, item_text = item.kind or first_kind, truncate(item.text, MAX_TEXT_LENGTH)
        is_named = item_kind is not None and item_kind is not kind
        lines.append(f"{item_kind.spec.singular}: {item_text}" if is_named and item_kind else item_text)
        kind = item_kind
    shown_count = count_fitting([len(line) + 1 for line in lines], MAX_LIST_LENGTH)
    return first_kind, "\n".join(lines[:shown_count])


def check_text(text: str) -> str:
    """Return an entry's text, sanitized. Raises UserError if it is then empty or too long."""
    sanitized = sanitize(text)
    if not sanitized:
        raise UserError(NO_VISIBLE_TEXT)
    if len(sanitized) > MAX_TEXT_LENGTH:
        quoted = escape(truncate(sanitized, MAX_QUOTED_LENGTH))
        raise UserError(
            f"An entry has up to {MAX_TEXT_LENGTH} characters and “{quoted}” has {len(sanitized)}: nothing "
            f"was added, shorten it or make several entries of it."
        )
    return sanitized


def _build_missing_kind_error(text: str, typed: str) -> UserError:
    """Return an error that suggests the kind that the first words are like, or asks for the box.

    `text` is the first entry of all that was `typed`. The buttons add everything to the box that they name.
    """
    before, after = split_at_colon(text)
    if similar := suggest_kind(before):
        rest = split_at_colon(typed)[1] if after else "\n".join(split_lines(typed.strip())[1:])
        command = f"add {similar.spec.singular}: {rest.strip()}" if rest.strip() else ""
        return build_mistyped_kind_error(before, similar, command or f"add {similar.spec.singular}")
    words = text.split()
    for word_count in (2, 1):  # "pain reliever robot" before "pain too slow"
        kind = find_kind(" ".join(words[:word_count]).rstrip(":-–"))
        if kind and len(words) > word_count:
            suggestion = f"{kind.spec.singular}: {' '.join(words[word_count:])}"
            command = escape(truncate(suggestion, MAX_SUGGESTION_LENGTH))
            is_whole = len(suggestion) <= MAX_SUGGESTION_LENGTH and len(split_lines(typed.strip())) == 1
            return UserError(
                f"A colon is missing after the kind: `/valuemap add {command}`.",
                *([choice_button(f"Add as {kind.spec.singular}", f"add {suggestion}")] if is_whole else []),
            )
    return build_box_question(typed, text)


def guess_add_command(command_text: str) -> str | None:
    """Return the add command for "pain: too slow" or "ad pian: too slow"; None for other text."""
    if split_kind(command_text)[0]:
        return f"add {command_text.strip()}"
    before, text = split_at_colon(command_text)
    first_word, _, others = before.strip().partition(" ")
    is_add = bool(others and get_close_matches(first_word.lower(), ["add"]))
    name = others if is_add else before
    kind = find_kind(name) or suggest_kind(name)
    return f"add {kind.spec.singular}: {text.strip()}" if kind and text else None
