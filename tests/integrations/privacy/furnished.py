"""A member of whom every table knows something, and a search for whatever tells of them."""

import hashlib
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from consent.gate import door
from consent.grants import clock, services
from consent.grants.models import Grant
from consent.manifests.register import manifests
from integrations.connectors.models import Connection
from integrations.events.models import EventDelivery, Subscription
from integrations.intake.models import InboundNotice
from integrations.oauth.models import Application
from integrations.tokens import services as tokens
from records import generator
from records.members import keys
from records.members.models import Member
from records.members.pairwise import pairwise
from tests.factories import (
    PASSWORD,
    READINESS_OUT,
    WORKOUT_OUT,
    log_night,
    log_workout,
    make_connection,
    make_grant,
    make_member,
)

ACCOUNT = "77003311"  # at the partner
WHOLLY_PRIVATE = {"period", "cycle_insights"}
CANARY = "canary-in-a-note"  # free text, the member's alone


def furnish(email: str = "", *, account: str = ACCOUNT) -> Member:
    """Sign in, wrongly once; share, stop and share again; log a night; be told something by the partner."""
    member = make_member(email)
    browser = Client(headers={"user-agent": f"Browser of {account}"})
    browser.post("/accounts/login/", {"login": member.email, "password": "not this one"})
    browser.post("/accounts/login/", {"login": member.email, "password": PASSWORD})
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    Authenticator.objects.create(user=member, type="totp", data={"secret": "v1.sealed"})
    EmailConfirmation.create(EmailAddress.objects.get(user=member)).save()
    services.withdraw(
        grant_ref=make_grant(member, partner="natural-cycles", on=["export:temperature_trend"]).ref
    )
    grant = make_grant(member, on=[WORKOUT_OUT, READINESS_OUT, "import:workout"])
    link = make_connection(grant, account=account)
    tokens.create(member=member, note="A program of mine")
    _told_a_program(grant)
    log_night(member)
    log_workout(member, label=CANARY)
    today = datetime.now(ZoneInfo(member.timezone)).date()
    month = generator.days("cycle", until=today, count=28, timezone=member.timezone, cycle=True)
    private = [each for each in month if each.kind in WHOLLY_PRIVATE]
    door.admit(member_id=member.id, documents=private)
    InboundNotice.objects.create(
        partner="strava",
        message_id=f"message-{account}",
        verb="created",
        account_digest=link.account_digest,
        reference=f"8{account}",
        next_attempt_at=clock.now(),
        received_at=clock.now(),
    )
    return member


def _told_a_program(grant: Grant) -> None:
    """Let a program have been told once of a change."""
    at = clock.now()
    program, _ = Application.objects.get_or_create(
        client_id="listener",
        defaults={
            "partner": "listener",
            "client_type": Application.CLIENT_CONFIDENTIAL,
            "authorization_grant_type": Application.GRANT_AUTHORIZATION_CODE,
        },
    )
    subscription, _ = Subscription.objects.get_or_create(
        application=program,
        event_type="create",
        data_type="workout",
        defaults={"made_at": at, "expires_at": at},
    )
    EventDelivery.objects.create(
        subscription=subscription,
        grant=grant,
        grant_epoch=grant.epoch,
        event_type="create",
        data_type="workout",
        document_ref=uuid4(),
        kind="workout",
        day=at.date(),
        flows=[WORKOUT_OUT],
        state="delivered",
        attempt=1,
        next_attempt_at=at,
        created_at=at,
        ended_at=at,
    )


def identifiers(member: Member, *, account: str = ACCOUNT) -> dict[str, str]:
    """Everything that tells of a member, by what it is."""
    key = keys.key_of(member.id)
    told = {
        "id": str(member.id),
        "id in hex": member.id.hex,
        "address": member.email,
        "name in the address": member.email.partition("@")[0],
        "owner": keys.owner_reference(key),
        "key": key.id,
        "account at the partner": account,
        "browser": f"Browser of {account}",
        "bare hash of the address": _sha256(member.email),
        "bare hash of a try to sign in": _sha256(f"testserver:{member.email}"),
    }
    for link in Connection.objects.filter(member=member).exclude(account_digest=""):
        told["digest of the account"] = link.account_digest
    for recipient in (manifest.slug for manifest in manifests()):
        outer = pairwise(member.id, recipient=recipient, about="member")
        told |= {f"id at {recipient}": str(outer), f"id at {recipient} in hex": outer.hex}
    for number, grant in enumerate(member.grants.all()):
        told |= {f"grant {number}": str(grant.ref), f"grant {number} in hex": grant.ref.hex}
    return told


def everything(*, but: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield every value of every table of the database, as text; bytes as text and as hex."""
    with connection.cursor() as cursor:
        tables = [table for table in connection.introspection.table_names(cursor) if table not in but]
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield from ((table, each) for value in row for each in _texts(value))


def files(where: Path) -> Iterator[tuple[str, str]]:
    for path in where.rglob("*"):
        if path.is_file():
            yield from ((path.name, each) for each in _texts(bytes_of(path)))


def bytes_of(path: Path) -> bytes:
    """Read a file in another process: closing a database's file here would drop the locks that SQLite holds on it."""
    return subprocess.run(["cat", str(path)], capture_output=True, check=True).stdout


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        yield raw.decode("latin-1")
        yield raw.hex()
    else:
        yield str(value)
