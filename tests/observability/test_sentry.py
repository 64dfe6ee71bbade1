"""What goes to Sentry: where an error happened, never what was typed."""

import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport
from structlog.contextvars import bound_contextvars

from bot.observability import sentry
from bot.settings import InvalidSettings

DSN = "https://key@sentry.example/1"
TYPED = "our secret plan for Monday"


class KeepingTransport(Transport):
    """Keeps what would be sent."""

    sent: list[Any]

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent = [*getattr(self, "sent", []), envelope.get_event()]


@pytest.fixture
def transport() -> Iterator[KeepingTransport]:
    transport = KeepingTransport()
    sentry.set_up_sentry(DSN, transport=transport)
    yield transport
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def test_an_error_is_sent_with_its_reference_and_without_what_was_typed(transport: KeepingTransport) -> None:
    logging.getLogger("bot.before").info("a crumb of %s", TYPED)
    sentry_sdk.set_user({"id": TYPED})
    try:
        int(TYPED)
    except ValueError:
        with bound_contextvars(team_id="T1"):
            logging.getLogger("bot.x").exception(
                "a request failed", extra={"reference": "a1b2c3", "more": TYPED}
            )
    (event,) = transport.sent
    assert TYPED not in str(event)
    assert event["tags"] == {"team_id": "T1", "reference": "a1b2c3"}
    assert event["logentry"]["message"] == "a request failed"
    (error,) = event["exception"]["values"]
    assert error["type"] == "ValueError"
    assert error["stacktrace"]["frames"][-1]["function"].startswith("test_an_error_is_sent")


def test_a_warning_is_not_sent(transport: KeepingTransport) -> None:
    logging.getLogger("bot.x").warning("a card was not there")
    assert not hasattr(transport, "sent")


def test_without_a_dsn_nothing_is_sent_and_a_wrong_dsn_is_reported() -> None:
    sentry.set_up_sentry("")
    assert not sentry_sdk.get_client().is_active()
    with pytest.raises(InvalidSettings, match="SENTRY_DSN is not the address"):
        sentry.set_up_sentry("nonsense")


def test_a_missing_package_is_reported_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    with pytest.raises(InvalidSettings, match=r"sentry-sdk is not installed: `pip install '\.\[sentry\]'`"):
        sentry.set_up_sentry(DSN)
