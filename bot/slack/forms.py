"""Read what a person filled into a view, and the private metadata that the view carries. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from bot.slack.errors import UserError

OUTDATED_MESSAGE = "That is from an older version of me and does nothing any more: type `/valuemap`."


class PrivateMetadata(dict[str, Any]):
    """The metadata of a view; a missing key raises UserError, since then the view is of an older version."""

    def __missing__(self, key: str) -> Any:
        raise UserError(OUTDATED_MESSAGE)


def read_private_metadata(view: Mapping[str, Any]) -> PrivateMetadata:
    """Return the metadata that was put into a view when it was built."""
    return PrivateMetadata(json.loads(view.get("private_metadata") or "{}"))


class Form:
    """The state of a view by block id; each block of a form holds one element."""

    def __init__(self, view: Mapping[str, Any]) -> None:
        self._values: Mapping[str, Mapping[str, Any]] = view.get("state", {}).get("values", {})

    def read_text(self, block_id: str) -> str:
        return self._element(block_id).get("value") or ""

    def read_choice(self, block_id: str) -> str | None:
        selected = self._element(block_id).get("selected_option")
        return selected["value"] if selected else None

    def read_choices(self, block_id: str) -> list[str]:
        return [selected["value"] for selected in self._element(block_id).get("selected_options") or ()]

    def read_file_ids(self, block_id: str) -> list[str]:
        """Return the ids of the files that were uploaded."""
        return [file["id"] for file in self._element(block_id).get("files") or ()]

    def find_block_id(self, name: str) -> str:
        """Return the id of the block with this name, or with this name and a suffix after a colon.

        Slack keeps what was typed into a block as long as its id stays: a suffix makes it start empty.
        """
        return next((block for block in self._values if block.partition(":")[0] == name), name)

    def read_time(self, block_id: str) -> str | None:
        return self._element(block_id).get("selected_time")

    def _element(self, block: str) -> Mapping[str, Any]:
        return next(iter(self._values.get(block, {}).values()), {})
