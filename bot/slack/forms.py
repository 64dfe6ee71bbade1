"""Read the values of a view's form, and the private metadata of the view. Pure."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from bot.slack.blockkit.text import MAX_ID
from bot.slack.errors import UserError

OUTDATED_MESSAGE = "That is from an older version of me and does nothing any more: type `/valuemap`."


class PrivateMetadata(dict[str, object]):
    """The private metadata of a view; mypy finds a value that is not read as a number or a text.

    The methods raise UserError where a key has no such value: then an older version made the view.
    """

    def read_number(self, key: str) -> int:
        """Return an id or another number that the database compares with its own."""
        number = self.find_number(key)
        if number is None:
            raise UserError(OUTDATED_MESSAGE)
        return number

    def find_number(self, key: str) -> int | None:
        """Return the number of a key, None where there is none."""
        number = self.get(key)
        if number is None or (isinstance(number, int) and 0 <= number <= MAX_ID):
            return number
        raise UserError(OUTDATED_MESSAGE)

    def read_text(self, key: str) -> str:
        """Return the text of a key."""
        text = self.get(key)
        if isinstance(text, str):
            return text
        raise UserError(OUTDATED_MESSAGE)

    def find_text(self, key: str) -> str:
        """Return the text of a key, "" where there is none."""
        return "" if self.get(key) is None else self.read_text(key)


def read_private_metadata(view: Mapping[str, Any]) -> PrivateMetadata:
    """Return the private metadata that the bot put into a view."""
    return PrivateMetadata(json.loads(view.get("private_metadata") or "{}"))


class InvalidInput(Exception):
    """A field of a form is missing or wrong; `text` says what to do."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field, self.text = field, text


def raise_first_problem(problems: Iterable[tuple[bool, str, str]]) -> None:
    """Raise InvalidInput for the first problem, of whether a field is wrong, the field and what to do."""
    for is_wrong, field, text in problems:
        if is_wrong:
            raise InvalidInput(field, text)


class Form:
    """The values of a view's form by block id; each input block has one element."""

    def __init__(self, view: Mapping[str, Any]) -> None:
        self._values: Mapping[str, Mapping[str, Any]] = view.get("state", {}).get("values", {})

    def read_text(self, block_id: str) -> str:
        """Return the text of an input, "" where it is empty."""
        return self._read_element(block_id).get("value") or ""

    def read_choice(self, block_id: str) -> str | None:
        """Return the value of the selected option, None where none is selected."""
        selected = self._read_element(block_id).get("selected_option")
        return selected["value"] if selected else None

    def read_choices(self, block_id: str) -> list[str]:
        """Return the values of the selected options."""
        return [selected["value"] for selected in self._read_element(block_id).get("selected_options") or ()]

    def read_file_ids(self, block_id: str) -> list[str]:
        """Return the ids of the files that were uploaded."""
        return [file["id"] for file in self._read_element(block_id).get("files") or ()]

    def find_block_id(self, name: str) -> str:
        """Return the id of the block with this name, or with this name and a suffix after a colon.

        Slack keeps the value of an input while its block id stays the same; a new suffix empties it.
        """
        return next((block_id for block_id in self._values if block_id.partition(":")[0] == name), name)

    def read_user(self, block_id: str) -> str:
        """Return the id of the selected user, "" where none is selected."""
        return self._read_element(block_id).get("selected_user") or ""

    def read_time(self, block_id: str) -> str | None:
        """Return the selected time as "HH:MM", None where none is selected."""
        return self._read_element(block_id).get("selected_time")

    def read_date(self, block_id: str) -> date | None:
        """Return the selected day, None where none is selected."""
        selected = self._read_element(block_id).get("selected_date")
        try:
            return date.fromisoformat(selected or "")
        except ValueError:
            return None

    def _read_element(self, block_id: str) -> Mapping[str, Any]:
        return next(iter(self._values.get(block_id, {}).values()), {})
