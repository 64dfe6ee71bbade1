"""Encrypted tokens: when they can be decrypted, and when not."""

import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest

from bot.features.workspaces.oauth.encryption import DecryptionError, TokenEncryption, compute_key_name
from bot.features.workspaces.oauth.service import OAuthClient
from bot.features.workspaces.oauth.store import InstalledApp
from bot.settings import InvalidSettings, Settings, read_settings
from tests.stories.installing import KEY, OLD_KEY, encode_keys

SECRET = "xoxb-1-secret"


def test_a_token_is_decrypted_and_is_encrypted_differently_each_time() -> None:
    encryption = TokenEncryption([KEY])
    one, other = encryption.encrypt(SECRET, "a"), encryption.encrypt(SECRET, "a")
    assert one != other
    assert SECRET not in one
    assert encryption.decrypt(one, "a") == encryption.decrypt(other, "a") == SECRET


def test_a_token_is_decrypted_in_its_own_context_only() -> None:
    encrypted = TokenEncryption([KEY]).encrypt(SECRET, "client/E1/T1/bot_token")
    for other_context in (
        "client/E1/T2/bot_token",
        "client/E1/T1/bot_refresh_token",
        "client//T1/bot_token",
        "",
    ):
        with pytest.raises(DecryptionError, match="changed or moved"):
            TokenEncryption([KEY]).decrypt(encrypted, other_context)


def test_a_change_of_any_byte_is_detected() -> None:
    encryption = TokenEncryption([KEY])
    name, _, rest = encryption.encrypt(SECRET, "a").partition(".")
    raw = urlsafe_b64decode(rest)
    for index in range(len(raw)):
        changed = raw[:index] + bytes([raw[index] ^ 1]) + raw[index + 1 :]
        with pytest.raises(DecryptionError):
            encryption.decrypt(f"{name}.{urlsafe_b64encode(changed).decode()}", "a")
    for broken in (f"{name}.", f"{name}.%%%", f"{name}.{rest[:-5]}"):
        with pytest.raises(DecryptionError):
            encryption.decrypt(broken, "a")


def test_older_keys_decrypt_and_the_newest_key_encrypts() -> None:
    old = TokenEncryption([OLD_KEY]).encrypt(SECRET, "a")
    both = TokenEncryption([KEY, OLD_KEY])
    assert both.decrypt(old, "a") == SECRET
    assert both.encrypt(SECRET, "a").startswith(compute_key_name(KEY))
    with pytest.raises(
        DecryptionError, match=f"the key {compute_key_name(OLD_KEY)}, which is not among ENCRYPTION_KEYS"
    ):
        TokenEncryption([KEY]).decrypt(old, "a")


def test_no_secret_is_in_a_repr_or_an_error() -> None:
    settings = Settings(client_id="1.2", client_secret="hush", encryption_keys=(KEY,))
    installed = InstalledApp(1, "A", None, "T", "B", "U", SECRET, SECRET, None)
    shown = f"{settings!r} {installed!r} {OAuthClient('1.2', 'hush')!r} {TokenEncryption([KEY])!r}"
    assert [one for one in ("hush", "kkk", SECRET) if one in shown] == []
    encrypted = TokenEncryption([KEY]).encrypt(SECRET, "a")
    with pytest.raises(DecryptionError) as raised:
        TokenEncryption([KEY]).decrypt(encrypted, "b")
    assert raised.value.__context__ is None, "the error must not lead to the token"


ENVIRON = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "hush",
    "SLACK_SIGNING_SECRET": "hush",
    "ENCRYPTION_KEYS": encode_keys(KEY, OLD_KEY),
}


@pytest.mark.parametrize(
    ("environ", "expected_text"),
    [
        ({"SLACK_CLIENT_SECRET": ""}, "SLACK_CLIENT_SECRET is not set"),
        ({"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET is not set"),
        ({"ENCRYPTION_KEYS": ""}, "ENCRYPTION_KEYS is not set: make a key by python -c"),
        (
            {"ENCRYPTION_KEYS": f"{encode_keys(KEY)},c2hvcnQ="},
            "Key 2 of ENCRYPTION_KEYS is not the base64 of 32",
        ),
        ({"ENCRYPTION_KEYS": "ä"}, "Key 1 of ENCRYPTION_KEYS"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "unset either the first or the other two"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "unset either the first or the other two"),
    ],
)
def test_a_missing_setting_for_many_workspaces_is_named(
    environ: dict[str, str], expected_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.environ", {**ENVIRON, **environ})
    with pytest.raises(InvalidSettings, match=re.escape(expected_text)) as raised:
        read_settings().require_http()
    assert "c2hvcnQ" not in str(raised.value)


def test_keys_are_read_in_order_and_may_be_url_safe_base64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.environ", ENVIRON)
    settings = read_settings()
    settings.require_http()
    assert settings.encryption_keys == (KEY, OLD_KEY)
    url_safe = urlsafe_b64encode(os.urandom(32)).decode()
    monkeypatch.setattr("os.environ", {"ENCRYPTION_KEYS": f" {url_safe} ,"})
    assert len(read_settings().encryption_keys[0]) == 32


def test_one_workspace_needs_no_keys() -> None:
    settings = Settings(bot_token="xoxb-1", signing_secret="s")
    settings.require_http()
    assert not settings.many_workspaces
