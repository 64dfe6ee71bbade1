"""The settings of a process. No other module reads the environment.

`Settings` checks and contains the values; `read_settings` reads them from the environment.
"""

import base64
import binascii
import os
import re
from typing import Annotated, Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.database_url import MAX_PORT, parse_database_url
from bot.proxies import Proxies, parse_proxy_address

DEFAULT_PORT = 3000
MAX_RETENTION_DAYS = 3650
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_FORMATS = ("text", "json")
KEY_BYTES: Final = 32  # AES-256
BOT_TOKEN_PREFIXES = ("xoxb-", "xoxe.xoxb-")  # the second one expires, where the app rotates its tokens
TOKEN_PREFIXES = ("xox", "xapp-")
NEW_KEY_COMMAND = """python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())\""""


class InvalidSettings(Exception):
    """A setting is missing or wrong. The message names it and says what to do, in one sentence."""


def is_web_address(url: str) -> bool:
    """Say whether a text is an address of http or https, without a query."""
    try:
        address = urlsplit(url)
        is_valid = address.scheme in {"http", "https"} and bool(address.hostname) and address.port != 0
    except ValueError:  # brackets, or a port that is no number
        return False
    return is_valid and not re.search(r"[?#\s]", url)


def _require_web_address(url: str) -> str:
    if not is_web_address(url):
        raise ValueError("SLACK_API_URL must be a web address such as https://slack.com/api/.")
    return url.rstrip("/") + "/"  # the Web API client appends the method's name


def _require_database_url(url: str) -> str:
    parse_database_url(url)
    return url


def _parse_number(value: Any, info: ValidationInfo) -> int:
    """Return a whole number from 0 to the field's maximum; `value` is a text or a number."""
    text, maximum = str(value), MAX_PORT if info.field_name == "port" else MAX_RETENTION_DAYS
    if not text.isascii() or not text.isdigit() or not 0 <= int(text) <= maximum:
        name = Settings.model_fields[info.field_name or ""].validation_alias
        raise ValueError(f"{name} must be a number from 0 to {maximum}.")
    return int(text)


def _parse_log_level(value: Any) -> str:
    return _require_one_of("LOG_LEVEL", str(value).upper(), LOG_LEVELS)


def _parse_log_format(value: Any) -> str:
    return _require_one_of("LOG_FORMAT", str(value).lower(), LOG_FORMATS)


def _require_one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}.")
    return value


