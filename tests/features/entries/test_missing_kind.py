"""What the bot answers when it cannot tell the box of a typed entry."""

import pytest

from bot.features.entries.drafts import parse_drafts
from bot.method.kinds import KIND_SPECS
from bot.slack.blockkit.builders import MAX_BUTTON_COMMAND_CHARACTERS
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


@pytest.mark.parametrize(
    "typed", ["x" * (MAX_BUTTON_COMMAND_CHARACTERS + 1), "y " * MAX_BUTTON_COMMAND_CHARACTERS]
)
def test_a_text_that_no_button_can_hold_has_none(typed: str) -> None:
    with pytest.raises(UserError, match="Begin with one of") as caught:
        parse_drafts(typed)
    assert caught.value.buttons == ()


@pytest.mark.parametrize(
    ("typed", "label", "command"),
    [
        ("pian: too slow", "Add as pain", ":add pain: too slow"),
        ("pian: too slow\ntoo dear", "Add as pain", ":add pain: too slow\ntoo dear"),
        ("pians\ntoo slow: always", "Add as pain", ":add pain: too slow: always"),
        ("pians", "Add as pain", ":add pain"),
        ("gian creator: x", "Add as gain creator", ":add gain creator: x"),
        ("pain too slow", "Add as pain", ":add pain: too slow"),
    ],
)
def test_a_mistyped_kind_becomes_a_button_that_adds_all_that_was_typed(
    typed: str, label: str, command: str
) -> None:
    with pytest.raises(UserError) as caught:
        parse_drafts(typed)
    button = caught.value.buttons[0]
    assert button.text is not None
    assert (button.text.text, button.value) == (label, command)
    assert len(caught.value.text.splitlines()) <= 2


def test_the_question_for_the_box_is_one_line_with_six_short_buttons() -> None:
    with pytest.raises(UserError) as caught:
        parse_drafts("waiting")
    assert caught.value.text == "Which box is “waiting” for?"
    labels = [button.text.text for button in caught.value.buttons if button.text]
    assert labels == ["Job", "Pain", "Gain", "Product", "Reliever", "Creator"]
