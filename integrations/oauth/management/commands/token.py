"""`manage.py token issue`: a grant and a pair of tokens without a browser (CONTRACT). Only where DEMO=1."""

import json
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from consent.grants import clock
from integrations.oauth import demo, issuing
from integrations.oauth.errors import OAuthError


class Command(BaseCommand):
    help = (
        "Issue an OAuth access and refresh token for a member. Demo world only: nobody consents for a member."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        issue = verbs.add_parser(
            "issue", help="a grant with these switches on, and a pair of tokens, as JSON"
        )
        issue.add_argument("email")
        issue.add_argument("--client", required=True, help="the client id")
        issue.add_argument("--scope", default="", help="scopes with blanks between; none = all it may have")
        issue.add_argument("--on", default=issuing.ALL, help="all, none, or data types with commas between")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Tokens are issued by command only where DEMO=1.")
        self.stdout.write(json.dumps(self.answer(verb, options)))

    def answer(self, verb: str, options: dict[str, Any]) -> dict[str, Any]:
        """Return what a verb prints. Raises CommandError."""
        at = clock.now()
        demo.load(at=at)
        try:
            return issuing.issue(
                email=options["email"],
                client_id=options["client"],
                scope=options["scope"],
                on=options["on"],
                at=at,
            )
        except OAuthError as problem:
            raise CommandError(str(problem)) from None
