"""Which tags may leave: an allow list, because a block list fails open. Widened only by two people.

Codes come with one of two prefixes and in several spellings, so they are compared with case,
underscores and hyphens removed. A code off the list, the member's own (`custom`) and no code at all
make the whole entry private.
"""

from collections.abc import Mapping
from typing import Any

from records.vocabulary.shapes import DocumentKind, Value

MAY_LEAVE: frozenset[str] = frozenset(
    {
        "alcohol", "caffeine", "late_meal", "travel", "jet_lag", "sauna", "ice_bath", "work", "screen_time",
        "meditation", "breathwork", "massage", "party", "sick",
    }
)  # fmt: skip

PREFIXES = ("tag_generic_", "tag_sleep_")
ONE_THAT_MAY = PREFIXES[0] + min(MAY_LEAVE)


def _plain(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "")


_ALLOWED = frozenset(_plain(stem) for stem in MAY_LEAVE)
_PREFIXES = tuple(_plain(prefix) for prefix in PREFIXES)


def stem(code: str) -> str | None:
    """Return what follows the prefix, in plain form; None for a code without one of the two prefixes."""
    plain = _plain(code)
    return next((plain.removeprefix(prefix) for prefix in _PREFIXES if plain.startswith(prefix)), None)


def may_leave(code: object) -> bool:
    """Whether a tag with this code may ever leave. Anything but a known code does not."""
    return isinstance(code, str) and stem(code) in _ALLOWED


def entry_may_leave(kind: DocumentKind, body: Mapping[str, Any]) -> bool:
    """Whether a whole entry may ever leave: every code of it may, and where codes are asked for there is one."""
    for leaf in kind.fields:
        if leaf.per_entry:
            found = body.get(leaf.path)
            codes = found if isinstance(found, list) else [found]
            if not codes or not all(may_leave(code) for code in codes):
                return False
    return True


def coded(kind: DocumentKind, code: str | None) -> dict[str, Any]:
    """Return the parts of an entry of this kind that hold codes, with this one in each."""
    return {
        leaf.path: [code] if leaf.value is Value.STRINGS else code for leaf in kind.fields if leaf.per_entry
    }
