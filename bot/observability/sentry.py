"""Errors to Sentry, for operators who set SENTRY_DSN: where they happened, without what somebody typed."""

from typing import TYPE_CHECKING, Any

from bot.observability.logs import build_message, error_code, is_loggable, read_context
from bot.settings import InvalidSettings

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

PACKAGE_MISSING = (
    "SENTRY_DSN is set, but the package sentry-sdk is not installed: `pip install '.[sentry]'`, "
    "or unset SENTRY_DSN."
)
SENT_EVENT_KEYS = ("event_id", "timestamp", "level", "logger", "platform", "release", "environment", "sdk")
SENT_FRAME_KEYS = ("filename", "function", "module", "lineno", "in_app")


def set_up_sentry(dsn: str, **options: Any) -> None:
    """Send what is logged as an error to Sentry; do nothing without a DSN.

    Raise InvalidSettings where the package is missing or the DSN is none.
    """
    if not dsn:
        return
    try:
        import sentry_sdk  # noqa: PLC0415 - an optional extra
        from sentry_sdk.integrations.logging import LoggingIntegration  # noqa: PLC0415
        from sentry_sdk.utils import BadDsn  # noqa: PLC0415
    except ImportError as error:
        raise InvalidSettings(PACKAGE_MISSING) from error
    try:
        sentry_sdk.init(
            dsn=dsn,
            before_send=scrub_event,
            # Everything that Sentry would collect by itself is off: it would collect what people typed.
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[LoggingIntegration(level=None)],
            include_local_variables=False,
            max_breadcrumbs=0,
            max_request_body_size="never",
            server_name="",
            **options,
        )
    except BadDsn as error:
        raise InvalidSettings(
            "SENTRY_DSN is no address of a Sentry project: copy it from the project's page."
        ) from error


def scrub_event(event: "Event", hint: "Hint") -> "Event | None":
    """Return the part of an event that may go out: only what is named here. None drops the event."""
    scrubbed: Any = {key: event[key] for key in SENT_EVENT_KEYS if key in event}  # type: ignore[literal-required]
    record, (_, error, _) = hint.get("log_record"), hint.get("exc_info") or (None, None, None)
    if record is not None:
        if not is_loggable(record):
            return None
        scrubbed["logentry"] = {"message": build_message(record)}
        scrubbed["tags"] = read_context(record)
    exceptions: list[Any] = (event.get("exception") or {}).get("values") or []
    if exceptions:
        sent_exceptions = [_scrub_exception(exception) for exception in exceptions]
        sent_exceptions[-1]["value"] = error_code(error) if error is not None else ""
        scrubbed["exception"] = {"values": sent_exceptions}
    scrubbed_event: Event = scrubbed
    return scrubbed_event


def _scrub_exception(exception: dict[str, Any]) -> dict[str, Any]:
    """Keep the type of an exception and its way through the code; its message may quote what was typed."""
    frames = (exception.get("stacktrace") or {}).get("frames") or []
    sent_frames = [{key: frame[key] for key in SENT_FRAME_KEYS if key in frame} for frame in frames]
    return {
        "type": exception.get("type"),
        "module": exception.get("module"),
        "value": "",
        "stacktrace": {"frames": sent_frames},
    }
