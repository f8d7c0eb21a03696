"""The collections of the partner API, with their names as clients spell them. A pure table; case counts.

What is not in it does not exist: not `daily_cycle_phases`, and nothing else of women's health.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from records.vocabulary.registry import KINDS
from records.vocabulary.shapes import DocumentKind


class Range(StrEnum):
    """By what a list is narrowed: days, moments, or nothing."""

    DATES = "dates"
    MOMENTS = "moments"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection: how it is narrowed, and which of its three forms it has (list, by id, single object)."""

    name: str
    range: Range = Range.DATES
    by_id: bool = True
    single: bool = False

    @property
    def kind(self) -> DocumentKind:
        """The kind of document has the collection's name."""
        return KINDS[self.name]

    @property
    def series(self) -> bool:
        return self.range is Range.MOMENTS


_BY_DAY = (
    "daily_activity", "daily_cardiovascular_age", "daily_readiness", "daily_resilience", "daily_sleep",
    "daily_spo2", "daily_stress", "enhanced_tag", "rest_mode_period", "session", "sleep", "sleep_time",
    "tag", "vO2_max", "workout",
)  # fmt: skip
_SERIES = ("heartrate", "interbeat_interval", "ring_battery_level")

COLLECTIONS: Mapping[str, Collection] = MappingProxyType(
    {
        "personal_info": Collection("personal_info", Range.NONE, by_id=False, single=True),
        **{name: Collection(name) for name in _BY_DAY},
        "ring_configuration": Collection("ring_configuration", Range.NONE),
        **{name: Collection(name, Range.MOMENTS, by_id=False) for name in _SERIES},
    }
)
SANDBOX: Mapping[str, Collection] = MappingProxyType(
    {name: each for name, each in COLLECTIONS.items() if not each.single}
)
