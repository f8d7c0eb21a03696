"""The sandbox: made-up data of the same shapes for partners without a ring. It reads no member's data at all.

The same day is the same for everybody and for ever; there are ninety days of it, up to today. Like everything that a
partner reads it has only what the self-service ceiling has: no temperature, nothing of women's health.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings
from django.db import transaction

from consent.gate import paging
from consent.gate.paging import Kept, Place
from consent.gate.projection import project
from consent.manifests.ceilings import SELF_SERVICE, served
from integrations.api import cursor, errors, limits, parameters, shapes
from integrations.api.answering import NOBODY, Answer, Body, id_of
from integrations.api.cursor import Query
from integrations.api.errors import Problem
from integrations.api.routes import SANDBOX, Collection, Range
from integrations.oauth.bearer import Bearer
from records.admission import NewDocument
from records.generator import activity, body, nights, notes, readiness, rests, ring
from records.generator.chance import Person, person
from records.vocabulary.shape import NO_DAY
from records.vocabulary.tags import entry_may_leave

DAYS = 90
WHO = person("sandbox", "UTC", cycle=False)
_KEY = hashlib.sha256(b"ids of the sandbox").digest()[
    :16
]  # no secret: they only look like those of the real thing
_NAMES = tuple(sorted(SANDBOX))
Make = Callable[[Person, date], Iterable[NewDocument]]


def _single(make: Callable[[Person, date], NewDocument]) -> Make:
    return lambda who, day: (make(who, day),)


MADE: Mapping[str, Make] = {
    "daily_activity": _single(activity.daily_activity),
    "daily_cardiovascular_age": _single(body.daily_cardiovascular_age),
    "daily_readiness": _single(readiness.daily_readiness),
    "daily_resilience": _single(body.daily_resilience),
    "daily_sleep": _single(nights.daily_sleep),
    "daily_spo2": _single(body.daily_spo2),
    "daily_stress": _single(body.daily_stress),
    "enhanced_tag": notes.tags,
    "heartrate": _single(activity.heartrate),
    "interbeat_interval": ring.series,
    "rest_mode_period": rests.rest_mode,
    "ring_battery_level": ring.series,
    "ring_configuration": lambda who, day: (ring.ring_configuration(who),),
    "session": rests.sessions,
    "sleep": _single(nights.sleep),
    "sleep_time": _single(body.sleep_time),
    "tag": notes.tags,
    "vO2_max": lambda who, day: (each for each in body.measures(who, day) if each.kind == "vO2_max"),
    "workout": activity.workouts,
}


@transaction.atomic
def listed(collection: Collection, query: Mapping[str, str], bearer: Bearer) -> Answer:
    """Return a page of made-up data. It counts against the same limit as the real thing."""
    counted = limits.count(bearer, hold=False)
    if counted.over is not None:
        return counted.over, None
    found = _query(collection, query, bearer, counted.at)
    if isinstance(found, Problem):
        return found, None
    page, after = _page(collection, found, counted.at)
    rest = None
    if after is not None:
        rest = cursor.sealed(
            Query(f"sandbox {collection.name}", found.asked, after),
            grant_ref=bearer.grant_ref,
            epoch=bearer.grant_epoch,
        )
    return {"data": page, "next_token": rest}, None


@transaction.atomic
def one(collection: Collection, query: Mapping[str, str], bearer: Bearer, *, document_id: str) -> Answer:
    """Return one made-up document by the id that a list gave it."""
    counted = limits.count(bearer, hold=False)
    if counted.over is not None:
        return counted.over, None
    named = id_of(document_id)
    found = _place(collection, named) if named != NOBODY else None
    if found is not None:
        for kept in _made(collection, found):
            if kept.ref == named:
                return shapes.shaped(collection.name, kept.fields, None), None
    return errors.NO_SUCH_DOCUMENT, None


def _query(
    collection: Collection, query: Mapping[str, str], bearer: Bearer, now: datetime
) -> Query | Problem:
    """Return what is asked for; the sandbox knows neither `fields` nor `latest`."""
    if token := query.get("next_token", ""):
        found = cursor.opened(token, grant_ref=bearer.grant_ref, epoch=bearer.grant_epoch)
        return found if found and found.collection == f"sandbox {collection.name}" else errors.NOT_OUR_TOKEN
    known = {name: text for name, text in query.items() if name not in {"fields", "latest"}}
    asked = parameters.asked(known, collection, now=now)
    return asked if isinstance(asked, Problem) else Query(collection.name, asked)


def _page(collection: Collection, query: Query, now: datetime) -> tuple[list[Body], Place | None]:
    asked, name = query.asked, collection.name
    if collection.range is Range.NONE:
        return [shapes.shaped(name, kept.fields, None) for kept in _made(collection, NO_DAY)], None
    today, after = now.astimezone(UTC).date(), query.after
    first, last = today - timedelta(days=DAYS - 1), today
    if collection.series:
        begin, end = asked.begin or now, min(asked.end or now, now)
        days = _days(max(first, begin.date()), min(last, end.date()))
        dated = ((day, list(_rows(collection, day, begin, end))) for day in days)
        kept, rest = paging.page_of_rows(dated, after=after, size=settings.API_PAGE_ROWS)
        return [shapes.shaped(name, row, None) for each in kept for row in each.fields["rows"]], rest
    days = _days(max(first, asked.since or first), min(last, asked.until or last))
    found = (kept for day in days for kept in _made(collection, day))
    kept, rest = paging.page_of(found, after=after, size=settings.API_PAGE_ROWS)
    return [shapes.shaped(name, each.fields, None) for each in kept], rest


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _rows(collection: Collection, day: date, begin: datetime, end: datetime) -> Iterator[paging.Row]:
    for kept in _made(collection, day):
        rows = paging.rows_within(kept.fields["rows"], begin=begin, end=end, first_day=None, zone=UTC)
        yield from paging.rows_placed(kept.ref, rows)


def _made(collection: Collection, day: date) -> Iterator[Kept]:
    """Yield what there is of a day, projected onto what the ceiling has and under ids of the sandbox's own."""
    kind = collection.kind
    for nth, made in enumerate(MADE[collection.name](WHO, day)):
        if made.kind != kind.name or not entry_may_leave(kind, made.body):
            continue
        fields = project(made.body, kind=kind, paths=_paths(kind.name))
        if fields is not None:
            ref = _id(collection, day, nth)
            named: dict[str, Any] = {"id": str(ref)} if "id" in fields else {}
            if "ring_id" in fields:
                named["ring_id"] = str(_id(SANDBOX["ring_configuration"], NO_DAY, 0))
            yield Kept(ref, day, {**fields, **named}, Place(day.toordinal(), ref.hex))


@lru_cache(maxsize=64)
def _paths(kind: str) -> frozenset[str]:
    return frozenset(path for data_type in SELF_SERVICE for path in served(data_type).get(kind, ()))


def _id(collection: Collection, day: date, nth: int) -> UUID:
    """Return an id that says which day to make again, and does not look it."""
    plain = bytes([_NAMES.index(collection.name), nth]) + day.toordinal().to_bytes(4, "big") + bytes(10)
    return UUID(bytes=_cipher().encryptor().update(plain))


def _place(collection: Collection, ref: UUID) -> date | None:
    """Return the day that an id of this collection is of, or None for any other id."""
    plain = _cipher().decryptor().update(ref.bytes)
    ordinal = int.from_bytes(plain[2:6], "big")
    known = plain[0] == _NAMES.index(collection.name) and plain[6:] == bytes(10)
    return date.fromordinal(ordinal) if known and 0 < ordinal <= date.max.toordinal() else None


def _cipher() -> Cipher[modes.ECB]:
    return Cipher(algorithms.AES(_KEY), modes.ECB())  # noqa: S305 (one block: a permutation, not a message)
