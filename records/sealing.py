"""How a member's documents are sealed: under one subkey, bound to the place of the row (SR-6.1).

References are keyed digests of where a document comes from: the same document gets the same one again,
and without the member's key nobody can tell what it is the reference of, or that two rows belong
together.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from records.members import keyring, keys
from records.members.keyring import Key

PUBLIC, PRIVATE = "records_document", "records_privatedocument"
PADDED_TO = 1024  # private bodies are padded, so that their length does not name their kind


@dataclass(frozen=True, slots=True, repr=False)
class Seals:
    """What opens one member's documents. Made once a batch; prints masked."""

    owner: str
    bodies: Key
    references: Key

    @classmethod
    def of(cls, key: Key) -> "Seals":
        return cls(keys.owner_reference(key), key.derive("documents"), key.derive("references"))

    def reference(self, kind: str, origin: str, source_id: str) -> UUID:
        """Return a document's reference: the same for the same kind, origin and id there."""
        return self._digest(PUBLIC, kind, origin, source_id)

    def private_reference(self, ref: UUID) -> UUID:
        """Return the reference of a document's private part; without the key nothing tells that they belong."""
        return self._digest(PRIVATE, str(ref))

    def _digest(self, *named: str) -> UUID:
        digest = hmac.digest(self.references.raw, json.dumps(named).encode(), hashlib.sha256)
        return UUID(bytes=digest[:16], version=4)

    @property
    def lock(self) -> int:
        """The number under which one writer at a time holds this member's documents (60 bits)."""
        return int(self.owner[:15], 16)

    def seal(self, table: str, ref: UUID, body: Mapping[str, Any]) -> str:
        """Seal a body for its row. Written small, and padded in the private table."""
        plain = json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
        if table == PRIVATE:
            plain = plain.ljust(-(-len(plain) // PADDED_TO) * PADDED_TO)
        return keyring.seal(plain, key=self.bodies, place=_place(table, ref))

    def open(self, table: str, ref: UUID, sealed: str) -> dict[str, Any]:
        """Open a body. Raises SealBroken when the row was altered, moved, or is another member's."""
        plain = keyring.open_sealed(sealed, key=self.bodies, place=_place(table, ref))
        opened: dict[str, Any] = msgspec.json.decode(plain)
        return opened

    def __repr__(self) -> str:
        return "Seals(•••)"


def _place(table: str, ref: UUID) -> str:
    return f"{table}|body|{ref}"
