"""Errors to Sentry, for who wants that: where they happened and what they came of, without what was typed."""

from typing import TYPE_CHECKING, Any

from bot.observability.logs import error_code, read_context, is_loggable, build_message
from bot.settings import InvalidSettings

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

MISSING = (
    "SENTRY_DSN is set, but the package sentry-sdk is not installed: `pip install '.[sentry]'`, "
    "or unset SENTRY_DSN."
)
KEPT = ("event_id", "timestamp", "level", "logger", "platform", "release", "environment", "sdk")
FRAME = ("filename", "function", "module", "lineno", "in_app")


def set_up(dsn: str, **more: Any) -> None:
    """Send what is logged as an error to Sentry; raise InvalidSettings where its package is missing."""
    if not dsn:
        return
    try:
        import sentry_sdk  # noqa: PLC0415 - only who wants it has it
        from sentry_sdk.integrations.logging import LoggingIntegration  # noqa: PLC0415
        from sentry_sdk.utils import BadDsn  # noqa: PLC0415
    except ImportError as error:
        raise InvalidSettings(MISSING) from error
    try:
        sentry_sdk.init(
            dsn=dsn,
            before_send=scrubbed,
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[LoggingIntegration(level=None)],
            include_local_variables=False,
            max_breadcrumbs=0,
            max_request_body_size="never",
            server_name="",
            **more,
        )
    except BadDsn as error:
        raise InvalidSettings(
            "SENTRY_DSN is no address of a Sentry project: copy it from the project's page."
        ) from error


def scrubbed(event: "Event", hint: "Hint") -> "Event | None":
    """Return what may be told of an event: nothing but what is named here goes out."""
    kept: Any = {key: event[key] for key in KEPT if key in event}  # type: ignore[literal-required]
    record, (_, error, _) = hint.get("log_record"), hint.get("exc_info") or (None, None, None)
    if record is not None:
        if not is_loggable(record):
            return None
        kept["logentry"] = {"message": build_message(record)}
        kept["tags"] = read_context(record)
    values: list[Any] = (event.get("exception") or {}).get("values") or []
    if values:
        kept["exception"] = {"values": [_error(value) for value in values]}
        values_kept: list[Any] = kept["exception"]["values"]
        values_kept[-1]["value"] = error_code(error) if error is not None else ""
    scrubbed_event: Event = kept
    return scrubbed_event


def _error(value: dict[str, Any]) -> dict[str, Any]:
    frames = (value.get("stacktrace") or {}).get("frames") or []
    told = [{key: frame[key] for key in FRAME if key in frame} for frame in frames]
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "value": "",
        "stacktrace": {"frames": told},
    }
