"""What goes to Sentry: where an error happened, never what was typed."""

import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from bot.observability import sentry
from bot.observability.logs import about
from bot.settings import InvalidSettings

DSN = "https://key@sentry.example/1"
TYPED = "our secret plan for Monday"


class Kept(Transport):
    """Keeps what would be sent."""

    sent: list[Any]

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent = [*getattr(self, "sent", []), envelope.get_event()]


@pytest.fixture
def kept() -> Iterator[Kept]:
    transport = Kept()
    sentry.set_up(DSN, transport=transport)
    yield transport
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def test_an_error_is_sent_with_its_reference_and_without_what_was_typed(kept: Kept) -> None:
    token = about.set({"team": "T1"})
    logging.getLogger("bot.before").info("a crumb of %s", TYPED)
    sentry_sdk.set_user({"id": TYPED})
    try:
        int(TYPED)
    except ValueError:
        logging.getLogger("bot.x").exception("a request failed", extra={"reference": "a1b2c3", "more": TYPED})
    about.reset(token)
    (event,) = kept.sent
    assert TYPED not in str(event)
    assert event["tags"] == {"team": "T1", "reference": "a1b2c3"}
    assert event["logentry"]["message"] == "a request failed"
    (error,) = event["exception"]["values"]
    assert error["type"] == "ValueError"
    assert error["stacktrace"]["frames"][-1]["function"].startswith("test_an_error_is_sent")


def test_what_is_no_error_is_not_sent(kept: Kept) -> None:
    logging.getLogger("bot.x").warning("a card was not there")
    assert not hasattr(kept, "sent")


def test_without_an_address_nothing_is_sent_and_a_wrong_one_is_said() -> None:
    sentry.set_up("")
    assert not sentry_sdk.get_client().is_active()
    with pytest.raises(InvalidSettings, match="SENTRY_DSN is no address"):
        sentry.set_up("nonsense")


def test_a_missing_package_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    with pytest.raises(InvalidSettings, match=r"sentry-sdk is not installed: `pip install '\.\[sentry\]'`"):
        sentry.set_up(DSN)
