"""`manage.py audit export …`: an export for operators, with its manifest beside it (CONTRACT)."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from audit import ports
from audit.exports import making, manifest, writing
from audit.exports.errors import ExportRefused
from audit.exports.writing import Written
from audit.log.filters import FilterRefused, Filters, parsed

INTERRUPTED = 130  # as a shell tells of Ctrl-C
WAIT = 5.0  # seconds; the log signs within one, while a worker runs
HELP = "hand the log over: rows, a manifest, and the proofs that an outsider checks"
FILTERS = {
    "since": "a day, or a time with its zone; UTC",
    "until": "up to this time; a day is meant with the day itself",
    "member": "the member's address",
    "subject": "pseudonyms, with commas between",
    "partner": "the partner's slug",
    "data-type": "a data type's key",
    "kind": "kinds of entries, with commas between",
    "outcome": "out, in or blocked",
    "reason": "a reason's key",
}


def arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options on its own parser."""
    parser.add_argument("--format", required=True, choices=writing.FORMATS)
    parser.add_argument("--out", required=True, metavar="PATH")
    parser.add_argument(
        "--by-day", action="store_true", help="parquet only: a folder with a part for each day"
    )
    for name, meaning in FILTERS.items():
        parser.add_argument(f"--{name}", default="", help=meaning)
    parser.add_argument(
        "--wait", type=float, default=WAIT, metavar="SECONDS",
        help="how long to wait at most for the log to sign the entry about this export (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--ticket", default="", help="why; recorded, and required about a member outside the demo"
    )


def answer(options: Mapping[str, Any], *, operator: str, at: datetime) -> Iterator[str]:
    """Write the export and yield what was done as JSON. Raises CommandError with what to change."""
    path = Path(options["out"])
    try:
        filters = _filters(options)
        writing.check(options["format"], path, by_day=options["by_day"])
        facts = {"operator": operator, **({"ticket": options["ticket"]} if options["ticket"] else {})}
        done = making.make(
            filters=filters, format=options["format"], path=path, actor="operator", at=at,
            by_day=options["by_day"], facts=facts,
        )  # fmt: skip
    except FilterRefused as refused:
        raise CommandError(str(refused)) from refused
    except KeyboardInterrupt as stopped:
        raise CommandError("The export was interrupted. Start it again.", returncode=INTERRUPTED) from stopped
    except ExportRefused as refused:
        raise CommandError(f"{refused.name}: {refused}" if refused.name else str(refused)) from refused
    told = {
        "format": done.format,
        "file": str(path),
        "manifest": str(manifest.path_of(path)),
        "rows": done.rows,
        "sha256": done.sha256,
        "event": str(done.event),
        "event_proof": _proved(path, done, options["wait"]),
        "filters": filters.told(),
        "checkpoint": done.size,
    }
    yield json.dumps(told, ensure_ascii=False) + "\n"


def _proved(path: Path, done: Written, wait: float) -> bool:
    """Say whether the manifest carries the proof of the entry. An export stands whole without: nobody has to wait."""
    try:
        return done.event is not None and making.completed(path, done.event, wait=wait)
    except KeyboardInterrupt:
        return False


def _filters(options: Mapping[str, Any]) -> Filters:
    if options["member"] and not settings.DEMO and not options["ticket"]:
        raise CommandError("Name the ticket that asks for this: --ticket ID. It is recorded with your name.")
    catalogue = ports.catalogue()
    return parsed(
        {name.replace("-", "_"): options[name.replace("-", "_")] for name in FILTERS},
        partners=catalogue.recipients(),
        data_types=catalogue.data_types(),
        subjects_of=lambda email: ports.people().subjects_of(email),
    )
