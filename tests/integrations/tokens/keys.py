"""A member's program: a key in its hand, asking the API."""

from dataclasses import dataclass
from typing import Any

from django.test import Client

from consent.manifests.ceilings import OWN_PROGRAM
from integrations.tokens import services
from integrations.tokens.models import PersonalToken
from records.members.models import Member
from tests.factories import make_grant

SCORE, WORKOUTS = "export:sleep_score", "export:workout"


@dataclass(frozen=True)
class OwnProgram:
    """A key of a member and what it is asked with."""

    token: PersonalToken
    key: str

    def get(self, path: str, query: dict[str, Any] | None = None) -> Any:
        return Client().get(path, query, headers=self.headers)

    def post(self, path: str, body: Any = None) -> Any:
        return Client().post(path, body, content_type="application/json", headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def make_key(member: Member, note: str = "My kitchen display", *, on: tuple[str, ...] = ()) -> OwnProgram:
    """A key, and a yes to the member's own program for these switches where there is one."""
    if on:
        make_grant(member, partner=OWN_PROGRAM, on=on)
    return OwnProgram(*services.create(member=member, note=note))
