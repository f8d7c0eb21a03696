"""`audit export`: hand the log over as CSV, JSON Lines, Parquet, FHIR or PDF, with what it takes to check it."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import OutputWrapper
from django.utils import timezone

from audit.exports import command
from audit.log import operators

HELP = command.HELP


def add_arguments(parser: ArgumentParser) -> None:
    command.arguments(parser)


def run(options: Mapping[str, Any], out: OutputWrapper) -> None:
    for part in command.answer(options, operator=operators.login(), at=timezone.now()):
        out.write(part, ending="")
