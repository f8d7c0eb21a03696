"""`manage.py staff list | appoint | dismiss`: who works here in which role (SR-9.2)."""

import getpass
import json
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from audit.log import tickets
from integrations.privacy import staffing
from integrations.privacy.staffing import ROLES, StaffRefused
from records.members.models import Role


class Command(BaseCommand):
    help = "Say who works here in which role, and change it. Each change is an entry of the log."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="who has which role, one a line, as JSON")
        appoint = acts.add_parser("appoint", help="give an account a role; it needs a passkey")
        dismiss = acts.add_parser("dismiss", help="take an account's role away and sign it out everywhere")
        for one in (appoint, dismiss):
            one.add_argument("email")
            one.add_argument("--ticket", default="", help="why; required outside the demo, and recorded")
        appoint.add_argument("role", choices=[str(role) for role in ROLES])

    def handle(self, **options: Any) -> None:
        if options["act"] == "list":
            for email, role in staffing.listed():
                self.stdout.write(json.dumps({"email": email, "role": role}))
            return
        ticket = options["ticket"]
        if (ticket or not settings.DEMO) and (wrong := tickets.problem(ticket)):
            raise CommandError(f"--ticket: {wrong}")
        told = {"email": options["email"], "ticket": ticket, "operator": getpass.getuser()}
        try:
            if options["act"] == "appoint":
                staffing.appoint(role=Role(options["role"]), **told)
            else:
                staffing.dismiss(**told)
        except StaffRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(json.dumps({"email": options["email"], "done": f"{options['act']}ed"}))
