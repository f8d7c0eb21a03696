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


def folder_of(ref: UUID) -> Path:
    """Return the folder in which the files of one export lie."""
    return Path(settings.VAR_DIR) / "exports" / str(ref)


def path_of(export: Export) -> Path:
    return folder_of(export.ref) / export.file


def files(export: Export) -> dict[str, Path]:
    """Return the files that can be taken, by name: the export, its manifest, and its proof where that is a file."""
    if export.state != State.DONE:
        return {}
    path = path_of(export)
    found = (path, manifest.path_of(path), manifest.proof_path_of(path))
    return {one.name: one for one in found if one.is_file()}
