"""What is true of a grant at one moment, for whoever decides on it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from consent.grants.lifecycle import Status

EVERYTHING = date(1970, 1, 1)  # `history_from` of a yes that includes the past: no ring is older


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """`on` maps a flow key to the field set its yes covers (None = all that the flow declares today).

    `noticed` are the flows on the agreed notice (None = all of the manifest); `device_off` the flows that the phone's
    operating system refuses. Times are aware UTC; `history_from` is the first local day that the yes covers.
    """

    status: Status
    granted_at: datetime
    expires_at: datetime | None
    history_from: date | None
    on: Mapping[str, frozenset[str] | None]
    noticed: frozenset[str] | None = None
    device_off: frozenset[str] = frozenset()
    partner_changed: bool = False