def _parse_keys(value: Any) -> tuple[bytes, ...]:
    """Return keys that are separated by commas. An error message contains a key's position, not the key."""
    if not isinstance(value, str):
        return tuple(value)
    keys = []
    for number, encoded in enumerate(filter(None, (part.strip() for part in value.split(","))), 1):
        try:
            key = base64.b64decode(encoded.replace("-", "+").replace("_", "/"), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise ValueError(
                f"Key {number} of ENCRYPTION_KEYS is not the base64 of 32 bytes: "
                f"make one by {NEW_KEY_COMMAND}"
            )
        keys.append(key)
    return tuple(keys)


def _require_proxy_address(value: str, info: ValidationInfo) -> str:
    try:
        return parse_proxy_address(value) if value else ""
    except ValueError:
        raise ValueError(
            f"{str(info.field_name).upper()} must be the address of an HTTP proxy such as "
            "http://proxy.example:3128 (a SOCKS proxy cannot be used)."
        ) from None


ProxyAddress = Annotated[str, AfterValidator(_require_proxy_address)]
Number = Annotated[int, BeforeValidator(_parse_number)]


class Settings(BaseModel):
    """The operator's settings. The repr does not contain secrets."""

    model_config = ConfigDict(
        frozen=True, populate_by_name=True, str_strip_whitespace=True, hide_input_in_errors=True
    )

    bot_token: str = Field(default="", validation_alias="SLACK_BOT_TOKEN", repr=False)
    signing_secret: str = Field(default="", validation_alias="SLACK_SIGNING_SECRET", repr=False)
    app_token: str = Field(default="", validation_alias="SLACK_APP_TOKEN", repr=False)
    api_url: Annotated[str, AfterValidator(_require_web_address)] = Field(
        default="https://slack.com/api/", validation_alias="SLACK_API_URL"
    )
    client_id: str = Field(default="", validation_alias="SLACK_CLIENT_ID")
    client_secret: str = Field(default="", validation_alias="SLACK_CLIENT_SECRET", repr=False)
    database_url: Annotated[str, AfterValidator(_require_database_url)] = Field(
        default="sqlite:///valuemap.db", validation_alias="DATABASE_URL", repr=False
    )
    encryption_keys: Annotated[tuple[bytes, ...], NoDecode, BeforeValidator(_parse_keys)] = Field(
        default=(), validation_alias="ENCRYPTION_KEYS", repr=False
    )  # the newest first
    port: Number = Field(default=DEFAULT_PORT, validation_alias="PORT")
    forget_after_days: Number = Field(default=14, validation_alias="FORGET_AFTER_DAYS")  # after an uninstall
    log_level: Annotated[str, BeforeValidator(_parse_log_level)] = Field(
        default="INFO", validation_alias="LOG_LEVEL"
    )
    log_format: Annotated[str, BeforeValidator(_parse_log_format)] = Field(
        default="text", validation_alias="LOG_FORMAT"
    )
    sentry_dsn: str = Field(default="", validation_alias="SENTRY_DSN", repr=False)
    https_proxy: ProxyAddress = Field(default="", validation_alias="HTTPS_PROXY", repr=False)
    http_proxy: ProxyAddress = Field(default="", validation_alias="HTTP_PROXY", repr=False)
    no_proxy: str = Field(default="", validation_alias="NO_PROXY")

    @model_validator(mode="before")
    @classmethod
    def _drop_blank_values(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Treat a blank variable as not set: deployment tools often set unused variables to a blank text."""
        return {
            name: value
            for name, value in values.items()
            if not (isinstance(value, str) and not value.strip())
        }

    @property
    def many_workspaces(self) -> bool:
        """Whether workspaces install the app by OAuth, so that each has a token of its own."""
        return bool(self.client_id)

    @property
    def proxies(self) -> Proxies:
        """The proxies of everything that is sent to Slack."""
        return Proxies(self.https_proxy, self.http_proxy, self.no_proxy)

    @property
    def socket_mode(self) -> bool:
        """Whether the bot receives requests over Socket Mode instead of HTTP."""
        return bool(self.app_token)

    @property
    def health_port(self) -> int | None:
        """The port of the health endpoints where a process serves nothing else; None unless PORT is set."""
        return self.port if "port" in self.model_fields_set else None

    def require_slack(self) -> None:
        """Raise InvalidSettings unless the settings are complete for one workspace, or for many."""
        if self.many_workspaces:
            self._require_oauth()
            return
        if not self.bot_token:
            raise InvalidSettings(
                "SLACK_BOT_TOKEN is not set: copy the 'Bot User OAuth Token' (xoxb-…) from your Slack app's "
                "page 'OAuth & Permissions'."
            )
        if not self.bot_token.startswith(BOT_TOKEN_PREFIXES):
            raise InvalidSettings("SLACK_BOT_TOKEN is not a bot token: it must begin with xoxb-.")
        if self.app_token and not self.app_token.startswith("xapp-"):
            raise InvalidSettings("SLACK_APP_TOKEN is not an app-level token: it must begin with xapp-.")
        if self.signing_secret.startswith(TOKEN_PREFIXES):
            raise InvalidSettings(
                "SLACK_SIGNING_SECRET is a token: copy 'Signing Secret' from your Slack app's page "
                "'Basic Information'."
            )
        if not (self.app_token or self.signing_secret):
            raise InvalidSettings(
                "Set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP."
            )

    def require_http(self) -> None:
        """Raise InvalidSettings unless the settings are complete for receiving requests over HTTP."""
        self.require_slack()
        self._require_signing_secret()

    def require_keys(self) -> None:
        """Raise InvalidSettings unless there is a key that encrypts tokens."""
        if not self.encryption_keys:
            raise InvalidSettings(f"ENCRYPTION_KEYS is not set: make a key by {NEW_KEY_COMMAND}")

    def _require_oauth(self) -> None:
        if self.bot_token or self.app_token:
            raise InvalidSettings(
                "SLACK_CLIENT_ID is for many workspaces over HTTP, SLACK_BOT_TOKEN and SLACK_APP_TOKEN are "
                "for one workspace: unset either the first or the other two."
            )
        if not self.client_secret:
            raise InvalidSettings(
                "SLACK_CLIENT_SECRET is not set: copy it from your Slack app's page 'Basic Information'."
            )
        self._require_signing_secret()
        self.require_keys()

    def _require_signing_secret(self) -> None:
        if not self.signing_secret:
            raise InvalidSettings(
                "SLACK_SIGNING_SECRET is not set: copy it from your Slack app's page 'Basic Information'."
            )


class EnvironmentSettings(Settings, BaseSettings):
    """The settings as read from the environment."""

    model_config = SettingsConfigDict(
        frozen=True,
        populate_by_name=True,
        str_strip_whitespace=True,
        hide_input_in_errors=True,
        extra="ignore",
    )


def read_settings() -> Settings:
    """Read the settings from the environment; raise InvalidSettings for an invalid value."""
    # Of two cases of a proxy variable the lower one counts, as for curl: which pydantic cannot know.
    found = getproxies_environment()
    proxies: dict[str, Any] = {f"{scheme}_proxy": found.get(scheme, "") for scheme in ("https", "http", "no")}
    try:
        return EnvironmentSettings(**proxies)
    except ValidationError as error:
        reason = error.errors()[0].get("ctx", {}).get("error")
        raise InvalidSettings(str(reason or error)) from None  # without the value, which may be a secret


def read_log_format() -> str:
    """Read LOG_FORMAT alone, for the demo, to which no other setting applies."""
    try:
        return _parse_log_format(os.environ.get("LOG_FORMAT", "").strip() or "text")
    except ValueError as error:
        raise InvalidSettings(str(error)) from None
