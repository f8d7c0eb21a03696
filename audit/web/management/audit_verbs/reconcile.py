"""`audit reconcile`: hold the log and what was done against one another, one to one; the result is an event."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.management.base import CommandError, OutputWrapper
from django.utils import timezone

from audit.proofs import reconciling

HELP = "hold the log and what was done against one another, and name what differs"
A_DAY = timedelta(days=1)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--day",
        type=_day,
        metavar="YYYY-MM-DD",
        help="one day in UTC (default: from yesterday's start to now)",
    )


def run(options: Mapping[str, Any], out: OutputWrapper) -> None:
    """Print the result as JSON. Raises CommandError with a sentence when anything differs."""
    now = timezone.now()
    if options["day"] is not None:
        since = datetime.combine(options["day"], time.min, UTC)
        until = min(since + A_DAY, now)
    else:
        since, until = datetime.combine(now.astimezone(UTC).date(), time.min, UTC) - A_DAY, now
    if since >= until:
        raise CommandError("This day has not begun. Name one that has, or leave --day out.")
    result = reconciling.reconcile(since=since, until=until, actor="operator")
    out.write(json.dumps(result.told(), indent=2))
    if not result.ok:
        raise CommandError(
            f"{result.differ} acts and entries differ; each is listed by its reference. "
            "Run `audit verify` next, and keep a copy of the database before anything is changed."
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("Write a day as YYYY-MM-DD.") from None
