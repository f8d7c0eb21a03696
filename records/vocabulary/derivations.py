"""Which fields are derived from which, so that a derived value carries the taint of what it is derived from. Pure.

A field may be declared less telling than the union of its inputs only with a named exception, and never when
an input is women's health or free text: such tables do not start (`soundness.py`). New inputs are a new
derivation, and so a new thing to ask a member for: `Derivation.version`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """How one field comes about. Fields are named with their kind: `sleep.average_hrv`.

    `declared_by_name` says why the field may tell less than its inputs do; empty for all that follow the rule.
    """

    field: str
    inputs: tuple[str, ...]
    how: str
    declared_by_name: str = ""

    @property
    def version(self) -> str:
        """A short name that changes when the inputs do."""
        return hashlib.sha256("\n".join(sorted(self.inputs)).encode()).hexdigest()[:12]


OTHERS = (
    "activity_balance", "hrv_balance", "previous_day_activity", "previous_night", "recovery_index",
    "resting_heart_rate", "sleep_balance", "sleep_regularity",
)  # fmt: skip
MIXED = (
    "One number that mixes skin temperature with eight other inputs; alone it cannot be turned back into it."
)
MINDFUL = ("breathing", "meditation", "relaxation")  # the types of session that make mindful minutes
# source and what is made of it
MADE_FROM: Mapping[str, str] = MappingProxyType({"session": "mindful_minutes"})


def _from(field: str, inputs: str, how: str, **more: str) -> Derivation:
    return Derivation(field=field, inputs=tuple(inputs.split()), how=how, **more)


def _readiness(kind: str, under: str = "") -> tuple[Derivation, ...]:
    """The readiness of a day, and its copy inside a night."""
    here = f"{kind}.{under}"
    parts = " ".join(f"{here}contributors.{name}" for name in (*OTHERS, "body_temperature"))
    return (
        _from(f"{here}temperature_trend_deviation", f"{here}temperature_deviation", "three nights, weighed"),
        _from(f"{here}contributors.body_temperature", f"{here}temperature_deviation", "a mark from 1 to 100"),
        _from(f"{here}score", parts, "nine marks, without the phase of a cycle", declared_by_name=MIXED),
    )


LISTED: tuple[Derivation, ...] = (
    *_readiness("daily_readiness"),
    *_readiness("sleep", "readiness."),
    _from("daily_readiness.score_with_cycle", "daily_readiness.score cycle_insights.phase",
          "the score, with the phase of the cycle taken into account"),
    _from("sleep.readiness_score_delta", "sleep.readiness.score", "points of that score"),
    _from("sleep.sleep_score_delta", "daily_sleep.score", "points of that score"),
    _from(
        "daily_sleep.score",
        "daily_sleep.contributors.deep_sleep daily_sleep.contributors.efficiency daily_sleep.contributors.latency"
        " daily_sleep.contributors.rem_sleep daily_sleep.contributors.restfulness daily_sleep.contributors.timing"
        " daily_sleep.contributors.total_sleep",
        "seven marks",
    ),
    _from("sleep.average_heart_rate", "sleep.heart_rate", "mean of the night"),
    _from("sleep.lowest_heart_rate", "sleep.heart_rate", "lowest of the night"),
    _from("sleep.average_hrv", "sleep.hrv", "mean of the night"),
    _from("daily_activity.meters_to_target",
          "daily_activity.target_meters daily_activity.equivalent_walking_distance", "target minus walked"),
    _from("daily_activity.resting_calories", "daily_activity.total_calories daily_activity.active_calories",
          "total minus active"),
    _from("mindful_minutes.start", "session.type session.start_datetime",
          "of sessions of breathing, meditation, relaxation"),
    _from("mindful_minutes.end", "session.type session.end_datetime",
          "of sessions of breathing, meditation, relaxation"),
)  # fmt: skip

BY_FIELD: Mapping[str, Derivation] = MappingProxyType({each.field: each for each in LISTED})
