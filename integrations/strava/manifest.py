"""Strava: a training log. What it may carry at most, and the words on its switches. Pure.

Out: workouts recorded with activity heart rate, two scores as text on that day's workout, stickers a member
posts. In: workouts of the member's current local day and the heart rate of them. Never anything from
before.
"""

from consent.manifests.shapes import (
    Channel,
    Direction,
    Flow,
    Manifest,
    OfTheCurrentLocalDay,
    Purpose,
    SourceIn,
    Until,
)

_WORKOUT_OUT = Flow(
    direction=Direction.EXPORT,
    data_type="workout",
    channel=Channel.PUSH,
    fields={"workout": ("activity", "start_datetime", "end_datetime", "distance", "heart_rate")},
    name="Workouts with heart rate",
    hint="The type, start time, length, distance and heart rate of each workout.",
    why="shown in your Strava training log.",
    purpose=Purpose.TRAINING_LOG,
    when=(SourceIn(frozenset({"workout_heart_rate"})),),
)


def _score(data_type: str, kind: str, name: str) -> Flow:
    """A score travels only as text on an activity we created that local day (facts of 2026-11-20)."""
    return Flow(
        direction=Direction.EXPORT,
        data_type=data_type,
        channel=Channel.PUSH,
        fields={kind: ("score",)},
        name=name,
        hint="One number a day, from 0 to 100.",
        why="shown next to that day’s activity.",
        purpose=Purpose.TRAINING_LOG,
        rides_on="export:workout",
        until=Until.LOCAL_MIDNIGHT,
    )


_STICKER_OUT = Flow(
    direction=Direction.EXPORT,
    data_type="sticker",
    channel=Channel.PUSH,
    fields={"daily_sleep": ("score",), "daily_readiness": ("score",), "daily_activity": ("score",)},
    name="Stickers",
    hint="Pictures of your sleep, readiness or activity. Only the ones you choose to post.",
    why="so you can add one to a Strava post.",
    purpose=Purpose.SHARING_WITH_OTHERS,
    on_demand=True,
    public=True,
)

_WORKOUT_IN = Flow(
    direction=Direction.IMPORT,
    data_type="workout",
    channel=Channel.PUSH,
    fields={"workout": ("activity", "start_datetime", "end_datetime", "distance")},
    name="Workouts and details",
    hint="Time, length and pace of workouts you log in Strava.",
    why="counts toward your Activity goal and score.",
    purpose=Purpose.ACTIVITY_TRACKING,
    when=(OfTheCurrentLocalDay(),),
)

_HEART_RATE_IN = Flow(
    direction=Direction.IMPORT,
    data_type="heart_rate",
    channel=Channel.PUSH,
    fields={"heartrate": ("bpm", "source")},
    name="Heart rate",
    hint="Heart rate during those workouts.",
    why="makes your activity more exact.",
    purpose=Purpose.ACTIVITY_TRACKING,
    when=(OfTheCurrentLocalDay(start="timestamp"),),
)

MANIFEST = Manifest(
    slug="strava",
    name="Strava",
    legal_entity="Strava, Inc.",
    country="United States",
    summary="Your training log. Workouts go out as they happen, and workouts you log in Strava come in.",
    how_often="Today’s data, as it happens",
    privacy_url="https://www.strava.com/legal/privacy",
    deletion_url="https://www.strava.com/settings/profile",
    retention="Activities stay in your Strava account until you delete them there.",
    stopping=(
        "We tell Strava that you stopped, and it lets us in no more. "
        "Activities that went out stay there until you delete them."
    ),
    imports_end=True,  # API Policy of 2026-06-01, section 7.4
    imports_stay=True,  # API agreement of 2026-06-01: never passed on
    flows=(
        _WORKOUT_OUT,
        _score("readiness_score", "daily_readiness", "Readiness score"),
        _score("activity_score", "daily_activity", "Activity score"),
        _STICKER_OUT,
        _WORKOUT_IN,
        _HEART_RATE_IN,
    ),
)
