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
FORMULA_BEGINS = "[ \t\r\n\v\f\u00a0'\"]*[-=+@\t\r\uff0d\uff1d\uff0b\uff20]"
FORMULA = re.compile(f"^{FORMULA_BEGINS}")

# Each column of a page of rows as one run of bytes (`reading.pages`). Where cells differ in length, BETWEEN stands
# between them: PostgreSQL knows no text that holds it. `textsend` is a text's own bytes.
# The time is the one that the entry writes: "at" is its second key, and no text before can hold a bare quote.
BETWEEN = b"\0"
WIDE = {"id": 36, "at": 27, "leaf": 64}  # characters of a cell, where all have as many
_SENT = {name: f"textsend({name})" for name in NAMES} | {
    "index": 'int8send("index")',
    "id": "textsend(event_id::text)",
    "at": """substring(body FROM position('"at":"'::bytea IN body) + 6 FOR 27)""",
    "types": "textsend(btrim(types))",
    "leaf": "leaf",
    "entry": "body",
}
CELLS = tuple(
    f"""string_agg({cell}, '{"" if name in {"index", *WIDE} else chr(92) + "x00"}'::bytea ORDER BY "index")"""
    for name, cell in _SENT.items()
)
LINES = """string_agg('{"entry":'::bytea || body || textsend(',"index":' || "index" || E'}\\n'), ''::bytea
ORDER BY "index")"""
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
