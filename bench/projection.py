"""G4 and G6: what a projection costs beside a compiled literal, DRF's Serializer and a narrow msgspec Struct."""

import json
import secrets
import sqlite3
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from django.core.handlers.base import BaseHandler
from django.test import RequestFactory
from django.urls import path
from rest_framework import serializers  # type: ignore[import-untyped, unused-ignore]
from rest_framework.renderers import JSONRenderer  # type: ignore[import-untyped, unused-ignore]
from rest_framework.response import Response  # type: ignore[import-untyped, unused-ignore]
from rest_framework.views import APIView  # type: ignore[import-untyped, unused-ignore]

from audit.log import chain, jcs
from bench.benches import EVENT
from bench.database import thrown_away
from bench.decision import NOON, a_snapshot
from bench.goals import Goal, side_by_side
from consent.gate import snapshots
from consent.gate.decide import decide_each, load
from consent.gate.policy import Policy
from consent.gate.projectors import Projector
from consent.gate.shapes import Datum, Request, Snapshot
from consent.grants import selectors, services
from consent.manifests.register import manifests
from consent.manifests.shapes import Direction, Granularity
from records.members import keyring, keys
from records.members.models import Member
from records.vocabulary.registry import KINDS

RECORDS = 30
WORKOUT: dict[str, Any] = {
    "id": "8b0f2d0e-5c0e-4b5e-9a59-6a6a0a3c0c11",
    "day": date(2026, 11, 20).isoformat(),
    "activity": "running",
    "start_datetime": "2026-11-20T10:00:00+00:00",
    "end_datetime": "2026-11-20T10:40:00+00:00",
    "source": "workout_heart_rate",
    "intensity": "hard",
    "calories": 380.5,
    "distance": 5000.5,
}
RELEASED = ("id", "day", "activity", "start_datetime", "end_datetime", "distance")
PATHS = RELEASED[2:]
READINESS: dict[str, Any] = {
    "id": "",
    "day": "2026-11-20",
    "timestamp": "2026-11-20T00:00:00+02:00",
    "score": 82,
    "temperature_deviation": 0.12,
    "temperature_trend_deviation": 0.04,
    "contributors": {
        "activity_balance": 80, "body_temperature": 91, "hrv_balance": 75, "previous_day_activity": 84,
        "previous_night": 88, "recovery_index": 70, "resting_heart_rate": 93, "sleep_balance": 79,
        "sleep_regularity": 86,
    },
}  # fmt: skip
DOCUMENTS = [{**WORKOUT, "id": f"workout-{number}"} for number in range(RECORDS)]


class Workout(serializers.Serializer):  # type: ignore[misc, type-arg, unused-ignore]
    """The peer: what a REST framework's serializer does for the same fields."""

    id = serializers.CharField()
    day = serializers.CharField()
    activity = serializers.CharField()
    start_datetime = serializers.CharField()
    end_datetime = serializers.CharField()
    distance = serializers.FloatField()


def goals() -> Iterator[Goal]:
    projector = Projector(KINDS["workout"], PATHS, Granularity.AS_RECORDED)
    literal = eval(f"lambda each: {{{', '.join(f'{name!r}: each[{name!r}]' for name in RELEASED)}}}")  # noqa: S307
    expected = [literal(each) for each in DOCUMENTS]
    of_the_peer: list[Any] = list(Workout(DOCUMENTS, many=True).data)
    if [projector.project(each) for each in DOCUMENTS] != expected or of_the_peer != expected:
        raise RuntimeError("The bench measures the wrong thing.")
    ours = partial(_all, projector.project, DOCUMENTS)
    mine, least = side_by_side(ours, partial(_all, literal, DOCUMENTS), times=300)
    told = f"projection of {RECORDS} workouts ({mine * 1e6:.1f} us)"
    yield Goal(
        "G4",
        f"{told} against a compiled literal that checks nothing ({least * 1e6:.1f} us)",
        least / mine,
        0.5,
    )
    mine, peer = side_by_side(ours, lambda: Workout(DOCUMENTS, many=True).data, times=50)
    told = f"projection of {RECORDS} workouts ({mine * 1e6:.1f} us)"
    yield Goal("G4", f"{told} against DRF's Serializer ({peer * 1e6:.1f} us)", peer / mine, 10)
    yield _from_stored_json()
    yield _g6()


