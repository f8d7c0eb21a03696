"""A small log to export, and an outsider with the stand-alone script."""

import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

from django.db import transaction

from audit.exports import making, writing
from audit.exports.manifest import path_of
from audit.log import services
from audit.log.events import Event, Outcome
from audit.log.filters import Filters
from audit.log.models import Entry
from audit.proofs import sequencer
from tests.audit.proofs.worlds import outside

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "audit" / "outside" / "verify_ringfence.py"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SIZE = 40
EVERY_OTHER = Filters(partner="strava")


def an_event(number: int, **changes: Any) -> Event:
    """Entries an hour apart, so that there is more than one day."""
    blocked = number % 3 == 0
    given = {
        "kind": "release.refused" if blocked else "release.permitted",
        "actor": "gate",
        "subject": f"s{number % 5}",
        "at": NOON + timedelta(hours=number, microseconds=number),
        "partner": "strava" if number % 2 else "alexa",
        "types": ("workout",) if number % 4 else (),
        "outcome": Outcome.BLOCKED if blocked else Outcome.OUT,
        "facts": {"reason": "toggle_off" if blocked else "permitted", "note": 'é "quoted" \\ and, more'},
    }
    return Event(**{**given, **changes})


def write(*events: Event) -> None:
    with transaction.atomic():
        for event in events:
            services.append(event)
    sequencer.run()


def a_log(settings, folder: Path, count: int = SIZE) -> list[Event]:
    outside(settings, folder)
    events = [an_event(number) for number in range(count)]
    write(*events)
    return events


def export(form: str, folder: Path, filters: Filters = EVERY_OTHER, **how: Any) -> Path:
    path = folder / f"export.{form}"
    writing.write(filters=filters, format=form, path=path, at=NOON, **how)
    return path


def recorded(form: str, folder: Path, filters: Filters = EVERY_OTHER, **how: Any) -> Path:
    """An export that the log was told of and has signed since, its manifest complete."""
    path = folder / f"recorded.{form}"
    done = making.make(filters=filters, format=form, path=path, actor="operator", at=NOON, **how)
    sequencer.run()
    assert done.event
    assert making.completed(path, done.event)
    return path


def the_manifest(path: Path) -> dict[str, Any]:
    return json.loads(path_of(path).read_bytes())


def check(path: Path, manifest: Path | None = None, *, more: Sequence[str] = ()) -> tuple[int, str]:
    """Run the script as an outsider does, with the key that the manifest names; its own tests run it as a program."""
    manifest = manifest or path_of(path)
    key = json.loads(manifest.read_bytes())["key"]
    said, before = StringIO(), sys.argv
    sys.argv = [str(SCRIPT), "export", str(path), "--manifest", str(manifest), "--key", key, *more]
    try:
        with redirect_stdout(said), redirect_stderr(said):
            code = _script().main()
        return code, said.getvalue()
    finally:
        sys.argv = before


@cache
def _script() -> ModuleType:
    spec = spec_from_file_location("verify_ringfence", SCRIPT)
    assert spec
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def events() -> list[dict]:
    """Return the entries about exports, oldest first."""
    kept = Entry.objects.filter(kind="audit.exported").order_by("id")
    return [json.loads(bytes(entry.body)) for entry in kept]
