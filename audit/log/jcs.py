"""The canonical bytes of a JSON value: RFC 8785, the JSON Canonicalization Scheme. Pure.

Every act of the house pays for some: its entry, its receipt, the commitment to what it released.
"""

from types import NoneType
from typing import Any

import msgspec
import rfc8785

EXACT = (1 << 53) - 1  # the largest whole number that every reader of JSON keeps (RFC 8785 section 3.2.2.3)
_ALONE = frozenset({str, bool, NoneType})
_sorted_json = msgspec.json.Encoder(order="deterministic").encode


class NotJson(ValueError):
    """A value that JSON has no form for."""


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 bytes of a JSON value. Raises NotJson."""
    try:
        return _sorted_json(value) if _plain(value) else rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as broken:
        raise NotJson("JSON has no form for this value.") from broken


def _plain(value: Any) -> bool:
    """Say whether JSON with sorted keys is RFC 8785 already: no fractions, whole numbers in range, keys of ASCII.

    Nearly everything is, and written that way it costs a fifth (bench G9). Text, which most values are, is seen on the
    spot: a call for each, or a generator, would double the cost.
    """
    kind = type(value)
    if kind is dict:
        for key, one in value.items():
            if type(key) is not str or not key.isascii() or not (type(one) is str or _plain(one)):
                return False
        return True
    if kind is list or kind is tuple:
        for one in value:  # noqa: SIM110 (a generator costs twice)
            if not (type(one) is str or _plain(one)):
                return False
        return True
    return kind in _ALONE or (kind is int and -EXACT <= value <= EXACT)