def _from_stored_json() -> Goal:
    """A day's readiness as it is stored, of which a partner may have the score."""
    projector = Projector(KINDS["daily_readiness"], ["score"], Granularity.AS_RECORDED)
    types = {"id": str, "day": str, "timestamp": str, "score": int}
    decode = msgspec.json.Decoder(msgspec.defstruct("Least", list(types.items()))).decode
    stored = [json.dumps({**READINESS, "id": f"readiness-{number}"}).encode() for number in range(RECORDS)]
    if any(set(projector.from_json(each) or ()) != set(types) for each in stored):
        raise RuntimeError("The bench measures the wrong thing.")
    mine, least = side_by_side(
        partial(_all, projector.from_json, stored), partial(_all, decode, stored), times=300
    )
    told = f"projection of {RECORDS} days of readiness from stored JSON ({mine * 1e6:.1f} us)"
    return Goal("G4", f"{told} against a narrow Struct alone ({least * 1e6:.1f} us)", least / mine, 0.7)


def _g6() -> Goal:
    """A request for 30 workouts: its grant loaded as the door loads it, the rows read from a table in memory, opened,
    decided on, written into a log, rendered by DRF behind our middleware. Its token is left out, so the true share is
    smaller."""
    with thrown_away():
        return _g6_beside(_a_grant())


def _a_grant() -> UUID:
    member = Member.objects.create_user("bench@example.org")
    notice = selectors.current_notice("strava")
    flows = frozenset({"export:workout"})
    return services.allow(member=member, partner="strava", flows=flows, notice=notice, at=NOON).grant_id


def _g6_beside(grant_ref: UUID) -> Goal:
    policy, snapshot = Policy.of(manifests()), a_snapshot("export:workout")
    key, place = keyring.Key("bench", secrets.token_bytes(keyring.KEY_BYTES)), "document|body|bench"
    beats = {
        "interval": 5,
        "items": [120 + step % 30 for step in range(12)],
        "timestamp": WORKOUT["start_datetime"],
    }
    # A minute of beats each: little to render.
    documents = [{**each, "heart_rate": beats} for each in DOCUMENTS]
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE document (id TEXT PRIMARY KEY, day TEXT, body TEXT)")
    database.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, body BLOB, leaf BLOB)")
    for each in documents:
        body = keyring.seal(json.dumps(each).encode(), key=key, place=place)
        database.execute("INSERT INTO document VALUES (?, ?, ?)", (each["id"], each["day"], body))
    read = "SELECT body FROM document WHERE day BETWEEN ? AND ? ORDER BY day, id"

    def gate(found: list[dict[str, Any]], snapshot: Snapshot = snapshot) -> list[Any]:
        loaded = load("strava", snapshot, policy)
        ask = Request("strava", Direction.EXPORT, "workout", NOON)
        decided = decide_each(ask, [Datum("workout", one) for one in found], loaded, policy)
        return [each.fields for each in decided]

    class Read(APIView):  # type: ignore[misc, unused-ignore]
        authentication_classes = ()
        permission_classes = ()
        renderer_classes = (JSONRenderer,)

        def get(self, request: Any) -> Response:
            rows = database.execute(read, ("2026-11-01", "2026-11-30")).fetchall()
            found = [json.loads(keyring.open_sealed(body, key=key, place=place)) for (body,) in rows]
            released = gate(found, snapshots.of_grant(selectors.grant_by_ref(grant_ref)))
            written_down = chain.canonical(
                {**EVENT, "commitment": keys.commitment(key, jcs.canonical(released))}
            )
            leaf = chain.leaf_hash(written_down)
            database.execute("INSERT INTO entry (body, leaf) VALUES (?, ?)", (written_down, leaf))
            database.commit()
            return Response({"data": released, "leaf": leaf.hex()})

    handler, factory, pages = BaseHandler(), RequestFactory(), (path("read", Read.as_view()),)
    handler.load_middleware()

    def answer() -> Any:
        asked = factory.get("/read", headers={"host": "localhost"})
        vars(asked)["urlconf"] = pages
        return handler.get_response(asked)

    if answer().status_code != 200:
        raise RuntimeError("The bench measures the wrong thing.")
    whole, share = side_by_side(answer, partial(gate, documents), times=10)
    return Goal(
        "G6",
        f"the gate's share ({share * 1e6:.0f} us) of a request for {RECORDS} workouts ({whole * 1e6:.0f} us, its token "
        "left out)",
        share / whole,
        0.05,
        True,
    )


def _all(work: Any, given: list[Any]) -> list[Any]:
    return [work(each) for each in given]
