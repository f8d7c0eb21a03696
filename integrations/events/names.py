"""The data types and kinds of events that may be subscribed to, as clients spell them. A pure table.

What is not in it does not exist here: neither women's health nor anything else can be asked for by name.
"""

from collections.abc import Mapping
from types import MappingProxyType

from consent.gate.changing import Change

EVENT_TYPES = tuple(change.value for change in Change)
DATA_TYPES = (
    "tag", "enhanced_tag", "workout", "session", "sleep", "daily_sleep", "daily_readiness", "daily_activity",
    "daily_spo2", "sleep_time", "rest_mode_period", "ring_configuration", "daily_stress",
    "daily_cardiovascular_age", "daily_resilience", "vo2_max", "meal",
)  # fmt: skip

_SPELLED_OTHERWISE = {"vo2_max": "vO2_max"}
_OF_KIND: Mapping[str, str] = MappingProxyType(
    {_SPELLED_OTHERWISE.get(name, name): name for name in DATA_TYPES}
)


def data_type_of(kind: str) -> str | None:
    """Return the data type under which documents of a kind are told of; None for those that are not."""
    return _OF_KIND.get(kind)


def collection_of(data_type: str) -> str:
    """Return the collection in which a partner finds the documents of a data type."""
    return _SPELLED_OTHERWISE.get(data_type, data_type)
