"""`manage.py token create` and `token issue`: what opens the API, without a browser (CONTRACT). Only where DEMO=1."""

import json
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from consent.grants import clock
from integrations.oauth import demo
from integrations.oauth import issuing as pairs
from integrations.oauth.errors import OAuthError
from integrations.tokens import issuing as keys
from integrations.tokens.errors import TokenError
from records.members.errors import MembersOnly


class Command(BaseCommand):
    help = "Make what opens the API, for a member. Demo world only: nobody consents for a member."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="a personal access token, printed once, as JSON")
        create.add_argument("email")
        create.add_argument("--note", required=True, help="what it is for")
        create.add_argument("--on", default=keys.ALL, help="all, or data types with commas between")
        issue = verbs.add_parser(
            "issue", help="a grant with these switches on, and a pair of tokens, as JSON"
        )
        issue.add_argument("email")
        issue.add_argument("--client", required=True, help="the client id")
        issue.add_argument("--scope", default="", help="scopes with blanks between; none = all it may have")
        issue.add_argument("--on", default=pairs.ALL, help="all, none, or data types with commas between")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Tokens are issued by command only where DEMO=1.")
        try:
            self.stdout.write(json.dumps(self.answer(verb, options)))
        except (OAuthError, TokenError, MembersOnly) as problem:
            raise CommandError(str(problem)) from None

    def answer(self, verb: str, options: dict[str, Any]) -> dict[str, Any]:
        """Return what a verb prints."""
        at = clock.now()
        if verb == "create":
            return keys.create(email=options["email"], note=options["note"], on=options["on"], at=at)
        demo.load(at=at)
        return pairs.issue(
            email=options["email"],
            client_id=options["client"],
            scope=options["scope"],
            on=options["on"],
            at=at,
        )
