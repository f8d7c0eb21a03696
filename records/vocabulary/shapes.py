"""The shapes of the vocabulary: data types, fields, document kinds. Pure; the tables are beside this file.

Every leaf of every document is either envelope or belongs to exactly one data type; anything else does not
start (`VocabularyError`). That one fact makes "the minimum necessary" a projection instead of a filter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class VocabularyError(ValueError):
    """The tables of the vocabulary contradict themselves; Ringfence does not start."""


class Category(StrEnum):
    """How data types are grouped on screen."""

    ACTIVITY = "activity"
    HEART = "heart"
    SLEEP = "sleep"
    READINESS_STRESS = "readiness_stress"
    BODY = "body"
    TEMPERATURE = "temperature"
    METABOLIC = "metabolic"
    MIND = "mind"
    NOTES = "notes"
    SIGNALS = "signals"
    DEVICE = "device"
    ACCOUNT = "account"
    WOMENS_HEALTH = "womens_health"


class Sensitivity(StrEnum):
    """What a value can tell. All but NEUTRAL and CYCLE is sorted into the private table on the way in."""

    NEUTRAL = "neutral"
    CYCLE = "cycle"  # cycle-revealing
    WOMENS_HEALTH = "wh"  # women's health as it was logged or measured
    DERIVED = "wh-derived"  # derived from women's health: withheld like it
    TEXT = "text"  # free text: belongs to its type, is in no flow

    @property
    def womens_health(self) -> bool:
        return self in {Sensitivity.WOMENS_HEALTH, Sensitivity.DERIVED}

    @property
    def private(self) -> bool:
        return self.womens_health or self is Sensitivity.TEXT


class Value(StrEnum):
    """The JSON type of a field."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"  # YYYY-MM-DD
    DATETIME = "datetime"  # ISO 8601 with an offset
    SAMPLE = "sample"  # {"interval": s, "items": [number | null], "timestamp": datetime}
    STRINGS = "strings"  # an array of strings
    ZONE = "zone"  # the name of a time zone


@dataclass(frozen=True, slots=True, kw_only=True)
class DataType:
    """What a member decides on. `made_of` names the parts of a composite (its own flow, its own toggle)."""

    key: str
    label: str
    hint: str
    category: Category
    sensitivity: Sensitivity = Sensitivity.NEUTRAL
    made_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One leaf of a document. `path` is dotted; `episodes[].tags` is a leaf of each item of an array.

    `data_type` is None for the envelope, and for what `stays`: kept with the document, along with nothing.
    `own` marks fields that are ours, never served on `/v2`. `per_entry` marks the codes whose values decide whether the
    whole document is women's health (`tags.py`). A number lies `within` two bounds, both allowed.
    """

    path: str
    data_type: str | None
    value: Value
    unit: str = ""
    sensitivity: Sensitivity = Sensitivity.NEUTRAL
    required: bool = False
    nullable: bool = False
    own: bool = False
    one_of: frozenset[str] = frozenset()
    per_entry: bool = False
    stays: bool = False
    within: tuple[float, float] | None = None
    only: str = (
        ""  # the characters a text of ours may consist of, as a regular expression's class; no room for words
    )

    @property
    def envelope(self) -> bool:
        return self.data_type is None and not self.stays


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind:
    """One kind of document and its leaves. `series`: stored as `{"rows": [...]}` a day, served row by row.

    A kind without a `day` is standing: it says what is true of the member or the ring now, and of no day.
    """

    name: str
    fields: tuple[Field, ...]
    day: str = "day"  # the field that files it under a local calendar day; "" for a standing kind
    series: bool = False
    own: bool = False
    containers: frozenset[str] = frozenset()  # required objects and arrays that belong to no data type
    by_path: Mapping[str, Field] = field(init=False, repr=False, compare=False)
    # Arrays of which each item must have something private: no item is served, and how many there are is private too.
    torn: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_path = {leaf.path: leaf for leaf in self.fields}
        if len(by_path) != len(self.fields):
            raise VocabularyError(f"{self.name} gives a field twice.")
        object.__setattr__(self, "by_path", by_path)
        private = (leaf.path for leaf in self.fields if leaf.required and leaf.sensitivity.private)
        torn = frozenset(path.partition("[]")[0] for path in private if "[]" in path)
        object.__setattr__(self, "torn", torn)

    @property
    def envelope(self) -> tuple[str, ...]:
        return tuple(leaf.path for leaf in self.fields if leaf.envelope)

    @property
    def standing(self) -> bool:
        return not self.day

    @property
    def womens_health(self) -> bool:
        """Whether the whole document is women's health: not one leaf of it is anything else."""
        return all(leaf.sensitivity.womens_health for leaf in self.fields)
