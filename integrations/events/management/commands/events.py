"""`manage.py events dead | replay`: webhook events that were given up, and sending one again."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from audit.log import operators
from integrations.events import replaying
from integrations.events.errors import EventError


class Command(BaseCommand):
    help = "Webhook events that were given up: list them, or send one again. It passes the gate anew."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("dead", help="List the dead events, one JSON object a line.")
        again = acts.add_parser("replay", help="Try one dead event again, under its own id.")
        again.add_argument("id", metavar="ID")
        again.add_argument("--ticket", default="", help="why; required outside the demo world, and recorded")

    def handle(self, **options: Any) -> None:
        if options["act"] == "dead":
            for each in replaying.dead():
                self.stdout.write(json.dumps(each))
            return
        if not settings.DEMO and not options["ticket"]:
            raise CommandError(
                "Name the ticket that asks for this: --ticket ID. It is recorded with your name."
            )
        try:
            ref = UUID(options["id"])
            event = replaying.replay(ref, operator=operators.login(), ticket=options["ticket"])
        except ValueError as none:
            raise CommandError("An id looks like 0b1c…-….  List them: python manage.py events dead") from none
        except EventError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(json.dumps({"event": str(event.ref), "state": event.state}))
