"""A log with a history: batches of entries, a checkpoint after each, witness and public files in the test's folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from audit.log import chain
from audit.log.events import Event, Outcome, columns
from audit.log.models import Entry
from audit.proofs import sequencer, witness

BATCHES = (3, 5, 260, 7, 1)  # a full tile, a level above it, checkpoints at 3, 8, 268, 275 and 276
SIZE = sum(BATCHES)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def outside(settings, folder: Path) -> None:
    """Keep what lies outside the database in this folder."""
    settings.AUDIT_PUBLISH_DIR = str(folder / "public")
    settings.AUDIT_WITNESS_FILE = str(folder / "witness" / "checkpoints")
    settings.AUDIT_WITNESS_NAME = "the tests"


def grow(*batches: int) -> None:
    """Write batches of entries, an hour apart within each, in one statement a batch, and sequence each."""
    for count in batches:
        Entry.objects.bulk_create([_row(number) for number in range(count)])
        assert sequencer.run() == count


def _row(number: int) -> Entry:
    blocked = number % 3 == 0
    entry = Event(
        kind="release.refused" if blocked else "release.permitted",
        actor="worker",
        subject=f"s{number % 5}",
        at=NOON + timedelta(hours=number),
        partner="strava" if number % 2 else "alexa",
        types=("workout",) if number % 4 else (),
        outcome=Outcome.BLOCKED if blocked else Outcome.OUT,
        facts={"reason": "toggle_off" if blocked else "permitted"},
    ).entry()
    body = chain.canonical(entry)
    return Entry(**columns(entry), body=body, leaf=chain.leaf_hash(body))


def witnessed() -> list[str]:
    """Return every note that the witness has now."""
    return list(witness.read(witness.length()))
