"""The private metadata of a view gives numbers where the database compares numbers."""

import json
from typing import Any

import pytest

from bot.slack.errors import UserError
from bot.slack.forms import OUTDATED_MESSAGE, read_private_metadata


@pytest.mark.parametrize("value", ["edit:3", "3", 1.5, [3], -1, 2**31])
def test_what_is_no_id_is_refused_as_outdated(value: Any) -> None:
    metadata = read_private_metadata({"private_metadata": json.dumps({"test": value})})
    with pytest.raises(UserError) as caught:
        metadata["test"]
    assert caught.value.text == OUTDATED_MESSAGE


@pytest.mark.parametrize("value", [0, 3, 2**31 - 1, None])
def test_an_id_and_none_are_read(value: int | None) -> None:
    text = "null" if value is None else str(value)
    assert read_private_metadata({"private_metadata": f'{{"item": {text}, "message": "m"}}'})["item"] == value


def test_a_missing_key_is_refused_as_outdated() -> None:
    with pytest.raises(UserError):
        read_private_metadata({})["entry"]
    assert read_private_metadata({"private_metadata": '{"message": "a text"}'})["message"] == "a text"
