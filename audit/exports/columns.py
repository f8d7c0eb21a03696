"""What an export says of an entry, column by column, in SQL for the fast way and in Python for the plain one.

Every column but the index repeats the entry's own bytes, which stand in the last one. Nothing in a cell is a formula
to a spreadsheet (SR-4.11): what begins like one, also after blanks or quotes, gets an apostrophe before it.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from audit.log.chain import leaf_hash

NAMES = (
    "index", "id", "at", "kind", "subject", "partner", "types", "outcome", "reason", "leaf", "entry",
)  # fmt: skip
WORDS = ("kind", "subject", "partner", "types", "outcome", "reason")  # what may begin like a formula
FORMULA = re.compile("^[ \t\r\n\v\f\u00a0'\"]*[-=+@\t\r\uff0d\uff1d\uff0b\uff20]")

_BODY = "convert_from(e.body, 'UTF8')"
# The time as the entry writes it: "at" is its second key, and no text before can hold a bare quote.
_AT = """convert_from(substring(e.body FROM position('"at":"'::bytea IN e.body) + 6 FOR 27), 'UTF8')"""
_FORMULA = r"""E'^[ \t\r\n\x0b\f\u00a0\'"]*[-=+@\t\r\uff0d\uff1d\uff0b\uff20]'"""


def _word(name: str) -> str:
    return "btrim(e.types)" if name == "types" else f"e.{name}"


def _safe(column: str) -> str:
    """Return a cell that no spreadsheet runs. Letters and digits are looked at first: nearly all cells begin so."""
    begins = f'{column} COLLATE "C"'
    return (
        f"CASE WHEN {begins} >= 'A' AND {begins} < '{{' OR {begins} >= '0' AND {begins} < ':' OR {column} = '' "
        f"THEN {column} WHEN {column} ~ {_FORMULA} THEN '''' || {column} ELSE {column} END"
    )


def _columns(*words: str, at: str) -> str:
    return f"""l."index", e.event_id, {at}, {", ".join(words)}, encode(e.leaf, 'hex'), {_BODY}"""


SAFE = _columns(*(_safe(_word(name)) for name in WORDS), at=_AT)
PLAIN = _columns(*(_word(name) for name in WORDS), at="e.at")
LINE = f"""'{{"entry":' || {_BODY} || ',"index":' || l."index" || '}}'"""
STORED = 'l."index", e.body'


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as the plain ways see it."""

    index: int
    body: bytes
    told: dict[str, Any]

    @classmethod
    def of(cls, index: int, body: Any) -> "Row":
        return cls(index, bytes(body), json.loads(bytes(body)))

    def cells(self) -> list[Any]:
        """Return what stands under `NAMES`."""
        told = self.told
        return [
            self.index,
            told["id"],
            told["at"],
            told["kind"],
            told["subject"],
            told["partner"],
            " ".join(told.get("types", ())),
            told.get("outcome", ""),
            str(told["facts"].get("reason", "")),
            leaf_hash(self.body).hex(),
            self.body.decode(),
        ]


def safe(cell: object) -> str:
    """Return a cell that no spreadsheet runs (SR-4.11)."""
    text = str(cell)
    return f"'{text}" if FORMULA.match(text) else text
