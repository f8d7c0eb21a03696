"""Reading what was exported."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from audit.exports import manifest
from audit.exports.models import Export, State


def history() -> QuerySet[Export]:
    """Return every export that was asked for, newest first."""
    return Export.objects.order_by("-asked_at", "ref")


def folder() -> Path:
    """Return the folder in which the exports of the pages lie."""
    return Path(settings.VAR_DIR) / "exports"


def folder_of(ref: UUID) -> Path:
    """Return the folder of one export, with a folder in it for each try."""
    return folder() / str(ref)


def path_of(export: Export) -> Path:
    """Return where the file of the export's newest try lies."""
    return folder_of(export.ref) / str(export.claim) / export.file


def files(export: Export) -> dict[str, Path]:
    """Return the files that can be taken, by name: the export, its manifest, and its proof where that is a file."""
    if export.state != State.DONE:
        return {}
    path = path_of(export)
    found = (path, manifest.path_of(path), manifest.proof_path_of(path))
    return {one.name: one for one in found if one.is_file()}
