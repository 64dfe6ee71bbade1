"""Secrets at rest: encrypted, and bound to their place, so that none can be put in another's.

What is encrypted names its key. So a new key can be written with while older ones are still read with.
The library is imported with the first key: 6 MiB that a bot for one workspace has no use for.
"""

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

NONCE = 12  # bytes


class Unreadable(Exception):
    """A secret cannot be decrypted; the message says why, and what to do."""


class Vault:
    """Encrypts with the first key, and decrypts with any of them."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        self._ciphers = {name_of(key): AESGCM(key) for key in keys}
        self.newest = name_of(keys[0])

    def seal(self, secret: str, place: str) -> str:
        nonce = os.urandom(NONCE)
        sealed = self._ciphers[self.newest].encrypt(nonce, secret.encode(), place.encode())
        return f"{self.newest}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """Return the secret; raise Unreadable where it was encrypted otherwise or for another place."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415

        if not self.knows(sealed):
            raise Unreadable(unknown(key_of(sealed)))
        try:
            raw = urlsafe_b64decode(sealed.partition(".")[2])
            return self._ciphers[key_of(sealed)].decrypt(raw[:NONCE], raw[NONCE:], place.encode()).decode()
        except (InvalidTag, ValueError):
            pass  # and nothing of what was tried goes along
        raise Unreadable("A token in the database was changed or moved: let its workspace install again.")

    def knows(self, sealed: str) -> bool:
        return key_of(sealed) in self._ciphers


def key_of(sealed: str) -> str:
    """Return the name of the key that a secret is encrypted with."""
    return sealed.partition(".")[0]


def name_of(key: bytes) -> str:
    """Return what a key is called, which says nothing about it."""
    return hashlib.sha256(b"valuemap key " + key).hexdigest()[:8]


def unknown(name: str) -> str:
    return (
        f"A token in the database is encrypted with the key {name}, which is not among ENCRYPTION_KEYS: "
        "put that key back at its end, or let the workspace install again."
    )
