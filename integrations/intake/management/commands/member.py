"""`manage.py member import`: real ring data in files of the API's own JSON, into one member's records."""

import getpass
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from integrations.intake import files
from records.members.models import Member


class Command(BaseCommand):
    help = "Operators' acts on one member's documents."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        bring = acts.add_parser(
            "import", help="Read files of the API's own JSON. Reading one twice changes nothing."
        )
        bring.add_argument("email")
        bring.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        bring.add_argument("--kind", help="the documents' kind; default: the file's name tells")
        bring.add_argument("--ticket", default="", help="why; required outside the demo world, and recorded")

    def handle(self, **options: Any) -> None:
        if not settings.DEMO and not options["ticket"]:
            raise CommandError(
                "Name the ticket that asks for this: --ticket ID. It is recorded with your name."
            )
        member = Member.objects.filter(email__iexact=options["email"]).first()
        if member is None:
            raise CommandError("There is no account with this e-mail address.")
        brought = files.bring(
            member,
            options["paths"],
            kind=options["kind"],
            ticket=options["ticket"],
            operator=getpass.getuser(),
        )
        for wrong in brought.malformed:
            self.stderr.write(str(wrong))
        self.stdout.write(
            json.dumps(
                {
                    "documents": brought.documents,
                    "malformed": len(brought.malformed),
                    "deliveries": brought.deliveries,
                }
            )
        )
        if brought.malformed:
            raise SystemExit(1)
