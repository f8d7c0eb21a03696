"""`manage.py roles`: the SQL that makes the database's roles and gives each what it needs and no more (SR-8.4)."""

import re
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from config.roles import statements

NAME = re.compile(r"[a-z_][a-z0-9_]{0,40}")


class Command(BaseCommand):
    help = (
        "Print the SQL that sets up PostgreSQL's roles. Pipe it to psql as the database's administrator after each "
        "migrate; running it again changes nothing. Passwords are yours to set."
    )
    requires_system_checks: list[str] = []  # it only writes text: it works before there is a database

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--prefix", default="ringfence", help="how the roles' names begin")
        parser.add_argument("--schema", default="public", help="where the tables are")

    def handle(self, **options: Any) -> None:
        for name in ("prefix", "schema"):
            if not NAME.fullmatch(options[name]):
                raise CommandError(f"--{name} is a name of small letters, digits and underscores.")
        self.stdout.write("BEGIN;")
        for statement in statements(options["prefix"], schema=options["schema"]):
            self.stdout.write(f"{statement};")
        self.stdout.write("COMMIT;")
