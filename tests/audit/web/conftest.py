"""An auditor who is signed in through the real sign-in page, and a log with something in it."""

import html
import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.log.events import Event, Outcome
from audit.log.models import Entry
from audit.proofs import sequencer
from records.members.models import Member, Role
from tests.consent.web.conftest import PASSWORD, a_member, lin, signed_in
from tests.support.writing import written

__all__ = ["PASSWORD", "lin"]
SUBJECT = "ab12cd34ef56ab12cd34ef56ab12cd34"
OUTCOMES = {
    "delivery.delivered": Outcome.OUT,
    "import.permitted": Outcome.IN,
    "release.refused": Outcome.BLOCKED,
}


def happened(
    kind: str = "delivery.delivered",
    *,
    subject: str = SUBJECT,
    partner: str = "strava",
    types: tuple[str, ...] = ("workout",),
    at: datetime | None = None,
    days_ago: int = 0,
    **facts: object,
) -> Entry:
    return written(
        Event(
            kind=kind,
            actor="ringfence",
            subject=subject,
            partner=partner,
            types=types,
            outcome=OUTCOMES.get(kind, Outcome.NONE),
            at=(at or timezone.now()) - timedelta(days=days_ago),
            facts=facts,
        )
    )


def sequenced() -> None:
    """What the worker does within a second."""
    while sequencer.run():
        pass


def staff(email: str, role: str = Role.COMPLIANCE) -> Member:
    account = a_member(email)
    account.role = role
    account.save()
    return account


@pytest.fixture
def auditor(db) -> Member:
    return staff("auditor@example.org")


@pytest.fixture
def desk(auditor: Member) -> Client:
    return signed_in(auditor)


def text(answer) -> str:
    """The words of an answer's page, blanks made one."""
    body = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(body))


def acts(kind: str) -> list[Entry]:
    return list(Entry.objects.filter(kind=kind).order_by("id"))
