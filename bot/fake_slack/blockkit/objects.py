"""Composition objects that blocks and elements are made of: texts, images, confirmation dialogs.

The limits are those of https://docs.slack.dev/reference/block-kit/composition-objects (one page an object).
"""

from bot.fake_slack.blockkit.checks import (
    Check,
    ObjectSchema,
    boolean,
    by_type,
    exactly_one_of,
    one_of,
    string,
)


def text_types(max_length: int) -> dict[str, ObjectSchema]:
    """Return the schemas of the two types of text objects."""
    return {
        "plain_text": ObjectSchema({"text": string(max_length)}, {"emoji": boolean}),
        "mrkdwn": ObjectSchema({"text": string(max_length)}, {"verbatim": boolean}),
    }


def plain_text(max_length: int) -> Check:
    """Check a text object that can only be plain_text."""
    return by_type({"plain_text": text_types(max_length)["plain_text"]})


def text_object(max_length: int) -> Check:
    """Check a text object of either type."""
    return by_type(text_types(max_length))


_SLACK_FILE = ObjectSchema(optional={"id": string(), "url": string()}, rules=(exactly_one_of("id", "url"),))
IMAGE_FIELDS: dict[str, Check] = {"image_url": string(3000), "slack_file": _SLACK_FILE}
ONE_IMAGE_SOURCE = exactly_one_of(*IMAGE_FIELDS)
IMAGE = ObjectSchema({"alt_text": string(2000)}, IMAGE_FIELDS, (ONE_IMAGE_SOURCE,))

BUTTON_STYLE = one_of("primary", "danger")
CONFIRM = ObjectSchema(
    {"title": plain_text(100), "text": text_object(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": BUTTON_STYLE},
)
