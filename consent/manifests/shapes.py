"""The shape of a partner's manifest: who it is, what it may carry at most, why, and how it gets it. Pure.

A manifest is a ceiling. What a member switches on narrows it, and every switch starts off.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    EXPORT = "export"  # out of Ringfence to the partner
    IMPORT = "import"  # into Ringfence


class Channel(StrEnum):
    PUSH = "push"
    API = "api"
    DEVICE = "device"
    VOICE = "voice"


class Purpose(StrEnum):
    """Why a partner may have data. Advertising and sale do not exist here; the database refuses them too."""

    TRAINING_LOG = "training_log"
    ACTIVITY_TRACKING = "activity_tracking"
    COACHING = "coaching"
    HEALTH_RECORD = "health_record"
    FERTILITY_AWARENESS = "fertility_awareness"
    GLUCOSE_INSIGHT = "glucose_insight"
    VOICE_ANSWERS = "voice_answers"
    SHARING_WITH_OTHERS = "sharing_with_others"
    REMINDERS = "reminders"
    FOOD_LOG = "food_log"
    OWN_USE = "own_use"  # the member's own program


class Until(StrEnum):
    """How long a queued delivery of a flow still makes sense."""

    SENT = "sent"
    LOCAL_MIDNIGHT = "local_midnight"  # the end of the document's own day where the member lives


class Granularity(StrEnum):
    """How much of a series a flow carries at most; a document that is no series goes as it is."""

    AS_RECORDED = "as_recorded"
    ONE_A_MINUTE = "one_a_minute"  # the first row of each UTC minute: a mean is no measurement
    NEWEST = "newest"  # the newest row, and none before it


@dataclass(frozen=True, slots=True)
class SourceIn:
    """The document's `source` is one of these; else `source_not_allowed`."""

    sources: frozenset[str]


@dataclass(frozen=True, slots=True)
class OfTheCurrentLocalDay:
    """The document began on the member's current local day; else `not_current_day`."""

    start: str = "start_datetime"


Condition = SourceIn | OfTheCurrentLocalDay


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One data type in one direction through one channel, with the fields it carries and the words on its switch.

    `fields` maps a document kind to dotted paths. `rides_on` names the flow whose delivered document this one is
    attached to (a score is text on a workout). `on_demand` flows move only when the member acts; nothing is queued.
    """

    direction: Direction
    data_type: str
    channel: Channel
    fields: Mapping[str, tuple[str, ...]]
    name: str
    hint: str
    why: str
    purpose: Purpose
    when: tuple[Condition, ...] = ()
    granularity: Granularity = Granularity.AS_RECORDED
    rides_on: str | None = None
    until: Until = Until.SENT
    on_demand: bool = False
    public: bool = False  # other people can see it

    @property
    def key(self) -> str:
        return f"{self.direction}:{self.data_type}"

    @property
    def field_set(self) -> frozenset[str]:
        """The fields as `kind.path`: what a yes to this flow covers (a yes covers what was shown)."""
        return frozenset(f"{kind}.{path}" for kind, paths in self.fields.items() for path in paths)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One partner. What ends in a full stop here stands on the member's pages as it is.

    A partner without flows has no connection: `no_connection` says so honestly, and what happens instead.
    """

    slug: str
    name: str
    legal_entity: str
    country: str  # as a member reads it, "United States"
    summary: str
    how_often: str
    privacy_url: str
    deletion_url: str
    retention: str
    flows: tuple[Flow, ...]
    stopping: str = ""  # what a stop means at the partner's side, and what the member can do there
    no_connection: str = ""
    content_url: str = ""  # where a partner's own sessions are; the same link for everyone, always
    onward_recipients: tuple[str, ...] = ()
    regions: frozenset[str] | None = None  # ISO 3166-1 alpha-2; None = everywhere
    starts_at_partner: bool = False  # the member begins on the partner's side; we offer no way there
    imports_stay: bool = False  # what came in from this partner goes out to nobody
    imports_end: bool = False  # what came in is deleted here when the yes ends, as the partner's rules ask
    listed: bool = True  # stands on the page of partners; the member's own program has a page of its own

    def flow(self, key: str) -> Flow | None:
        return next((flow for flow in self.flows if flow.key == key), None)
