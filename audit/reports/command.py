"""`manage.py audit report …`: the reports for operators, as JSON or CSV on standard output (CONTRACT)."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from audit.log import tickets
from audit.log.filters import FilterRefused, Filters, parsed
from audit.reports import services, tables
from audit.reports.breach import Criteria
from audit.reports.errors import ReportRefused
from audit.reports.services import Asker
from audit.reports.shapes import Report

HELP = "answer with a report what a law asks"
ABOUT_A_MEMBER = {"accounting", "recipients"}


def arguments(parser: ArgumentParser) -> None:
    """Declare the verb's words and options on its own parser."""
    kinds = parser.add_subparsers(dest="report", required=True, metavar="REPORT")
    accounting = kinds.add_parser("accounting", help="one member's disclosures (45 CFR 164.528)")
    recipients = kinds.add_parser(
        "recipients", help="who received one member's data (RCW 19.373.040, GDPR Art. 15)"
    )
    processing = kinds.add_parser("processing", help="the records of processing (GDPR Art. 30)")
    breach = kinds.add_parser("breach", help="what a breach touched (GDPR Art. 33)")
    for one in (accounting, recipients):
        one.add_argument("--member", required=True, metavar="EMAIL")
    for name in ("partner", "reason", "policy"):
        breach.add_argument(f"--{name}", default="", help=f"the {name} to look for")
    for one in (accounting, breach):
        for name in ("since", "until"):
            one.add_argument(
                f"--{name}", default="", metavar="TIME", help="a day, or a time with its zone; UTC"
            )
    for one in (accounting, recipients, processing, breach):
        one.add_argument(
            "--ticket", default="", help="why; recorded, and required about a member outside the demo"
        )
        one.add_argument("--format", choices=["json", "csv"], default="json")


def answer(
    options: Mapping[str, Any], *, operator: str, at: datetime, terms: Mapping[str, int] | None = None
) -> Iterator[str]:
    """Yield the report as text. Raises CommandError with what to change; `terms` come from the retention schedule."""
    if options["report"] in ABOUT_A_MEMBER and not settings.DEMO and not options["ticket"]:
        raise CommandError("Name the ticket that asks for this: --ticket ID. It is recorded with your name.")
    if options["ticket"] and (wrong := tickets.problem(options["ticket"])):
        raise CommandError(f"--ticket: {wrong}")
    asker = Asker(actor="operator", operator=operator, ticket=options["ticket"])
    makes: dict[str, Callable[[], Report]] = {
        "accounting": lambda: _accounting(options, asker, at),
        "recipients": lambda: services.recipients(email=options["member"], asker=asker, at=at),
        "processing": lambda: services.processing(asker=asker, at=at, terms=terms),
        "breach": lambda: _breach(options, asker, at),
    }
    try:
        report = makes[options["report"]]()
    except FilterRefused as refused:
        raise CommandError(str(refused)) from refused
    except ReportRefused as refused:
        raise CommandError(f"{refused.name}: {refused}") from refused
    if options["format"] == "csv":
        return tables.csv_of(report)
    return iter([json.dumps(report.told(), ensure_ascii=False, indent=2) + "\n"])


def _accounting(options: Mapping[str, Any], asker: Asker, at: datetime) -> Report:
    window = _window(options)
    return services.accounting(
        email=options["member"], asker=asker, at=at, since=window.since, until=window.until
    )


def _breach(options: Mapping[str, Any], asker: Asker, at: datetime) -> Report:
    window = _window(options)
    if window.since is None or window.until is None:
        raise CommandError("Name the window to look at: --since TIME and --until TIME.")
    criteria = Criteria(partner=options["partner"], reason=options["reason"], policy=options["policy"])
    return services.breach(criteria=criteria, since=window.since, until=window.until, asker=asker, at=at)


def _window(options: Mapping[str, Any]) -> Filters:
    return parsed({name: options[name] for name in ("since", "until")}, partners=(), data_types=())
