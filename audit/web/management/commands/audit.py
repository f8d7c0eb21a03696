"""`manage.py audit …`: the log for operators and for whoever doubts it (CONTRACT)."""

from argparse import ArgumentParser
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.proofs.errors import SequencerStopped

ROOM = "audit.web.management.audit_verbs"
VERBS = ("verify", "checkpoint", "prove", "export", "reconcile", "report")


class Command(BaseCommand):
    help = "Check the log, prove what stands in it, hand it over, and hold it against what was done."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for name, verb in _verbs().items():
            verb.add_arguments(verbs.add_parser(name, help=verb.HELP, description=verb.HELP))

    def handle(self, *args: object, **options: Any) -> None:
        try:
            _verbs()[options["verb"]].run(options, self.stdout)
        except SequencerStopped as stopped:
            raise CommandError(str(stopped)) from stopped


def _verbs() -> dict[str, ModuleType]:
    return {name: import_module(f"{ROOM}.{name}") for name in VERBS if find_spec(f"{ROOM}.{name}")}
