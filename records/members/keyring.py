"""Sealing under the keyring: AES-256-GCM, a fresh 96-bit nonce, and the place of the value as associated data.

A sealed value is `v1.<key id>.<nonce>.<ciphertext>` (base64url). What was sealed for one table, column and row opens
nowhere else (SR-6.1). Losing the key is the only way a sealed value is erased everywhere at once (SR-8.3).
"""

import base64
import binascii
import secrets
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES = 12
KEY_BYTES = 32


class SealBroken(Exception):
    """A sealed value did not open: it was altered, moved to another row, or its key is gone."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"The sealed value of {place} does not open. Check RINGFENCE_MASTER_KEYS and the row."
        )


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """A symmetric key and its id. Prints masked."""

    id: str
    raw: bytes

    def __repr__(self) -> str:
        return f"Key({self.id!r}, •••)"

    def derive(self, purpose: str) -> "Key":
        """Return the subkey for one purpose (HKDF-SHA256, RFC 5869)."""
        derived = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode())
        return Key(self.id, derived.derive(self.raw))


def seal(plain: bytes, *, key: Key, place: str) -> str:
    """Seal `plain` under `key` for `place` ("table|column|row")."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key.raw).encrypt(nonce, plain, f"{place}|{key.id}".encode())
    return f"v1.{key.id}.{_text(nonce)}.{_text(sealed)}"


def open_sealed(sealed: str, *, key: Key, place: str) -> bytes:
    """Open what `seal` made for the same place. Raises SealBroken."""
    try:
        version, key_id, nonce, body = sealed.split(".")
        if (version, key_id) != ("v1", key.id):
            raise SealBroken(place)
        return AESGCM(key.raw).decrypt(_bytes(nonce), _bytes(body), f"{place}|{key_id}".encode())
    except (InvalidTag, ValueError, binascii.Error) as broken:
        raise SealBroken(place) from broken


def seal_with_master(plain: bytes, *, place: str) -> str:
    return seal(plain, key=master_keys()[0], place=place)


def open_with_master(sealed: str, *, place: str) -> bytes:
    """Open under whichever master key sealed it: old keys stay for reading until rotation is through (SR-6.2)."""
    wanted = sealed.split(".", 2)[1] if sealed.count(".") == 3 else ""
    for key in master_keys():
        if key.id == wanted:
            return open_sealed(sealed, key=key, place=place)
    raise SealBroken(place)


def master_keys() -> tuple[Key, ...]:
    """Return the master keys of the setting `MASTER_KEYS`, newest first."""
    return _parse(settings.MASTER_KEYS)


@lru_cache(maxsize=4)
def _parse(listed: str) -> tuple[Key, ...]:
    keys = []
    for part in listed.split(","):
        key_id, _, encoded = part.strip().partition(":")
        raw = base64.b64decode(encoded, validate=True)
        if not key_id.isalnum() or len(raw) != KEY_BYTES:
            raise ValueError(
                "RINGFENCE_MASTER_KEYS is a list of <key id>:<base64 of 32 bytes>, newest first."
            )
        keys.append(Key(key_id, raw))
    return tuple(keys)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(encoded: str) -> bytes:
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
