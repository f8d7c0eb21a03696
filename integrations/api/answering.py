"""Answering a request: counted, read through the gate's door, and shaped, in one transaction with one entry.

Five statements and one commit, whatever is asked: the token, the count, the consent, the documents, the entry.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from consent.gate import door
from consent.gate.paging import Place
from consent.gate.reading import EARLIEST, LATEST, Reading, ReleasedPage
from consent.gate.release import Refusal
from consent.gate.shapes import Reason
from integrations.api import cursor, errors, limits, parameters, shapes
from integrations.api.cursor import Query
from integrations.api.errors import Problem
from integrations.api.parameters import Asked
from integrations.api.routes import Collection
from integrations.oauth.bearer import Bearer
from integrations.oauth.scopes import OPENED_BY, opened_by

NOBODY = UUID(int=0)  # our reference of no document: what an id of another form is read as
_DEAD = frozenset(
    {
        Reason.UNKNOWN_PARTNER,
        Reason.PARTNER_SUSPENDED,
        Reason.NO_GRANT,
        Reason.GRANT_WITHDRAWN,
        Reason.GRANT_REVOKED,
        Reason.GRANT_EXPIRED,
    }
)
Body = dict[str, Any]
Answer = tuple[Body | Problem, UUID | None]  # with the id of the entry in the log, where there is one


@transaction.atomic
def listed(collection: Collection, query: Mapping[str, str], bearer: Bearer) -> Answer:
    """Return a page of a collection, or its one object."""
    counted = limits.count(bearer)
    if counted.over is not None:
        return counted.over, None
    found = _query(collection, query, bearer, counted.at)
    if isinstance(found, Problem):
        limits.take_back(bearer, counted)
        return found, None
    ask = _reading(collection, found.asked, bearer, after=found.after, number=counted.number)
    page = door.read(grant_ref=bearer.grant_ref, epoch=bearer.grant_epoch, ask=ask, at=counted.at)
    if isinstance(page, Refusal):
        return _refused(page.reason, collection), page.event_id
    data = _data(collection, page, found.asked.names)
    if collection.single:
        return data[0], page.event_id
    rest = None
    if page.after is not None:
        rest = cursor.sealed(
            Query(collection.name, found.asked, page.after),
            grant_ref=bearer.grant_ref,
            epoch=bearer.grant_epoch,
        )
    return {"data": data, "next_token": rest}, page.event_id


@transaction.atomic
def one(collection: Collection, query: Mapping[str, str], bearer: Bearer, *, document_id: str) -> Answer:
    """Return one document by the partner's own id for it. What is not theirs to see is not there."""
    counted = limits.count(bearer)
    if counted.over is not None:
        return counted.over, None
    asked = parameters.asked_of_one(query)
    if isinstance(asked, Problem):
        limits.take_back(bearer, counted)
        return asked, None
    ask = _reading(collection, asked, bearer, document=id_of(document_id), number=counted.number)
    page = door.read(grant_ref=bearer.grant_ref, epoch=bearer.grant_epoch, ask=ask, at=counted.at)
    if isinstance(page, Refusal):
        return _refused(page.reason, collection), page.event_id
    data = _data(collection, page, asked.names)
    return data[0] if data else errors.NO_SUCH_DOCUMENT, page.event_id


def id_of(text: str) -> UUID:
    """Return the id that a path names; one of another form than ours is read as that of no document."""
    try:
        found = UUID(text)
    except ValueError:
        return NOBODY
    return found if str(found) == text else NOBODY


def _query(
    collection: Collection, query: Mapping[str, str], bearer: Bearer, now: datetime
) -> Query | Problem:
    """Return what is asked for. A `next_token` carries all of it: what stands beside it is not read."""
    if token := query.get("next_token", ""):
        found = cursor.opened(token, grant_ref=bearer.grant_ref, epoch=bearer.grant_epoch)
        if found is None or found.collection != collection.name:
            return errors.NOT_OUR_TOKEN
        return found
    asked = parameters.asked(query, collection, now=now.astimezone(UTC))
    return asked if isinstance(asked, Problem) else Query(collection.name, asked, None)


def _reading(
    collection: Collection,
    asked: Asked,
    bearer: Bearer,
    *,
    number: int,
    after: Place | None = None,
    document: UUID | None = None,
) -> Reading:
    scopes = OPENED_BY[collection.name]
    by_id = "" if document is None else "/{id}"
    return Reading(
        route=f"/v2/usercollection/{collection.name}{by_id}",
        kind=collection.kind.name,
        since=asked.since,
        until=asked.until,
        begin=asked.begin or EARLIEST,
        end=asked.end or LATEST,
        after=after,
        document=document,
        newest=asked.newest,
        names=asked.names,
        opened=not scopes or bearer.has(*scopes),
        flows=None if bearer.scopes is None else opened_by(bearer.scopes),
        size=settings.API_PAGE_ROWS,
        number=number,
    )


def _data(collection: Collection, page: ReleasedPage, names: frozenset[str] | None) -> list[Body]:
    """Return what was released in the shape of the schema, and nothing else."""
    kind = collection.name
    if collection.series:
        rows = (row for release in page.releases for row in release.fields["rows"])
        return [shapes.shaped(kind, row, names) for row in rows]
    return [shapes.shaped(kind, release.fields, names) for release in page.releases]


def _refused(reason: Reason, collection: Collection) -> Problem:
    """Return a refusal as deployed clients read it."""
    if reason in _DEAD:
        return errors.DEAD
    if reason is Reason.MEMBERSHIP_LAPSED:
        return errors.LAPSED
    if reason is Reason.ERROR:
        return errors.NOT_NOW
    return errors.scope_missing(next(iter(OPENED_BY[collection.name]), "personal"))
