"""Secrets at rest: encrypted, and bound to their place, so that none can be put in another's.

What is encrypted names its key. So a new key can be written with while older ones are still read with.
The library is imported with the first key: 6 MiB that a bot for one workspace has no use for.
"""

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

NONCE_BYTES = 12  # bytes


class DecryptionError(Exception):
    """A secret cannot be decrypted; the message says why, and what to do."""


class TokenEncryption:
    """Encrypts with the first key, and decrypts with any of them."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        self._ciphers = {key_name(key): AESGCM(key) for key in keys}
        self.newest_key_name = key_name(keys[0])

    def encrypt(self, secret: str, place: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self.newest_key_name].encrypt(nonce, secret.encode(), place.encode())
        return f"{self.newest_key_name}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def decrypt(self, sealed: str, place: str) -> str:
        """Return the secret; raise Unreadable where it was encrypted otherwise or for another place."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415

        if not self.has_key_of(sealed):
            raise DecryptionError(unknown_key_message(read_key_name(sealed)))
        try:
            raw = urlsafe_b64decode(sealed.partition(".")[2])
            return self._ciphers[read_key_name(sealed)].decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError):
            pass  # and nothing of what was tried goes along
        raise DecryptionError("A token in the database was changed or moved: let its workspace install again.")

    def has_key_of(self, sealed: str) -> bool:
        return read_key_name(sealed) in self._ciphers


def read_key_name(sealed: str) -> str:
    """Return the name of the key that a secret is encrypted with."""
    return sealed.partition(".")[0]


def key_name(key: bytes) -> str:
    """Return what a key is called, which says nothing about it."""
    return hashlib.sha256(b"valuemap key " + key).hexdigest()[:8]


def unknown_key_message(name: str) -> str:
    return (
        f"A token in the database is encrypted with the key {name}, which is not among ENCRYPTION_KEYS: "
        "put that key back at its end, or let the workspace install again."
    )
