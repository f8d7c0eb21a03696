"""Members whose rings measured a month with a cycle in it, or just now; and keys for programs of theirs."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from consent.grants import clock
from integrations.tokens import issuing
from records import generator
from records.members.models import Member
from tests.factories import make_member
from tests.integrations.api.asking import keep

MONTH = 28  # a whole cycle; heart rates of several pages
LATELY = 3


@dataclass(frozen=True)
class Worn:
    """What a ring measured, as it was measured: the bodies by kind, before any gate."""

    member: Member
    until: date
    bodies: Mapping[str, list[dict[str, Any]]]

    @property
    def since(self) -> date:
        return self.until - timedelta(days=MONTH + 5)

    def days(self, kind: str) -> list[str]:
        """The days of each document that says anything: one whose values are all null is not served."""
        return sorted(
            body["day"] for body in self.bodies[kind] if _says(body, but=("id", "day", "timestamp"))
        )

    def key(self) -> str:
        """A personal access token with every type on, the past included."""
        told = issuing.create(email=self.member.email, note="A script", on=issuing.ALL, at=clock.now())
        return str(told["token"])


def _says(value: Any, *, but: tuple[str, ...] = ()) -> bool:
    if isinstance(value, dict):
        return any(_says(inner) for name, inner in value.items() if name not in but)
    return value is not None


def wear(count: int) -> Worn:
    """Let a member wear a ring for some days, the last of them today, and log what there is to log."""
    member, today = make_member(timezone="UTC"), datetime.now(UTC).date()
    measured = list(generator.days("clients", until=today, count=count, timezone="UTC", cycle=True))
    keep(member, measured)
    bodies = defaultdict(list)
    for document in measured:
        bodies[document.kind].append(dict(document.body))
    return Worn(member, today, bodies)


@pytest.fixture
def month(transactional_db: None) -> Worn:
    return wear(MONTH)


@pytest.fixture
def lately(transactional_db: None) -> Worn:
    return wear(LATELY)
