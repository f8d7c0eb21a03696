"""`manage.py staff list | appoint | dismiss`: who works here in which role (SR-9.2)."""

import json
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from audit.log import operators, tickets
from integrations.privacy import staffing
from integrations.privacy.errors import StaffRefused
from records.members.models import STAFF, Role


class Command(BaseCommand):
    help = "Say who works here in which role, and change it. Each change is an entry of the log."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="who has or had which role, one a line, as JSON")
        appoint = acts.add_parser("appoint", help="give an account a role; it needs a passkey")
        dismiss = acts.add_parser("dismiss", help="shut an account of staff out, everywhere and for good")
        for one in (appoint, dismiss):
            one.add_argument("email")
            one.add_argument("--ticket", default="", help="why; required outside the demo, and recorded")
        appoint.add_argument("role", choices=sorted(STAFF))

    def handle(self, **options: Any) -> None:
        if options["act"] == "list":
            for each in staffing.everyone():
                self._print(email=each.email, role=each.role, active=each.is_active)
            return
        ticket = options["ticket"]
        if (ticket or not settings.DEMO) and (wrong := tickets.problem(ticket)):
            raise CommandError(f"--ticket: {wrong}")
        told = {"email": options["email"], "ticket": ticket, "operator": operators.login()}
        try:
            if options["act"] == "appoint":
                account = staffing.appoint(role=Role(options["role"]), **told)
            else:
                account = staffing.dismiss(**told)
        except StaffRefused as refused:
            raise CommandError(str(refused)) from refused
        self._print(email=account.email, role=account.role, active=account.is_active)

    def _print(self, **told: Any) -> None:
        self.stdout.write(json.dumps(told))
