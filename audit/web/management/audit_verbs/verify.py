"""`audit verify`: compute the whole log again; or, with `--file`, check an export as an outsider would."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from contextlib import suppress
from csv import Error as UnreadableTable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, OutputWrapper

from audit.outside import verify_ringfence
from audit.proofs import signing, verification

HELP = "recompute the whole log and name the first entry that does not agree; or check an export"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--file", type=Path, metavar="EXPORT", help="check this export instead of the log")
    parser.add_argument(
        "--manifest",
        type=Path,
        help="the export's manifest (default: the file beside it, EXPORT.manifest.json)",
    )
    parser.add_argument(
        "--event-proof",
        type=Path,
        metavar="PROOF",
        help="the proof of the entry about the export, as `audit prove` prints it (default: that in the manifest)",
    )


def run(options: Mapping[str, Any], out: OutputWrapper) -> None:
    """Print the verdict as JSON. Raises CommandError with the finding, LogKeyRefused without any key to check with."""
    if options["file"] is not None:
        _export(options["file"], options["manifest"], options["event_proof"], out)
        return
    verdict = verification.verify()
    out.write(json.dumps(verdict.told(), indent=2, ensure_ascii=False))
    if not verdict.ok:
        raise CommandError(verdict.finding)


def _export(file: Path, manifest: Path | None, event_proof: Path | None, out: OutputWrapper) -> None:
    """Check by the stand-alone script's own functions, with the key of this log, or an earlier one, that signed it."""
    beside = manifest or file.with_name(f"{file.name}.manifest.json")
    try:
        asked = Namespace(file=file, manifest=beside, event_proof=event_proof)
        said = verify_ringfence.check_export(asked, _key(beside))
    except verify_ringfence.Fault as fault:
        out.write(json.dumps({"ok": False, "finding": str(fault)}, indent=2, ensure_ascii=False))
        raise CommandError(str(fault)) from fault
    except OSError as missing:
        raise CommandError(
            f"{missing.filename or file} cannot be read. Name the export and its manifest."
        ) from missing
    except (ValueError, RecursionError, UnreadableTable) as broken:
        raise CommandError("The export cannot be read: it is not what its manifest says.") from broken
    read = verify_ringfence.read_json(beside.read_bytes(), "the manifest")
    told = {
        "ok": True,
        "rows_checked": read["format"] in verify_ringfence.READERS,
        "recorded": bool(event_proof or read.get("event_proof")),
    }
    out.write(json.dumps({**told, "said": " ".join(said.split())}, indent=2, ensure_ascii=False))


def _key(manifest: Path) -> verify_ringfence.Key:
    """Return the first key of ours that the checkpoint in the manifest is signed with, else the one in force."""
    keys = [verify_ringfence.trusted(vkey) for vkey in signing.vkeys()]
    note = verify_ringfence.read_json(manifest.read_bytes(), "the manifest").get("checkpoint")
    for key in keys:
        with suppress(verify_ringfence.Fault):
            verify_ringfence.opened(note, key)
            return key
    return keys[0]
