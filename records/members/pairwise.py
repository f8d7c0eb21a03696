"""Pairwise ids: each recipient sees its own id for a member, a document or a ring (SR-2.13).

One AES block under the recipient's key is a permutation of all 128-bit ids: reversible for us, without order, and two
recipients cannot join on it.
"""

import secrets
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from records.members import keyring
from records.members.models import RecipientKey


def pairwise(inner: UUID, *, recipient: str, about: str) -> UUID:
    """Return the recipient's own id for `inner`; `about` is "member", "document" or "ring"."""
    cipher = _cipher(recipient, about).encryptor()
    return UUID(bytes=cipher.update(inner.bytes) + cipher.finalize())


def inner(outer: UUID, *, recipient: str, about: str) -> UUID:
    """Return our id for one that the recipient was given. Any other id gives some id that does not exist."""
    cipher = _cipher(recipient, about).decryptor()
    return UUID(bytes=cipher.update(outer.bytes) + cipher.finalize())


class Ids:
    """One recipient's ids, for whoever has many to give: its key is read once. Prints masked."""

    __slots__ = ("_raw", "_recipient")

    def __init__(self, recipient: str, *, wrapped: str | None = None) -> None:
        """`wrapped` is the recipient's key as its row has it, where another statement has read it already."""
        self._recipient = recipient
        self._raw = _opened(recipient, wrapped) if wrapped else _recipient_key(recipient)

    def pairwise(self, inner: UUID, *, about: str) -> UUID:
        cipher = _of(self._recipient, self._raw, about).encryptor()
        return UUID(bytes=cipher.update(inner.bytes) + cipher.finalize())

    def inner(self, outer: UUID, *, about: str) -> UUID:
        cipher = _of(self._recipient, self._raw, about).decryptor()
        return UUID(bytes=cipher.update(outer.bytes) + cipher.finalize())

    def __repr__(self) -> str:
        return f"Ids({self._recipient!r}, •••)"


def _cipher(recipient: str, about: str) -> Cipher[modes.ECB]:
    return _of(recipient, _recipient_key(recipient), about)


@lru_cache(maxsize=512)
def _of(recipient: str, raw: bytes, about: str) -> Cipher[modes.ECB]:
    key = keyring.Key(recipient, raw).derive(f"pairwise|{about}")
    return Cipher(algorithms.AES(key.raw), modes.ECB())  # noqa: S305 (one block: a permutation, not a message)


def _recipient_key(recipient: str) -> bytes:
    row = RecipientKey.objects.filter(recipient=recipient).first()
    if row is None:
        fresh = keyring.seal_with_master(secrets.token_bytes(keyring.KEY_BYTES), place=_place(recipient))
        row = RecipientKey.objects.get_or_create(recipient=recipient, defaults={"wrapped": fresh})[0]
    return _opened(recipient, row.wrapped)


def _opened(recipient: str, wrapped: str) -> bytes:
    return keyring.open_with_master(wrapped, place=_place(recipient))


def _place(recipient: str) -> str:
    return f"members_recipientkey|wrapped|{recipient}"
