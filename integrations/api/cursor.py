"""`next_token`: the whole query and where it goes on, sealed for one grant and its epoch.

It is authenticated, says nothing by its look or length, is another one each time, works alone or beside parameters, and
opens for no other grant. Letters, digits, `-`, `_` and `.` only: some clients paste it into an address as it is.
"""

import base64
import binascii
import re
from uuid import UUID

import msgspec

from consent.gate.paging import Place
from integrations.api.parameters import Asked
from records.members import keyring
from records.members.keyring import Key, SealBroken

LONGEST = 8_000  # characters; those of ours are shorter, fields included
PADDED_TO = 256  # bytes
_FORM = re.compile(r"v1\.[A-Za-z0-9]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)


class Query(msgspec.Struct, frozen=True):
    """What is asked for, and after which place of it the page begins (None = the first one). A token carries this."""

    collection: str
    asked: Asked
    after: Place | None = None


def sealed(query: Query, *, grant_ref: UUID, epoch: int) -> str:
    """Return the token with which the next page is asked for."""
    plain = msgspec.json.encode(query)
    padded = plain.ljust(-(-len(plain) // PADDED_TO) * PADDED_TO)
    return keyring.seal(padded, key=_keys()[0], place=_place(grant_ref, epoch))


def opened(token: str, *, grant_ref: UUID, epoch: int) -> Query | None:
    """Return what a token of ours for this grant and epoch carries; None for any other text."""
    if len(token) > LONGEST or not _as_written(token):
        return None
    named = token.split(".")[1]
    for key in _keys():
        if key.id == named:
            try:
                plain = keyring.open_sealed(token, key=key, place=_place(grant_ref, epoch))
                return msgspec.json.decode(plain, type=Query)
            except (SealBroken, msgspec.MsgspecError):
                return None
    return None


def _as_written(token: str) -> bool:
    """Whether a token is written as we write it: base64 has several texts for the same bytes, and we give out one."""
    if not _FORM.fullmatch(token):
        return False
    try:
        parts = [part.encode() for part in token.split(".")[2:]]
        return all(
            base64.urlsafe_b64encode(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))).rstrip(b"=")
            == part
            for part in parts
        )
    except binascii.Error:
        return False


def _keys() -> list[Key]:
    """The newest seals; older master keys still open until their rotation is through."""
    return [key.derive("next_token") for key in keyring.master_keys()]


def _place(grant_ref: UUID, epoch: int) -> str:
    return f"next_token|{grant_ref}|{epoch}"
