"""The only reader of the environment."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

SLACK_API_URL = "https://slack.com/api/"
DATABASE_URL = "sqlite:///valuemap.db"
PORT = 3000
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
FORMATS = ("text", "json")
KEY_BYTES = 32
NEW_KEY = """python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())\""""


class BadSettings(Exception):
    """A setting is missing or wrong; the message is one sentence that says which and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides. Secrets stay out of its repr."""

    bot_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    api_url: str = SLACK_API_URL
    database_url: str = field(default=DATABASE_URL, repr=False)
    port: int = PORT
    forget_after_days: int = 30  # after a workspace removed the app
    log_level: str = "INFO"
    log_format: str = "text"
    sentry_dsn: str = field(default="", repr=False)
    probe_port: int | None = None  # PORT where it is set, for the processes that else would not listen

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    encryption_keys: tuple[bytes, ...] = field(default=(), repr=False)  # the newest first

    @property
    def many_workspaces(self) -> bool:
        """Whether workspaces install the app by a link, each with a token of its own."""
        return bool(self.client_id)

    @property
    def socket_mode(self) -> bool:
        return bool(self.app_token)

    def require_slack(self) -> None:
        """Raise BadSettings unless there is what one workspace needs, or what many need."""
        if self.many_workspaces:
            self._require_installing()
            return
        if not self.bot_token:
            raise BadSettings(
                "SLACK_BOT_TOKEN is not set: copy the 'Bot User OAuth Token' (xoxb-…) from your Slack app's "
                "page 'OAuth & Permissions'."
            )
        if not self.bot_token.startswith("xox"):
            raise BadSettings("SLACK_BOT_TOKEN is not a bot token: it must begin with xoxb-.")
        if self.app_token and not self.app_token.startswith("xapp-"):
            raise BadSettings("SLACK_APP_TOKEN is not an app-level token: it must begin with xapp-.")
        if not (self.app_token or self.signing_secret):
            raise BadSettings(
                "Set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP."
            )

    def _require_installing(self) -> None:
        if self.bot_token or self.app_token:
            raise BadSettings(
                "SLACK_CLIENT_ID is for many workspaces over HTTP, SLACK_BOT_TOKEN and SLACK_APP_TOKEN are "
                "for one: unset the one or the other."
            )
        if not self.client_secret:
            raise BadSettings(
                "SLACK_CLIENT_SECRET is not set: copy it from your Slack app's page 'Basic Information'."
            )
        self._require_secret()
        self.require_keys()

    def require_keys(self) -> None:
        """Raise BadSettings unless tokens can be encrypted."""
        if not self.encryption_keys:
            raise BadSettings(f"ENCRYPTION_KEYS is not set: make a key by {NEW_KEY}")

    def require_http(self) -> None:
        """Raise BadSettings unless there is what serving over HTTP needs."""
        self.require_slack()
        self._require_secret()

    def _require_secret(self) -> None:
        if not self.signing_secret:
            raise BadSettings(
                "SLACK_SIGNING_SECRET is not set: copy it from your Slack app's page 'Basic Information'."
            )


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings; raise BadSettings for a value that cannot be right."""

    def value(name: str, default: str = "") -> str:
        return environ.get(name, "").strip() or default

    return Settings(
        bot_token=value("SLACK_BOT_TOKEN"),
        signing_secret=value("SLACK_SIGNING_SECRET"),
        app_token=value("SLACK_APP_TOKEN"),
        api_url=_api_url(value("SLACK_API_URL", SLACK_API_URL)),
        database_url=_database_url(value("DATABASE_URL", DATABASE_URL)),
        port=_number("PORT", value("PORT", str(PORT)), 65535),
        forget_after_days=_number("FORGET_AFTER_DAYS", value("FORGET_AFTER_DAYS", "30"), 3650),
        log_level=_one_of("LOG_LEVEL", value("LOG_LEVEL", "INFO").upper(), LEVELS),
        log_format=_one_of("LOG_FORMAT", value("LOG_FORMAT", "text").lower(), FORMATS),
        sentry_dsn=value("SENTRY_DSN"),
        probe_port=_number("PORT", value("PORT"), 65535) if value("PORT") else None,
        client_id=value("SLACK_CLIENT_ID"),
        client_secret=value("SLACK_CLIENT_SECRET"),
        encryption_keys=_keys(value("ENCRYPTION_KEYS")),
    )


def _api_url(url: str) -> str:
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc:
        raise BadSettings("SLACK_API_URL must be a web address such as https://slack.com/api/.")
    return url.rstrip("/") + "/"


def _database_url(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.partition("+")[0] not in {"sqlite", "postgresql", "postgres"}:
        raise BadSettings("DATABASE_URL must begin with sqlite:/// or postgresql://.")
    if scheme.startswith("sqlite") and not rest.startswith("/"):
        raise BadSettings("DATABASE_URL for SQLite has three slashes before the file: sqlite:///valuemap.db.")
    return url


def _keys(text: str) -> tuple[bytes, ...]:
    """Read keys; what is wrong with one is said without showing it."""
    keys = []
    for number, one in enumerate(filter(None, (part.strip() for part in text.split(","))), 1):
        try:
            key = base64.b64decode(one.replace("-", "+").replace("_", "/"), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise BadSettings(
                f"Key {number} of ENCRYPTION_KEYS is not the base64 of 32 bytes: make one by {NEW_KEY}"
            )
        keys.append(key)
    return tuple(keys)


def _number(name: str, text: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not 0 <= int(text) <= most:
        raise BadSettings(f"{name} must be a number from 0 to {most}.")
    return int(text)


def _one_of(name: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise BadSettings(f"{name} must be one of {', '.join(known)}.")
    return text
