"""Contradictions in the tables of the vocabulary, as sentences. What is found here does not start. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from records.vocabulary.compositions import Parts
from records.vocabulary.data_types import WOMENS_HEALTH
from records.vocabulary.derivations import Derivation
from records.vocabulary.shapes import DataType, DocumentKind, Field, Sensitivity, Value

# Which names may be envelope, by kind; a kind that is not here has `id` and `day`.
SERIES_ROW = frozenset({"timestamp", "timestamp_unix"})
ENVELOPES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "daily_activity": frozenset({"id", "day", "timestamp"}),
        "daily_sleep": frozenset({"id", "day", "timestamp"}),
        "daily_readiness": frozenset({"id", "day", "timestamp"}),
        "vO2_max": frozenset({"id", "day", "timestamp"}),
        "heartrate": SERIES_ROW,
        "interbeat_interval": SERIES_ROW,
        "ring_battery_level": SERIES_ROW,
        "enhanced_tag": frozenset({"id"}),
        "rest_mode_period": frozenset({"id"}),
        "personal_info": frozenset({"id"}),
        "ring_configuration": frozenset({"id"}),
    }
)
NEVER_A_PART: frozenset[str] = WOMENS_HEALTH | {"temperature_trend"}

# How much a value can tell, in order; what is derived from women's health tells as much as it.
_TELLS = {
    Sensitivity.NEUTRAL: 0,
    Sensitivity.CYCLE: 1,
    Sensitivity.TEXT: 2,
    Sensitivity.DERIVED: 3,
    Sensitivity.WOMENS_HEALTH: 3,
}


def union(inputs: Iterable[str], kinds: Mapping[str, DocumentKind]) -> Sensitivity:
    """Return what a value made of these fields (`kind.path`) can tell: as much as the most telling of them."""
    found = [leaf.sensitivity for name in inputs if (leaf := _leaf(name, kinds)) is not None]
    most = max(found, key=_TELLS.__getitem__, default=Sensitivity.NEUTRAL)
    return Sensitivity.DERIVED if most is Sensitivity.WOMENS_HEALTH else most


def of_tables(kinds: tuple[DocumentKind, ...], types: tuple[DataType, ...]) -> list[str]:
    """Return what is wrong with data types, kinds and fields."""
    known = {each.key: each for each in types}
    found = [f"The data type {key} is listed twice." for key in _twice(each.key for each in types)]
    found += [f"The document {name} is listed twice." for name in _twice(kind.name for kind in kinds)]
    for each in types:
        found += _problems_of_type(each, known)
    for kind in kinds:
        found += _problems_of_kind(kind)
        for leaf in kind.fields:
            found += _problems_of_leaf(kind, leaf, known)
    return found


def of_derivations(kinds: tuple[DocumentKind, ...], derived: tuple[Derivation, ...]) -> list[str]:
    """Return what is wrong with what is derived: a field that tells less than its inputs, unless excepted by name."""
    known = {kind.name: kind for kind in kinds}
    found = [f"{field} is derived in two ways." for field in _twice(each.field for each in derived)]
    for each in derived:
        missing = [name for name in (each.field, *each.inputs) if _leaf(name, known) is None]
        found += [f"The derivation of {each.field} names {name}, which is no field." for name in missing]
        if not each.inputs or each.field in _sources(each, derived):
            found.append(f"{each.field} is derived from nothing, or from itself.")
        if not missing:
            found += _problems_of_taint(each, known)
    derived_fields = {each.field for each in derived}
    found += [
        f"{kind.name}.{leaf.path} is derived from women's health and names no inputs."
        for kind in kinds
        for leaf in kind.fields
        if leaf.sensitivity is Sensitivity.DERIVED and f"{kind.name}.{leaf.path}" not in derived_fields
    ]
    return found


def of_compositions(
    kinds: tuple[DocumentKind, ...], types: tuple[DataType, ...], composed: Mapping[str, Parts]
) -> list[str]:
    """Return what is wrong with composites: each is made of fields of the types it names, and of each of these."""
    known = {kind.name: kind for kind in kinds}
    made_of = {each.key: each.made_of for each in types if each.made_of}
    found = [
        f"{key} is a composite and no field of it is named." for key in sorted(set(made_of) - set(composed))
    ]
    for key, parts in composed.items():
        leaves = {
            f"{kind}.{path}": _leaf(f"{kind}.{path}", known)
            for kind, paths in parts.items()
            for path in paths
        }
        found += [
            f"{key} is made of {name}, which is no field." for name, leaf in leaves.items() if leaf is None
        ]
        given = {name: leaf for name, leaf in leaves.items() if leaf is not None}
        found += [
            f"{key} is made of {name}, which may be part of nothing."
            for name, leaf in given.items()
            if leaf.sensitivity.private or leaf.per_entry or leaf.data_type in NEVER_A_PART
        ]
        if {leaf.data_type for leaf in given.values()} != set(made_of.get(key, ())):
            found.append(f"The fields of {key} are not of the types it is made of.")
    return found


def _leaf(name: str, kinds: Mapping[str, DocumentKind]) -> Field | None:
    kind, _, path = name.partition(".")
    return kinds[kind].by_path.get(path) if kind in kinds else None


def _sources(each: Derivation, derived: tuple[Derivation, ...]) -> set[str]:
    """Return everything a field is derived from, however many steps back."""
    by_field = {other.field: other for other in derived}
    sources: set[str] = set()
    open_ = list(each.inputs)
    while open_:
        name = open_.pop()
        if name not in sources:
            sources.add(name)
            open_ += by_field[name].inputs if name in by_field else ()
    return sources


def _problems_of_taint(each: Derivation, known: Mapping[str, DocumentKind]) -> Iterator[str]:
    leaf, taint = _leaf(each.field, known), union(each.inputs, known)
    if leaf is None:
        return
    below = _TELLS[leaf.sensitivity] < _TELLS[taint]
    if below and taint.private:
        yield f"{each.field} is {leaf.sensitivity} and derived from what may never leave: no exception is possible."
    elif below and not each.declared_by_name:
        yield f"{each.field} is {leaf.sensitivity} and its inputs are {taint}. Mark it, or name the exception."
    elif each.declared_by_name and not below:
        yield f"{each.field} names an exception that it does not need."


def _twice(names: Iterable[str]) -> list[str]:
    listed = list(names)
    return sorted({name for name in listed if listed.count(name) > 1})


def _problems_of_type(each: DataType, known: Mapping[str, DataType]) -> Iterator[str]:
    for part in each.made_of:
        if part not in known:
            yield f"{each.key} is made of {part}, which is no data type."
        elif part in NEVER_A_PART or known[part].sensitivity.womens_health:
            yield f"{each.key} is made of {part}, which may be part of nothing."
        elif known[part].made_of:
            yield f"{each.key} is made of {part}, which is a composite itself."
    if not each.label or not each.hint:
        yield f"{each.key} has no words for a member."


def _problems_of_kind(kind: DocumentKind) -> Iterator[str]:
    if kind.day and kind.day not in kind.by_path:
        yield f"{kind.name} is filed by {kind.day}, which it does not have."
    mixed = any(leaf.sensitivity.womens_health and leaf.path in {"id", "day"} for leaf in kind.fields)
    if mixed and not kind.womens_health:
        yield f"{kind.name} is women's health in part of its envelope only."
    if kind.series and any(leaf.sensitivity.private or leaf.per_entry for leaf in kind.fields):
        yield f"{kind.name} is a series with a private field; rows are not sorted apart."
    paths = set(kind.by_path)
    for path in paths:
        if any(other.startswith((f"{path}.", f"{path}[].")) for other in paths):
            yield f"{kind.name}.{path} is a value and a container at once."


def _problems_of_leaf(kind: DocumentKind, leaf: Field, known: Mapping[str, DataType]) -> Iterator[str]:
    where = f"{kind.name}.{leaf.path}"
    if leaf.data_type is None:
        if not leaf.stays and leaf.path not in ENVELOPES.get(kind.name, frozenset({"id", "day"})):
            yield f"{where} belongs to no data type and is no envelope."
        return
    if leaf.stays:
        yield f"{where} stays here and belongs to a data type, which may be shared."
    if leaf.per_entry and ("." in leaf.path or leaf.value not in {Value.STRING, Value.STRINGS}):
        yield f"{where} decides about its entry and is no code and no list of codes."
    belongs = known.get(leaf.data_type)
    if belongs is None:
        yield f"{where} belongs to {leaf.data_type}, which is no data type."
        return
    if belongs.made_of:
        yield f"{where} belongs to {belongs.key}, a composite: fields belong to its parts."
    wanted = belongs.sensitivity
    if wanted.womens_health and not leaf.sensitivity.womens_health:
        yield f"{where} is women's health by its data type and not marked so."
    if leaf.sensitivity.womens_health and not wanted.womens_health:
        yield f"{where} is women's health and belongs to {belongs.key}, which can be shared."
    if wanted is Sensitivity.CYCLE and leaf.sensitivity is Sensitivity.NEUTRAL:
        yield f"{where} is cycle-revealing by its data type and not marked so."
    if leaf.required and leaf.nullable:
        yield f"{where} is required and nullable at once."
