"""`audit prove`: one entry with the proof that it stands in the log, to be checked without us."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, OutputWrapper
from django.db import transaction
from django.utils import timezone

from audit.log import services as log
from audit.log.events import Event
from audit.proofs import proving
from audit.proofs.errors import NoProof

HELP = "print an entry with its inclusion proof and checkpoint, as JSON"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--event", required=True, metavar="ID", help="the entry's id")


def run(options: Mapping[str, Any], out: OutputWrapper) -> None:
    """Print the proof. Reading an entry is an act of its own, and goes into the log (SR-9.2)."""
    try:
        event_id = UUID(options["event"])
        proof = proving.inclusion(event_id)
    except ValueError as unreadable:
        raise CommandError("--event is the id of an entry: 32 hex digits in five groups.") from unreadable
    except NoProof as none:
        raise CommandError(str(none)) from none
    with transaction.atomic():
        log.append(
            Event(
                kind="audit.viewed",
                actor="operator",
                subject="",
                at=timezone.now(),
                facts={"entry": str(event_id)},
            )
        )
    out.write(json.dumps(proof, indent=2, ensure_ascii=False))
