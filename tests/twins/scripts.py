"""What happens to a member's records in one run: a day of the ring, tags that are edited, notes, and forgetting.

A script is data, so that a twin is a changed copy of it. `Doc` stands for a document: those of the product refuse to
be copied. A twin's script differs from its first in women's-health inputs and in nothing else (`mutations.py`).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from records import generator
from records.admission import RING, NewDocument
from tests.twins.world import NOON, ZONE

TODAY = NOON.date()
ALLOWED = (
    "tag_generic_caffeine",
    "tag_generic_late_meal",
    "tag_sleep_travel",
    "tag_generic_sauna",
    "TAG-GENERIC-SICK",
)
HEAVY = frozenset({"heartrate", "interbeat_interval", "ring_battery_level"})
Body = dict[str, Any]


@dataclass
class Doc:
    """One document on its way in."""

    kind: str
    body: Body
    external_id: str
    origin: str = RING

    def copied(self) -> "Doc":
        return replace(self, body=json.loads(json.dumps(self.body)))

    def new(self) -> NewDocument:
        return NewDocument(self.kind, json.loads(json.dumps(self.body)), self.origin, self.external_id)


@dataclass
class Step:
    """One act at one time: `save`, `forget` (ids), `resort`, or `send` what is due."""

    name: str
    act: str
    at: datetime
    docs: list[Doc] = field(default_factory=list)
    ids: tuple[tuple[str, str], ...] = ()  # origin, external id

    def copied(self) -> "Step":
        return replace(self, docs=[doc.copied() for doc in self.docs])


Script = list[Step]
# How often a short script has a step. A long one has all; each takes its time, and ten thousand are played.
_OFTEN = {
    "sent": 0.06, "edited": 0.5, "again": 0.3, "broken": 0.3, "back": 0.3, "sorted": 0.15, "late": 0.2, "last": 0.1,
}  # fmt: skip


def copied(script: Script) -> Script:
    return [step.copied() for step in script]


def tag(number: int, code: str | None, *, comment: str | None = None, day: date = TODAY) -> Doc:
    """Return a tag of the member's, as the ring's app writes it."""
    body = {
        "id": f"t{number}",
        "tag_type_code": code,
        "start_time": f"{day}T08:{number:02d}:00-05:00",
        "end_time": None,
        "start_day": day.isoformat(),
        "end_day": None,
        "comment": comment,
        "custom_name": None,
    }
    return Doc("enhanced_tag", body, f"t{number}")


def older(number: int, codes: list[str], *, text: str | None = None) -> Doc:
    """Return the same in the older route's form."""
    body = {
        "id": f"o{number}",
        "day": TODAY.isoformat(),
        "tags": codes,
        "timestamp": f"{TODAY}T08:00:00-05:00",
        "text": text,
    }
    return Doc("tag", body, f"o{number}")


def a_script(seed: str, *, whole: bool = False) -> Script:
    """Return a run: `whole` with the heavy series of the day and a day before it, else a part of one day."""
    dice = Random(seed)
    first = list(_day(dice, seed, whole=whole))
    edited, kept, noted = (
        tag(1, dice.choice(ALLOWED)),
        tag(2, "custom"),
        tag(3, ALLOWED[0], comment="two cups"),
    )
    first += [edited, kept, noted, older(1, [ALLOWED[1]]), older(2, ["custom"])]
    workouts = [doc for doc in first if doc.kind == "workout"]
    again = [
        doc.copied()
        for doc in first
        if doc.kind in {"daily_readiness", "enhanced_tag"} and dice.random() < 0.5
    ]
    hidden = edited.copied()
    hidden.body["tag_type_code"] = "custom"
    back = edited.copied()
    back.body["start_time"] = f"{TODAY}T08:31:00-05:00"
    broken = Doc(
        "period", {"id": "broken", "day": TODAY.isoformat(), "flow": "torrents", "note": None}, "broken"
    )
    steps = [
        ("morning", "save", first),
        ("sent", "send", []),
        ("edited", "save", [hidden]),
        ("again", "save", [*again, *(workouts[:1] if dice.random() < 0.5 else [])]),
        ("broken", "save", [tag(5, ALLOWED[0]), broken]),
        ("back", "save", [back]),
        ("sorted", "resort", []),
        ("late", "save", [_workout(dice, minutes=2), tag(4, dice.choice(ALLOWED))]),
        ("last", "send", []),
    ]
    chosen = [each for each in steps if whole or each[0] == "morning" or dice.random() < _OFTEN[each[0]]]
    at = {name: NOON + timedelta(minutes=10 * index) for index, (name, _, _) in enumerate(steps)}
    return [Step(name, act, at[name], [doc.copied() for doc in docs]) for name, act, docs in chosen]


def _day(dice: Random, seed: str, *, whole: bool) -> Iterator[Doc]:
    """Yield a generated day up to today, with a cycle logged or not, and workouts to send."""
    count = 2 if whole else 1
    for new in generator.days(seed, until=TODAY, count=count, timezone=ZONE, cycle=dice.random() < 0.6):
        often = 1.0 if new.kind in {"daily_readiness", "daily_activity"} else 0.3
        if whole or (new.kind not in HEAVY and dice.random() < often):
            doc = Doc(new.kind, json.loads(json.dumps(new.body)), new.external_id, new.origin)
            if doc.kind == "personal_info" and dice.random() < 0.5:
                doc.body["biological_sex"] = "other"
            yield doc
    yield _workout(dice, minutes=3)
    span = {
        "start_time": f"{TODAY}T07:00:00-05:00",
        "start_day": TODAY.isoformat(),
        "end_time": None,
        "end_day": None,
    }
    episodes = [
        {"timestamp": f"{TODAY}T07:0{number}:00-05:00", "tags": ["tag_generic_sick"]} for number in range(2)
    ]
    yield Doc("rest_mode_period", {"id": "r", **span, "episodes": episodes}, "r")
    meal = {
        "id": "m",
        "day": TODAY.isoformat(),
        "time": f"{TODAY}T09:00:00-05:00",
        "zone": ZONE,
        "text": "porridge",
    }
    yield Doc("meal", meal, "m", "file")


def _workout(dice: Random, *, minutes: int) -> Doc:
    start = NOON.astimezone(ZoneInfo(ZONE)) - timedelta(minutes=dice.randint(minutes, 300))
    activity = dice.choice(("running", "yoga", "other", "cycling"))
    new = generator.workout(start=start, minutes=minutes, seed=f"twins-{dice.random()}", activity=activity)
    return Doc("workout", dict(new.body), new.external_id)
