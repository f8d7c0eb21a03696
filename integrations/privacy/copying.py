"""Writing a member's own copy: a zip of JSON and CSV, complete by the inventory, streamed as it is made.

Nothing is sampled and nothing left out for being private: it is theirs (GDPR Art. 15 and 20, SR-9.3).
"""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol, cast
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.db import transaction

from audit.log import services as log
from audit.log.events import Event
from audit.outside import verify_ringfence
from audit.proofs import proving, signing
from audit.proofs.errors import EntryWaits, LogKeyRefused
from consent.grants import clock
from consent.grants import selectors as grants
from integrations.privacy import cells, parts
from integrations.privacy.parts import Part, Row
from records.members.models import Member


class Writable(Protocol):
    """Where a zip may go: a file, or what seals it on the way."""

    def write(self, raw: bytes, /) -> int: ...
    def flush(self) -> object: ...


EXPORTED = "member.exported"
VERIFIER = Path(verify_ringfence.__file__)
README = """Your own copy of everything Ringfence holds about you, made {at}.

Each part is there twice: as JSON (complete) and as CSV (for a spreadsheet).
{parts}
receipts/     each receipt as it was signed (JWS); our public keys are at {base}/.well-known/jwks.json
ledger.jsonl  the record's entries about you, byte for byte, one a line
proofs/       for each of them the proof that it stands in the public log, under its signed head. Check one offline:
              python verify_ringfence.py proof proofs/FILE --key KEY
              The log's key, to be compared with what others hold: {key}
              Its newest head, public: {base}/audit/1/checkpoint
"""


def export(
    *, member: Member, out: Path, actor: str, ticket: str = "", operator: str = "", at: datetime | None = None
) -> None:
    """Write a member's copy to `out`: mode 0600, whole or not at all. The event is written before the file appears.

    Raises OSError when the disk does not take it; then there is no file and no event.
    """
    number, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(number, "wb") as into:
            write(member, into, at=at or clock.now())
            into.flush()
            os.fsync(into.fileno())
        told = {name: value[:64] for name, value in {"ticket": ticket, "operator": operator}.items() if value}
        happened(member, actor=actor, at=at, **told)
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@transaction.atomic
def happened(member: Member, *, actor: str, at: datetime | None = None, **facts: str) -> None:
    """Say in the log that a copy was made. How much is in it is not told: a count could tell of women's health."""
    subject = grants.subject_of(member.id, "")
    log.append(Event(kind=EXPORTED, actor=actor, subject=subject, at=at or clock.now(), facts=facts))


def write(member: Member, into: Writable, *, at: datetime) -> None:
    """Write the zip; `into` need not be seekable."""
    with ZipFile(cast(IO[bytes], into), "w", ZIP_DEFLATED) as archive:
        _put(archive, "README.txt", [_readme(at)])
        for part in parts.PARTS:
            _put(archive, f"{part.name}.json", _json(part.rows(member)))
            _put(archive, f"{part.name}.csv", _csv(part, part.rows(member)))
        for receipt in grants.receipts_of(member).iterator(chunk_size=parts.ROWS):
            _put(archive, f"receipts/{receipt.ref}.jws", [receipt.jws])
        entries = parts.entries(member).iterator(chunk_size=parts.ROWS)
        _put(archive, "ledger.jsonl", (bytes(entry.body).decode() + "\n" for entry in entries))
        _prove(archive, member)
        _put(archive, "verify_ringfence.py", [VERIFIER.read_text(encoding="utf-8")])


def _prove(archive: ZipFile, member: Member) -> None:
    """One proof an entry; what was written within the last second has none yet."""
    for event_id in parts.entries(member).values_list("event_id", flat=True).iterator(chunk_size=parts.ROWS):
        try:
            proof = proving.inclusion(event_id)
        except EntryWaits:
            continue
        _put(archive, f"proofs/{event_id}.json", [json.dumps(proof)])


def _put(archive: ZipFile, name: str, texts: Iterable[str]) -> None:
    with archive.open(name, "w", force_zip64=True) as file:
        for text in texts:
            file.write(text.encode())


def _json(rows: Iterator[Row]) -> Iterator[str]:
    yield "["
    for number, row in enumerate(rows):
        yield f"{',' if number else ''}\n{json.dumps(row, ensure_ascii=False, allow_nan=False)}"
    yield "\n]\n"


def _csv(part: Part, rows: Iterator[Row]) -> Iterator[str]:
    """Documents have one line a value, for their fields differ; every other part has one line a row."""
    if part.columns[-1] != "fields":
        return cells.lines(part.columns, map(_flat, rows))
    return cells.lines((*part.columns[:-1], "field", "value"), _by_field(rows))


def _by_field(rows: Iterator[Row]) -> Iterator[dict[str, Any]]:
    for row in rows:
        for field, value in cells.leaves(row["fields"]):
            yield {**row, "field": field, "value": value}


def _flat(row: Row) -> dict[str, Any]:
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
        for name, value in row.items()
    }


def _readme(at: datetime) -> str:
    listed = "\n".join(f"{part.name}.json, {part.name}.csv" for part in parts.PARTS)
    return README.format(
        at=f"{at:%Y-%m-%d %H:%M} UTC", parts=listed, base=settings.BASE_URL.rstrip("/"), key=_key()
    )


def _key() -> str:
    """Return the log's verifier key; a process that is given none says where it is."""
    try:
        return signing.vkeys()[0]
    except LogKeyRefused:
        return "ask the privacy team"
