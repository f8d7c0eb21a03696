"""`manage.py audit …`: the log for operators and for whoever doubts it (CONTRACT)."""

from argparse import ArgumentParser
from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.proofs.errors import SequencerStopped
from audit.web.management.audit_verbs import checkpoint, export, prove, reconcile, report, verify

VERBS: dict[str, ModuleType] = {
    "verify": verify,
    "checkpoint": checkpoint,
    "prove": prove,
    "export": export,
    "reconcile": reconcile,
    "report": report,
}


class Command(BaseCommand):
    help = "Check the log, prove what stands in it, hand it over, and hold it against what was done."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for name, verb in VERBS.items():
            verb.add_arguments(verbs.add_parser(name, help=verb.HELP, description=verb.HELP))

    def handle(self, *args: object, **options: Any) -> None:
        try:
            VERBS[options["verb"]].run(options, self.stdout)
        except SequencerStopped as stopped:
            raise CommandError(str(stopped)) from stopped
