"""Reading JSON that a stranger sent: shallow, finite, every key once, plain text (SR-4.8). Pure."""

import json
import math
import unicodedata
from typing import Any

LARGEST = 1024 * 1024  # bytes
DEEPEST = 16


class Unreadable(ValueError):
    """What is wrong with a body. Its text says what to do and repeats nothing of it."""


def read(raw: bytes) -> Any:
    """Return what a body says, its texts in NFC. Raises Unreadable."""
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant)
        return _plain(value, 1)
    except UnicodeDecodeError as error:
        raise Unreadable("Send the body as UTF-8.") from error
    except RecursionError as error:
        raise Unreadable(f"Nest at most {DEEPEST} levels.") from error
    except json.JSONDecodeError as error:
        raise Unreadable("Send one JSON object.") from error
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable("Send shorter numbers.") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("Give every key of an object once.")
    return found


def _constant(_name: str) -> float:
    raise Unreadable("Send finite numbers.")


def _plain(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise Unreadable(f"Nest at most {DEEPEST} levels.")
    if isinstance(value, dict):
        return {_text(key): _plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, depth + 1) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise Unreadable("Send finite numbers.")
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text):
        raise Unreadable("Send texts without control characters.")
    return unicodedata.normalize("NFC", text)
