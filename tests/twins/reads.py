"""What a program can ask through the partner API: status, headers, every byte, and the entry that was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.test import Client

from audit.log.models import Entry
from consent.gate.reading import about
from consent.grants.models import Grant
from consent.manifests.ceilings import OWN_PROGRAM
from integrations.api.models import Spent
from integrations.api.routes import COLLECTIONS
from integrations.oauth import credentials, families
from integrations.oauth.models import Application
from integrations.oauth.scopes import SCOPES
from integrations.oauth.validator import keep_pair
from records.members.pairwise import pairwise

if TYPE_CHECKING:
    from tests.twins.world import World

Question = tuple[str, Callable[[Any], object]]
TELLING = ("enhanced_tag", "tag", "rest_mode_period", "daily_readiness", "sleep", "workout", "personal_info")
SMALL = 3  # rows of a page, so that there are next ones
FAR = timedelta(days=60)
STRANGER = UUID("00000000-0000-4000-8000-000000000000")


def a_token(grant: Grant, *, at: datetime) -> str:
    """Give a program a token for a grant, as the token endpoint would."""
    application = Application.objects.create(
        partner=grant.partner,
        client_id="twins",
        approved=list(SCOPES),
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        access_seconds=86_400,
    )
    family = families.begin(application=application, grant=grant, scope=" ".join(SCOPES), at=at)
    token = {"access_token": credentials.access_token(None), "refresh_token": credentials.refresh_token(None)}
    keep_pair(family, token, user=grant.member, scope=family.scope, at=at)
    family.access_tokens.update(expires=at + FAR * 5)
    return token["access_token"]


def telling_reads(world: World) -> list[Question]:
    """Return a read of each collection whose documents lie beside what is private, page by page."""
    return [(f"api beside the private: {name}", _read(name, _range(world))) for name in TELLING]


def every_read(world: World, kinds: Iterable[tuple[UUID, str]]) -> list[Question]:
    """Return a read of each collection, page by page, of its newest row, of a part of its fields, and by each id."""
    found: list[Question] = []
    for name, collection in COLLECTIONS.items():
        found.append((f"api {name}", _read(name, _range(world))))
        found.append((f"api {name}, a part", _read(name, {**_range(world), "fields": "score,day,tags"})))
        if collection.series:
            found.append((f"api {name}, the newest", _read(name, {"latest": "true"})))
        if collection.by_id:
            found.append((f"api {name} of a stranger", _read(f"{name}/{STRANGER}", {})))
    for ref, kind in kinds:
        if kind in COLLECTIONS and COLLECTIONS[kind].by_id:
            outer = pairwise(ref, recipient=OWN_PROGRAM, about=about(kind))
            found.append((f"api {kind} {ref}", _read(f"{kind}/{outer}", {})))
    found.append(("api, no route", _read("daily_cycle_phases", {})))
    found.append(("api, no date", _read("sleep", {"start_date": "soon"})))
    return found


def _range(world: World) -> dict[str, str]:
    given = world.grants[OWN_PROGRAM].granted_at.date()
    first, last = str(given - FAR), str(given + FAR)
    return {"start_date": first, "end_date": last, "start_datetime": first, "end_datetime": last}


def _read(path: str, query: dict[str, str]) -> Callable[[World], object]:
    def ask(world: World) -> object:
        told: list[Any] = []
        asked = query
        Spent.objects.all().delete()  # how often was asked before is the asker's own: of a twin not all is asked
        for _ in range(4):
            answer = Client().get(
                f"/v2/usercollection/{path}", asked, headers={"Authorization": f"Bearer {world.token}"}
            )
            request = answer.headers["X-Request-Id"]
            entry = Entry.objects.filter(event_id=request).values_list("body", flat=True).first()
            told.append([answer.status_code, dict(answer.headers), answer.content, bytes(entry or b"")])
            rest = answer.json().get("next_token") if answer.status_code == 200 else None
            if rest is None:
                break
            asked = {"next_token": rest}
        return told

    return ask
