"""`manage.py gate check | explain | prove | policy`: the gate for operators, auditors and whoever doubts (CONTRACT)."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from consent.gate import snapshots
from consent.gate.policy import Policy
from consent.gate.questions import checking, lines
from consent.manifests.shapes import Direction


class Command(BaseCommand):
    help = (
        "Ask the gate, have an answer explained, prove it over its whole space, or print the policy in force."
    )
    requires_system_checks = []  # `check` reads no database, so nothing before it may either

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("check", help="decide on JSON Lines from standard input; reads no database")
        explain = acts.add_parser("explain", help="say rule by rule why a flow of one member is open or not")
        for name in ("--member", "--partner", "--data-type"):
            explain.add_argument(name, required=True)
        explain.add_argument("--direction", required=True, choices=[each.value for each in Direction])
        prove = acts.add_parser("prove", help="walk the whole decision space and check the invariants")
        prove.add_argument("--certificate", default=str(settings.VAR_DIR / "gate-certificate.json"))
        policy = acts.add_parser("policy", help="print the policy in force")
        policy.add_argument("--format", required=True, choices=["json", "markdown", "cedar"])

    def handle(self, *args: object, **options: Any) -> None:
        acts: dict[str, Callable[..., None]] = {
            "check": self._check,
            "explain": self._explain,
            "prove": self._prove,
            "policy": self._policy,
        }
        acts[options["act"]](options)

    def _check(self, options: dict[str, Any]) -> None:
        """Answer line by line, in order, as the lines come. A line that cannot be read has an answer too."""
        policy, failed = snapshots.policy(), False
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(_no_query))
            for line in lines.lines_of(sys.stdin.buffer):
                answer = checking.answer(line, policy, datetime.now(UTC))
                failed = failed or "error" in answer
                sys.stdout.write(json.dumps(answer, separators=(",", ":")) + "\n")
                sys.stdout.flush()
        if failed:
            sys.exit(1)

    def _explain(self, options: dict[str, Any]) -> None:
        from consent.gate.questions.asking import explained

        found = explained(
            email=options["member"],
            partner=options["partner"],
            data_type=options["data_type"],
            direction=Direction(options["direction"]),
        )
        if found is None:
            raise CommandError("There is no member with this e-mail address. Check the spelling.")
        self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))

    def _prove(self, options: dict[str, Any]) -> None:
        from consent.gate.proof.prove import prove

        if prove(snapshots.policy(), out=self._say, certificate=options["certificate"]).violation is not None:
            sys.exit(1)

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def _policy(self, options: dict[str, Any]) -> None:
        self.stdout.write("".join(_written(snapshots.policy(), options["format"])), ending="")


def _written(policy: Policy, form: str) -> Iterator[str]:
    if form == "json":
        yield json.dumps({"digest": policy.digest, **policy.document()}, indent=2) + "\n"
    elif form == "markdown":
        from consent.gate.questions.policy_page import markdown

        yield markdown(policy)
    else:
        from consent.gate.questions.cedar import policies

        yield policies(policy)


def _no_query(*_: object) -> None:
    raise AssertionError("`gate check` reads no database: everything it needs is in the request.")
