"""Pairwise ids: each recipient sees its own id for a member, a document or a ring (SR-2.13).

One AES block under the recipient's key is a permutation of all 128-bit ids: reversible for us, without order, and two
recipients cannot join on it.
"""

import secrets
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


def _cipher(recipient: str, about: str) -> Cipher[modes.ECB]:
    key = keyring.Key(recipient, _recipient_key(recipient)).derive(f"pairwise|{about}")
    return Cipher(algorithms.AES(key.raw), modes.ECB())  # noqa: S305 (one block: a permutation, not a message)


def _recipient_key(recipient: str) -> bytes:
    place = f"members_recipientkey|wrapped|{recipient}"
    row = RecipientKey.objects.filter(recipient=recipient).first()
    if row is None:
        fresh = keyring.seal_with_master(secrets.token_bytes(keyring.KEY_BYTES), place=place)
        row = RecipientKey.objects.get_or_create(recipient=recipient, defaults={"wrapped": fresh})[0]
    return keyring.open_with_master(row.wrapped, place=place)
