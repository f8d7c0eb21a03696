"""A partner's program that asks the API: made by the house's own acts, a token in its hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.test import Client

from consent.gate import door
from consent.grants import clock
from consent.grants.models import Grant
from integrations.oauth import demo, issuing
from records import generator
from records.admission import NewDocument
from records.members.models import Member
from tests.factories import make_member

HOME = "/v2/usercollection"
EVERYTHING = "email personal daily heartrate workout session tag spo2 stress heart_health ring_configuration"
TODAY = datetime.now(UTC).date()


@dataclass(frozen=True)
class Asker:
    """A program with a token for one member's grant."""

    member: Member
    grant: Grant
    token: str

    def get(self, path: str, query: dict[str, Any] | str | None = None, **headers: str) -> Any:
        """Ask; `path` is a collection or begins with a slash. A text as query goes as it is."""
        address = path if path.startswith("/") else f"{HOME}/{path}"
        told = {"Authorization": f"Bearer {self.token}", **headers}
        if isinstance(query, str):
            return Client().get(f"{address}?{query}", headers=told)
        return Client().get(address, query, headers=told)

    def all_of(self, collection: str, **query: Any) -> list[dict[str, Any]]:
        """Return a whole collection, page by page, with the token alone as some clients send it."""
        answer = self.get(collection, query)
        assert answer.status_code == 200, answer.content
        rows = answer.json()["data"]
        while token := answer.json()["next_token"]:
            answer = self.get(collection, {"next_token": token})
            assert answer.status_code == 200, answer.content
            rows += answer.json()["data"]
        return rows


def make_asker(
    member: Member | None = None, *, on: str = "all", scope: str = EVERYTHING, client: str = "sahha"
) -> Asker:
    """A yes with just these data types on ("all", "none", or with commas), the past included, and its token."""
    member = member or make_member(timezone="UTC")
    now = clock.now()
    demo.load(at=now)
    told = issuing.issue(email=member.email, client_id=client, scope=scope, on=on, at=now)
    return Asker(member, Grant.objects.get(ref=told["grant"]), told["access_token"])


def keep(member: Member, documents: Iterable[NewDocument]) -> None:
    """Let a member's ring have measured these."""
    door.admit(member_id=member.id, documents=list(documents))


def keep_days(member: Member, count: int = 3, *, until: date = TODAY, cycle: bool = False) -> None:
    """Let a member have worn the ring for some days, the last of them today."""
    keep(member, generator.days("api", until=until, count=count, timezone="UTC", cycle=cycle))


def wide(days: int = 400) -> dict[str, str]:
    """Return a range that all of it lies in."""
    return {
        "start_date": str(TODAY - timedelta(days=days)),
        "end_date": str(TODAY + timedelta(days=1)),
        "start_datetime": str(TODAY - timedelta(days=days)),
        "end_datetime": str(TODAY + timedelta(days=1)),
    }
