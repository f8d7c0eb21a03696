"""Reading an entry's bytes even where somebody changed them: a page that shows a broken log must not break with it."""

import json
from typing import Any

from audit.log.models import Entry


def told(entry: Entry) -> dict[str, Any]:
    """Return what the bytes say; nothing when they are no JSON object any more."""
    try:
        read = json.loads(bytes(entry.body))
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def facts(entry: Entry) -> dict[str, Any]:
    """Return the entry's own facts; none when there are none to read."""
    found = told(entry).get("facts")
    return found if isinstance(found, dict) else {}
