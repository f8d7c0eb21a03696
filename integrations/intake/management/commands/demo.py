"""`manage.py demo`: the demo world of CONTRACT.md. Only where DEMO=1."""

import json
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from integrations.intake import demo


class Command(BaseCommand):
    help = "Load the demo world: its accounts and 90 days of three rings. Running it twice changes nothing."

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo world exists only where DEMO=1.")
        members = demo.load(now=timezone.now())
        accounts = [
            {"email": member.email, "role": member.role, "password": demo.PASSWORD} for member in members
        ]
        self.stdout.write(json.dumps({"accounts": accounts}))
