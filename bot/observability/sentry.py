"""Error reports to Sentry, for operators who set SENTRY_DSN. They do not contain what people typed."""

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
    """Send to Sentry what is logged as an error; do nothing if the DSN is empty.

    `options` go to `sentry_sdk.init`. Raise InvalidSettings if the package is missing or the DSN is invalid.
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
            # Sentry's own integrations are off, because they would collect what people typed.
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[LoggingIntegration(level=None)],
            include_local_variables=False,
            max_breadcrumbs=0,
            max_request_body_size="never",
            server_name="",
            **options,
        )
    except (BadDsn, ValueError) as error:
        raise InvalidSettings(
            "SENTRY_DSN is not the address of a Sentry project: copy it from the project's page."
        ) from error


def scrub_event(event: "Event", hint: "Hint") -> "Event | None":
    """Return the fields of an event that may be sent, and no others; None if the event must not be sent."""
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
    """Keep the type and the traceback of an exception; its message may quote what somebody typed."""
    frames = (exception.get("stacktrace") or {}).get("frames") or []
    sent_frames = [{key: frame[key] for key in SENT_FRAME_KEYS if key in frame} for frame in frames]
    return {
        "type": exception.get("type"),
        "module": exception.get("module"),
        "value": "",
        "stacktrace": {"frames": sent_frames},
    }
