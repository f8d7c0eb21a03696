"""`audit checkpoint`: the newest signed checkpoint, as anybody reads it at `/audit/1/checkpoint`."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError, OutputWrapper

from audit.proofs import selectors

HELP = "print the newest signed checkpoint"


def add_arguments(parser: ArgumentParser) -> None:
    """It takes none."""


def run(options: Mapping[str, Any], out: OutputWrapper) -> None:
    newest = selectors.latest()
    if newest is None:
        raise CommandError("No checkpoint was signed yet. Start the worker: manage.py worker")
    out.write(newest.note, ending="")
