"""What is derived from a member's one key: the seal of their documents, their owner reference, their pseudonyms.

Everything here stops working when the key row is deleted, which is what erasing a member means (SR-8.3).
"""

import hashlib
import hmac
import secrets
from uuid import UUID

from records.members import keyring
from records.members.keyring import Key
from records.members.models import MemberKey


class MemberErased(Exception):
    """The member's key is gone: nothing of theirs can be read or written any more."""

    def __init__(self) -> None:
        super().__init__("This member was erased; their records cannot be opened.")


def key_of(member_id: UUID) -> Key:
    """Return the member's key, made at first use. Raises MemberErased when the account is gone as well."""
    row = MemberKey.objects.filter(member_id=member_id).first() or _make(member_id)
    return opened(row)


def opened(row: MemberKey) -> Key:
    """Return the key that a row holds, for whoever has many rows in hand at once."""
    plain = keyring.open_with_master(row.wrapped, place=_place(row.member_id))
    return Key(_key_id(row.member_id), plain)


def _make(member_id: UUID) -> MemberKey:
    from records.members.models import Member

    if not Member.objects.filter(id=member_id).exists():
        raise MemberErased
    fresh = keyring.seal_with_master(secrets.token_bytes(keyring.KEY_BYTES), place=_place(member_id))
    return MemberKey.objects.get_or_create(member_id=member_id, defaults={"wrapped": fresh})[0]


def owner_reference(key: Key) -> str:
    """Return the opaque reference under which a member's documents are stored; no foreign key leads back."""
    return keyed_digest(key, "owner", "")[:32]


def pseudonym(key: Key, partner: str) -> str:
    """Return the member's pseudonym in the log for one connection (`partner` "" = what concerns no partner)."""
    return keyed_digest(key, "pseudonym", partner)[:32]


def commitment(key: Key, canonical: bytes) -> str:
    """Return a keyed commitment to some bytes: a bare hash of one score could be guessed (SR-8.1)."""
    return hmac.new(key.derive("commitment").raw, canonical, hashlib.sha256).hexdigest()


def keyed_digest(key: Key, purpose: str, of: str) -> str:
    return hmac.new(key.derive(purpose).raw, of.encode(), hashlib.sha256).hexdigest()


def _key_id(member_id: UUID) -> str:
    return f"m{member_id.hex[:12]}"


def _place(member_id: UUID) -> str:
    return f"members_memberkey|wrapped|{member_id}"
