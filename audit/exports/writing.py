"""One export, from filters to a file and its manifest: whole under its name, or not there at all.

Each try has a folder of its own beside the file's place, and all of it is written there: file, proof, manifest. Then
its event is committed (SR-8.6), and then they get their names, the file last: who sees it sees its own manifest. Where
another file had that name, it goes before. Whoever reads the one before and the manifest after sees two hashes that do
not fit; nobody sees a file that is half, or without its manifest.
"""

import errno
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from audit.exports import manifest
from audit.exports.errors import ExportRefused, NoRoom
from audit.exports.formats.fhir import write_fhir
from audit.exports.formats.lines import write_csv, write_jsonl
from audit.exports.manifest import Head
from audit.exports.selection import Selection
from audit.exports.target import Target, held, put_in_place, trying
from audit.log.filters import Filters
from audit.log.planning import planned_anew

FORMATS = ("csv", "jsonl", "parquet", "fhir", "pdf")
ENDINGS = {"fhir": "fhir.json"}  # a file's ending where it is not the format's own name
SUMS = "_SHA256SUMS"  # of a folder's parts, as sha256sum writes it; readers of folders pass over such names
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

Progress = Callable[[int, int], None]  # indices looked through, of how many


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: how many rows, the file's hash, the size of the checkpoint it leans on, the entry about it."""

    format: str
    rows: int
    sha256: str
    size: int
    event: UUID | None = None


@planned_anew()
def write(
    *,
    filters: Filters,
    format: str,  # noqa: A002
    path: Path,
    at: datetime,
    by_day: bool = False,
    progress: Progress = lambda done, of: None,
    event: UUID | None = None,
    before: Callable[[Written], None] = lambda done: None,
) -> Written:
    """Write the export and its manifest, which names `event`. `before` is called when all is whole and has no name yet.

    Raises ExportRefused with what to do, NothingSigned, and what `before` raises; then nothing of it stands anywhere.
    """
    check(format, path, by_day=by_day)
    head = Head.latest()
    selection = Selection(filters, head.size)
    make = _folder if by_day else partial(_file, form=format)
    try:
        with trying(path) as parts:
            sha256, about = make(
                selection, parts / path.name, head=head, at=at, progress=lambda at: progress(at, head.size)
            )
            manifest.write(
                parts / path.name, head=head, runs=selection.runs, filters=filters.told(), at=at,
                about={"format": format, "file": path.name, "sha256": sha256, "rows": selection.rows, **about},
                event=event, beat=lambda: progress(head.size, head.size),
            )  # fmt: skip
            done = Written(format, selection.rows, sha256, head.size, event)
            with held(path.parent):
                check(format, path, by_day=by_day)  # somebody may have been faster
                before(done)
                put_in_place(parts, path, manifest.beside(path))
    except OSError as trouble:
        if trouble.errno in FULL:
            raise NoRoom(str(path.parent)) from trouble
        raise ExportRefused(
            f"The export cannot be written there: {trouble.strerror}. Choose another place."
        ) from trouble
    return done


def check(form: str, path: Path, *, by_day: bool = False) -> None:
    """Refuse what can be seen not to work before anything is read. Raises ExportRefused."""
    if form not in FORMATS:
        raise ExportRefused(
            f"There is no format of that name. Choose one of {', '.join(FORMATS)}.", name="format"
        )
    if by_day and form != "parquet":
        raise ExportRefused("Only parquet is written by day. Choose that format.", name="by-day")
    if not path.parent.is_dir():
        raise ExportRefused("There is no such folder to write to. Make it, or choose another.", name="out")
    if path.exists() and (by_day or not path.is_file()):
        raise ExportRefused("Something of that name is there already. Choose another name.", name="out")


def _file(
    selection: Selection,
    part: Path,
    *,
    form: str,
    head: Head,
    at: datetime,
    progress: Callable[[int], None],
) -> tuple[str, dict[str, object]]:
    writers: dict[str, Callable[[Selection, Target, Callable[[int], None]], None]] = {
        "csv": write_csv,
        "jsonl": write_jsonl,
        "parquet": _parquet,
        "fhir": partial(write_fhir, log=head.origin, at=at),
        "pdf": partial(_pdf, head=head, at=at),
    }
    target = Target(part)
    try:
        writers[form](selection, target, progress)
        target.close()
    finally:
        target.drop()
    return target.sha256, {}


def _folder(
    selection: Selection, part: Path, *, head: Head, at: datetime, progress: Callable[[int], None]
) -> tuple[str, dict[str, object]]:
    """Write a folder by day. Its hash is that of the list of its parts' hashes, which lies in it."""
    part.mkdir(mode=0o700)
    from audit.exports.formats.parquet import write_by_day

    parts = write_by_day(selection, part, progress)
    sums = Target(part / SUMS)
    for name, target in sorted(parts.items()):
        sums.write(f"{target.sha256}  {name}\n".encode())
    sums.close()
    return sums.sha256, {"by_day": True, "sums": SUMS}


# Arrow and the document's maker take tens of megabytes: whoever writes lines does without them.
def _parquet(selection: Selection, target: Target, progress: Callable[[int], None]) -> None:
    from audit.exports.formats.parquet import write_parquet

    write_parquet(selection, target, progress)


def _pdf(
    selection: Selection, target: Target, progress: Callable[[int], None], *, head: Head, at: datetime
) -> None:
    from audit.exports.formats.pdf import write_pdf

    write_pdf(selection, target, progress, note=head.origin, root=head.root.hex(), at=at)
