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


class Until(StrEnum):
    """How long a queued delivery of a flow still makes sense."""

    SENT = "sent"
    LOCAL_MIDNIGHT = "local_midnight"  # the end of the document's own day where the member lives


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
    """One partner. `retention` and `deletion` are sentences that stand on the member's pages."""

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
    onward_recipients: tuple[str, ...] = ()
    regions: frozenset[str] | None = None  # ISO 3166-1 alpha-2; None = everywhere
    starts_at_partner: bool = False
    imports_stay: bool = False  # what came in from this partner goes out to nobody

    def flow(self, key: str) -> Flow | None:
        return next((flow for flow in self.flows if flow.key == key), None)
