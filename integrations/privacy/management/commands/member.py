"""`manage.py member import | export | erase | replay-erasures`: operators' acts on one member's records."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from audit.log import operators, tickets
from integrations.intake import files
from integrations.privacy import copying, erasing, replaying
from integrations.privacy.errors import PrivacyError
from records.members.errors import MembersOnly
from records.members.models import Member


class Command(BaseCommand):
    help = "Operators' acts on one member's records."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        bring = acts.add_parser(
            "import", help="Read files of the API's own JSON. Reading one twice changes nothing."
        )
        bring.add_argument("email")
        bring.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        bring.add_argument("--kind", help="the documents' kind; default: the file's name tells")
        export = acts.add_parser(
            "export", help="Write everything about one member into a zip of JSON and CSV."
        )
        export.add_argument("email")
        export.add_argument("--out", required=True, type=Path, metavar="PATH")
        erase = acts.add_parser(
            "erase",
            help="Stop all sharing, tell the partners, delete every row and the key. There is no way back.",
        )
        erase.add_argument("email")
        replay = acts.add_parser(
            "replay-erasures",
            help="After restoring a backup: erase again whom the log says was erased since.",
        )
        replay.add_argument(
            "path", type=Path, metavar="LOG", help="the log's entries, one a line (JSON Lines)"
        )
        for one in (bring, export, erase, replay):
            one.add_argument(
                "--ticket", default="", help="why; required outside the demo world, and recorded"
            )

    def handle(self, **options: Any) -> None:
        if not settings.DEMO and not options["ticket"]:
            raise CommandError(
                "Name the ticket that asks for this: --ticket ID. It is recorded with your name."
            )
        if options["ticket"] and (wrong := tickets.problem(options["ticket"])):
            raise CommandError(f"--ticket: {wrong}")
        told: dict[str, Any] = {"ticket": options["ticket"], "operator": operators.login()}
        try:
            if options["act"] == "import":
                self._import(_member(options["email"]), options, told)
            elif options["act"] == "export":
                self._export(_member(options["email"]), options["out"], told)
            elif options["act"] == "erase":
                self._erase(_member(options["email"]), told)
            else:
                self._replay(options["path"], told)
        except (PrivacyError, MembersOnly) as refused:
            raise CommandError(str(refused)) from refused
        except OSError as trouble:
            raise CommandError(f"The file cannot be read or written: {trouble.strerror}.") from trouble

    def _import(self, member: Member, options: dict[str, Any], told: dict[str, Any]) -> None:
        brought = files.bring(member, options["paths"], kind=options["kind"], **told)
        for wrong in brought.malformed:
            self.stderr.write(str(wrong))
        self._print(
            documents=brought.documents, malformed=len(brought.malformed), deliveries=brought.deliveries
        )
        if brought.malformed:
            raise SystemExit(1)

    def _export(self, member: Member, out: Path, told: dict[str, Any]) -> None:
        copying.export(member=member, out=out, actor="operator", **told)
        self._print(written=str(out), bytes=out.stat().st_size)

    def _erase(self, member: Member, told: dict[str, Any]) -> None:
        erasure = erasing.erase(member_id=member.id, actor="operator", **told)
        self._print(
            entry=str(erasure.event_id), grants=erasure.grants, partners_to_tell=erasure.partners_to_tell
        )

    def _replay(self, path: Path, told: dict[str, Any]) -> None:
        replayed = replaying.replay(path, **told)
        self._print(listed=replayed.listed, erased=replayed.erased, held=replayed.held)

    def _print(self, **told: Any) -> None:
        self.stdout.write(json.dumps(told))


def _member(email: str) -> Member:
    member = Member.objects.with_address(email)
    if member is None:
        raise CommandError("There is no account with this e-mail address.")
    return member
