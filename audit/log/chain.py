"""An entry's canonical bytes and its leaf hash. Pure.

Canonical JSON is RFC 8785; the leaf is RFC 6962's `SHA-256(0x00 || entry)`, so that anyone with the bytes can compute
both again without us (SR-8.1, 8.2).
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from audit.log import jcs

LIMIT = 4096  # bytes; a tile bundle allows 65,535 (SR-8.1)


class EntryRefused(ValueError):
    """An event cannot be written down: it is too large or holds something that JSON does not."""


def canonical(entry: Mapping[str, Any]) -> bytes:
    """Return the RFC 8785 bytes of an entry. Raises EntryRefused."""
    try:
        written = jcs.canonical(dict(entry))
    except jcs.NotJson as broken:
        raise EntryRefused("An audit entry holds a value that JSON has no form for.") from broken
    if len(written) > LIMIT:
        raise EntryRefused(f"An audit entry is {len(written)} bytes long; at most {LIMIT} are allowed.")
    return written


def leaf_hash(entry: bytes) -> bytes:
    """Return the RFC 6962 leaf hash of an entry's bytes."""
    return hashlib.sha256(b"\x00" + entry).digest()
