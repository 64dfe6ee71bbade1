"""Small objects that blocks and elements are made of: texts, images, confirmations."""

from bot.fake_slack.blockkit.shapes import Check, Shape, exactly_one, flag, kinds, one_of, string


def texts(most: int) -> dict[str, Shape]:
    """Return the two types of text objects."""
    return {
        "plain_text": Shape({"text": string(most)}, {"emoji": flag}),
        "mrkdwn": Shape({"text": string(most)}, {"verbatim": flag}),
    }


def plain(most: int) -> Check:
    """Check a text object that can only be plain_text."""
    return kinds({"plain_text": texts(most)["plain_text"]})


def text(most: int) -> Check:
    """Check a text object of either type."""
    return kinds(texts(most))


_SLACK_FILE = Shape(may={"id": string(), "url": string()}, rules=(exactly_one("id", "url"),))
IMAGE_FIELDS: dict[str, Check] = {"image_url": string(3000), "slack_file": _SLACK_FILE}
ONE_SOURCE = exactly_one(*IMAGE_FIELDS)
IMAGE = Shape({"alt_text": string(2000)}, IMAGE_FIELDS, (ONE_SOURCE,))

COLOURS = one_of("primary", "danger")
CONFIRM = Shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)}, {"style": COLOURS}
)
