"""After a restore: whom the log says was erased since the backup is erased again, before anybody signs in (SR-8.3).

The log itself is the list of erasures: its entries of kind `member.erased` name a pseudonym, which only the restored
key of that member computes again. No list of names is kept anywhere.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from integrations.privacy import erasing
from integrations.privacy.errors import Held, PrivacyError
from records.members import keys
from records.members.models import MemberKey


class NotTheLog(PrivacyError):
    """The file holds a line that is no entry of the log."""

    def __init__(self, line: int) -> None:
        super().__init__(
            f"Line {line} is no entry of the log. Give the log's entries as JSON Lines, one a line."
        )


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many erasures the log tells of, how many members were erased again, how many a legal hold keeps."""

    listed: int
    erased: int
    held: int


def replay(path: Path, *, ticket: str = "", operator: str = "") -> Replayed:
    """Erase again. Reads every key once (about 20,000 a second). Safe to run twice. Raises NotTheLog, OSError."""
    wanted = set(_erased_in(path))
    again = [
        row.member_id
        for row in MemberKey.objects.iterator()
        if keys.pseudonym(keys.opened(row), "") in wanted
    ]
    held = 0
    for member_id in again:
        try:
            erasing.erase(member_id=member_id, actor="operator", ticket=ticket, operator=operator)
        except Held:
            held += 1
    return Replayed(listed=len(wanted), erased=len(again) - held, held=held)


def _erased_in(path: Path) -> Iterator[str]:
    """Yield the pseudonyms of the erased. A line is an entry, or holds one under `entry`."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                told = json.loads(line)
                entry = told.get("entry", told)
                kind, subject = entry["kind"], entry["subject"]
            except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
                raise NotTheLog(number) from None
            if kind == erasing.ERASED:
                yield str(subject)
