"""`audit report`: what a law asks for, as JSON or CSV."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import OutputWrapper
from django.utils import timezone

from audit.log import operators
from audit.oversight import retention
from audit.reports import command

HELP = command.HELP


def add_arguments(parser: ArgumentParser) -> None:
    command.arguments(parser)


def run(options: Mapping[str, Any], out: OutputWrapper) -> None:
    parts = command.answer(options, operator=operators.login(), at=timezone.now(), terms=retention.terms())
    for part in parts:
        out.write(part, ending="")
