"""The private metadata of a view gives numbers where the database compares numbers."""

import json
from typing import Any

import pytest

from bot.slack.errors import UserError
from bot.slack.forms import OUTDATED_MESSAGE, PrivateMetadata, read_private_metadata


def read(**metadata: Any) -> PrivateMetadata:
    return read_private_metadata({"private_metadata": json.dumps(metadata)})


@pytest.mark.parametrize("value", ["edit:3", "3", 1.5, [3], -1, 2**31])
def test_what_is_no_number_is_refused_as_outdated(value: Any) -> None:
    for read_value in (read(test=value).read_number, read(test=value).find_number):
        with pytest.raises(UserError) as caught:
            read_value("test")
        assert caught.value.text == OUTDATED_MESSAGE


@pytest.mark.parametrize("value", [0, 3, 2**31 - 1])
def test_a_number_is_read(value: int) -> None:
    assert read(item=value).read_number("item") == value
    assert read(item=value).find_number("item") == value


@pytest.mark.parametrize("metadata", [read(), read(entry=None), read_private_metadata({})])
def test_what_is_missing_is_refused_where_it_must_be_there(metadata: PrivateMetadata) -> None:
    for read_value in (metadata.read_number, metadata.read_text):
        with pytest.raises(UserError):
            read_value("entry")
    assert metadata.find_number("entry") is None
    assert metadata.find_text("entry") == ""


def test_a_text_is_read_and_what_is_none_is_refused() -> None:
    assert read(message="a text").read_text("message") == "a text"
    assert read(message="a text").find_text("message") == "a text"
    with pytest.raises(UserError):
        read(message=3).find_text("message")
