"""Reading JSON Lines from strangers: one object a line, and a sentence for every line that is none. Pure.

Follows SR-4.8: at most 16 levels, finite numbers, no key twice, no line without an end. What is wrong is said without
repeating what was sent.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

LONGEST = 4 * 1024 * 1024  # bytes
DEEPEST = 16


class LineRefused(ValueError):
    """One line cannot be read. The text says what to do; `ref` is the line's own id where that could be read."""

    def __init__(self, says: str, ref: str | int | None = None) -> None:
        super().__init__(says)
        self.ref = ref


def lines_of(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield each line that is not blank, as it comes; None for one that is too long, which is never held whole."""
    while line := stream.readline(LONGEST + 1):
        if len(line) > LONGEST and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST)
            yield None
        elif line.strip():
            yield line


def read(line: bytes | None) -> dict[str, Any]:
    """Return the object of a line. Raises LineRefused."""
    if line is None:
        raise LineRefused(f"The line is too long. Send at most {LONGEST // 1024 // 1024} MiB a line.")
    try:
        found = json.loads(
            line.decode(),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except UnicodeDecodeError:
        raise LineRefused("The line is not UTF-8. Send it as UTF-8.") from None
    except RecursionError:
        raise LineRefused(_TOO_DEEP) from None
    except json.JSONDecodeError:
        raise LineRefused("The line is no JSON. Send one JSON object a line.") from None
    if not isinstance(found, dict):
        raise LineRefused("The line is no object. Send one JSON object a line.")
    if _too_deep(found):
        raise LineRefused(_TOO_DEEP, ref_of(found))
    return found


def ref_of(found: dict[str, Any]) -> str | int | None:
    """Return the id of a line when it is a short text or a whole number; nothing else is ever sent back."""
    ref = found.get("id")
    short = (isinstance(ref, str) and len(ref) <= 200) or (type(ref) is int and abs(ref) <= 2**53)
    return ref if short else None


_TOO_DEEP = f"The line is nested too deeply. Send at most {DEEPEST} levels."


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise LineRefused("An object has a key twice. Send each key once.")
    return found


def _constant(_: str) -> Any:
    raise LineRefused("A number is not finite. Send finite numbers, or null.")


def _float(written: str) -> float:
    number = float(written)
    if number in (float("inf"), float("-inf")):
        raise LineRefused("A number is too large. Send finite numbers, or null.")
    return number


def _int(written: str) -> int:
    if len(written) > 20:
        raise LineRefused("A number is too large. Send whole numbers of at most 19 digits.")
    return int(written)


def _too_deep(found: dict[str, Any]) -> bool:
    level: list[Any] = [found]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
        level = [each for each in level if isinstance(each, dict | list)]
        if not level:
            return False
    return True
