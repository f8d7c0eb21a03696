"""Releases for the tests of wires, with the gate's own token: a wire never sees where its release came from."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from consent.gate import release

DOCUMENT = UUID("4f0c61f5-6a3a-4b8b-9a51-0f8f2a1f3c11")
EVENT = UUID("a1a4a7c5-95d2-4b52-8f7e-5b8f4f5c9d22")
WORKOUT = {
    "id": str(DOCUMENT),
    "day": "2026-11-19",
    "activity": "running",
    "start_datetime": "2026-11-19T18:02:00-05:00",
    "end_datetime": "2026-11-19T18:33:00-05:00",
    "distance": 5120.4,
    "heart_rate": {"interval": 60.0, "items": [131, None, 142], "timestamp": "2026-11-19T18:02:00-05:00"},
}


def a_release(
    data_type: str = "workout", fields: dict[str, Any] | None = None, kind: str = "workout"
) -> release.Release:
    return release.Release(
        release._GATE,
        partner="strava",
        data_type=data_type,
        kind=kind,
        day=date(2026, 11, 19),
        fields=WORKOUT if fields is None else fields,
        document_id=DOCUMENT,
        event_id=EVENT,
        decided_at=datetime(2026, 11, 19, 23, 40, tzinfo=UTC),
    )


def a_score(data_type: str = "readiness_score", score: int = 82) -> release.Release:
    kind = {"readiness_score": "daily_readiness", "activity_score": "daily_activity"}[data_type]
    return a_release(data_type, {"id": str(DOCUMENT), "day": "2026-11-19", "score": score}, kind)


def a_preview() -> release.Preview:
    return release.Preview(
        release._GATE,
        partner="strava",
        data_type="workout",
        kind="workout",
        day=date(2026, 11, 19),
        fields=WORKOUT,
    )
