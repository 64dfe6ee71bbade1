"""What the bot answers when it cannot tell the box of a typed entry."""

import pytest

from bot.features.entries.drafts import MAX_BUTTON_TEXT_LENGTH, parse_drafts
from bot.method.kinds import KIND_SPECS
from bot.slack.errors import UserError


@pytest.mark.parametrize("typed", ["waiting", "two\nlines", "one; pain: slow", "Überall *warten* 🚲"])
def test_a_button_for_each_box_adds_all_that_was_typed(typed: str) -> None:
    with pytest.raises(UserError, match=r"Which box is “.*” for\?") as caught:
        parse_drafts(typed)
    commands = [button.value for button in caught.value.buttons]
    assert commands == [f":add {spec.singular}: {typed}" for spec in KIND_SPECS.values()]
    for command, kind in zip(commands, KIND_SPECS, strict=True):
        assert command is not None
        assert parse_drafts(command.removeprefix(":add "))[0].kind is kind


@pytest.mark.parametrize("typed", ["x" * (MAX_BUTTON_TEXT_LENGTH + 1), "y " * MAX_BUTTON_TEXT_LENGTH])
def test_a_text_that_no_button_can_hold_has_none(typed: str) -> None:
    with pytest.raises(UserError, match="Begin with one of") as caught:
        parse_drafts(typed)
    assert caught.value.buttons == ()
