"""A log with a history: batches of entries, a checkpoint after each, witness and public files in the test's folder."""

from pathlib import Path

from audit.proofs import sequencer
from tests.audit.proofs.logging_acts import append

BATCHES = (3, 5, 260, 7, 1)  # a full tile, a level above it, checkpoints at 3, 8, 268, 275 and 276
SIZE = sum(BATCHES)


def outside(settings, folder: Path) -> None:
    """Keep what lies outside the database in this folder."""
    settings.AUDIT_PUBLISH_DIR = str(folder / "public")
    settings.AUDIT_WITNESS_FILE = str(folder / "witness" / "checkpoints")
    settings.AUDIT_WITNESS_NAME = "the tests"


def grow(*batches: int) -> None:
    for count in batches:
        append(count)
        assert sequencer.run() == count
