"""Encryption of stored tokens with AES-GCM.

Each token is bound to its context (its row and column) as associated data: copied into another row, it cannot
be decrypted. It begins with the name of its key and a dot, so that new tokens use a new key while older ones
stay readable. `cryptography` is imported inside functions, because a bot for one workspace does not need it
and it takes 6 MiB.
"""

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

NONCE_BYTES = 12


class DecryptionError(Exception):
    """A token cannot be decrypted; the message says why and what to do."""


class TokenEncryption:
    """Encrypts with the first key and decrypts with any of them."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        self._ciphers = {compute_key_name(key): AESGCM(key) for key in keys}
        self.newest_key_name = compute_key_name(keys[0])

    def encrypt(self, token: str, context: str) -> str:
        """Return a token encrypted with the newest key and bound to its context."""
        # A GCM nonce must never repeat for one key. NIST SP 800-38D allows 96 random bits.
        nonce = os.urandom(NONCE_BYTES)
        ciphertext = self._ciphers[self.newest_key_name].encrypt(nonce, token.encode(), context.encode())
        return f"{self.newest_key_name}.{urlsafe_b64encode(nonce + ciphertext).decode()}"

    def decrypt(self, encrypted: str, context: str) -> str:
        """Return the token; raise DecryptionError for an unknown key, a changed text or another context."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415

        if not self.has_key_of(encrypted):
            raise DecryptionError(build_unknown_key_message(read_key_name(encrypted)))
        try:
            raw = urlsafe_b64decode(encrypted.partition(".")[2])
            return (
                self._ciphers[read_key_name(encrypted)]
                .decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode())
                .decode()
            )
        except (InvalidTag, ValueError):
            pass  # raised below, outside the handler, so that the error has no __context__ with secrets
        raise DecryptionError(
            "A token in the database was changed or moved: let its workspace install again."
        )

    def has_key_of(self, encrypted: str) -> bool:
        """Say whether the key of an encrypted token is configured."""
        return read_key_name(encrypted) in self._ciphers


def read_key_name(encrypted: str) -> str:
    """Return the name of the key that a token is encrypted with."""
    return encrypted.partition(".")[0]


def compute_key_name(key: bytes) -> str:
    """Return the name of a key: the start of a hash, which does not reveal the key."""
    return hashlib.sha256(b"valuemap key " + key).hexdigest()[:8]


def build_unknown_key_message(name: str) -> str:
    """Return the message for the operator about a key that is not configured."""
    return (
        f"A token in the database is encrypted with the key {name}, which is not among ENCRYPTION_KEYS: "
        "put that key back at its end, or let the workspace install again."
    )
