"""`manage.py demo`: the demo world of CONTRACT.md. Only where DEMO=1."""

import json
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from consent.grants import clock
from integrations.intake import demo
from integrations.oauth import demo as programs


class Command(BaseCommand):
    help = "Load the demo world: its accounts and 90 days of three rings. Running it twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--credentials",
            action="store_true",
            help="print the two OAuth applications and their secrets instead",
        )

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo world exists only where DEMO=1.")
        at = clock.now()
        if options["credentials"]:
            self.stdout.write(json.dumps({"applications": programs.shown(at=at)}))
            return
        programs.load(at=at)
        members = demo.load(now=timezone.now())
        accounts = [
            {"email": member.email, "role": member.role, "password": demo.PASSWORD} for member in members
        ]
        self.stdout.write(json.dumps({"accounts": accounts}))
