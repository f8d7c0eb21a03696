"""The vocabulary as the rest of the house asks for it, checked when it is loaded.

A leaf that is neither envelope nor given to one known data type, or a composite made of women's health,
does not start: `VocabularyError` at import, and a system check for whoever reads the output of
`manage.py check`.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from records.vocabulary import data_types, documents
from records.vocabulary.shapes import DataType, DocumentKind, Field, Sensitivity, VocabularyError

DATA_TYPES: Mapping[str, DataType] = data_types.DATA_TYPES
WOMENS_HEALTH: frozenset[str] = data_types.WOMENS_HEALTH
KINDS: Mapping[str, DocumentKind] = MappingProxyType({kind.name: kind for kind in documents.LISTED})

# Which names may be envelope, by kind; a kind that is not here has `id` and `day`.
ENVELOPES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "daily_activity": frozenset({"id", "day", "timestamp"}),
        "daily_sleep": frozenset({"id", "day", "timestamp"}),
        "daily_readiness": frozenset({"id", "day", "timestamp"}),
        "heartrate": frozenset({"timestamp", "timestamp_unix"}),
        "enhanced_tag": frozenset({"id"}),
    }
)
NEVER_A_PART: frozenset[str] = WOMENS_HEALTH | {"temperature_trend"}


def kind_of(name: str) -> DocumentKind | None:
    """Return the kind of document of that name, or None."""
    return KINDS.get(name)


def data_type(key: str) -> DataType | None:
    """Return the data type of that key, or None."""
    return DATA_TYPES.get(key)


def fields_of(kind: str, data_type: str) -> tuple[Field, ...]:
    """Return the fields of one kind that belong to one data type; none for a kind or type that does not
    exist."""
    known = KINDS.get(kind)
    return tuple(leaf for leaf in known.fields if leaf.data_type == data_type) if known else ()


def kinds_with(data_type: str) -> tuple[str, ...]:
    """Return the kinds that carry at least one field of the data type."""
    return tuple(name for name in KINDS if fields_of(name, data_type))


def problems(
    kinds: Iterable[DocumentKind] = documents.LISTED, types: Iterable[DataType] = data_types.LISTED
) -> list[str]:
    """Return every contradiction in the tables, as sentences. An empty list is a sound vocabulary."""
    kinds, listed = tuple(kinds), tuple(types)
    known = {each.key: each for each in listed}
    found = [f"The data type {key} is listed twice." for key in _twice(each.key for each in listed)]
    found += [f"The document {name} is listed twice." for name in _twice(kind.name for kind in kinds)]
    for each in listed:
        found += _problems_of_type(each, known)
    for kind in kinds:
        found += _problems_of_kind(kind)
        for leaf in kind.fields:
            found += _problems_of_leaf(kind, leaf, known)
    return found


def _twice(names: Iterable[str]) -> list[str]:
    listed = list(names)
    return sorted({name for name in listed if listed.count(name) > 1})


def _problems_of_type(each: DataType, known: Mapping[str, DataType]) -> Iterator[str]:
    for part in each.made_of:
        if part not in known:
            yield f"{each.key} is made of {part}, which is no data type."
        elif part in NEVER_A_PART or known[part].sensitivity is Sensitivity.WOMENS_HEALTH:
            yield f"{each.key} is made of {part}, which may be part of nothing."
        elif known[part].made_of:
            yield f"{each.key} is made of {part}, which is a composite itself."
    if not each.label or not each.hint:
        yield f"{each.key} has no words for a member."


def _problems_of_kind(kind: DocumentKind) -> Iterator[str]:
    if kind.day not in kind.by_path:
        yield f"{kind.name} is filed by {kind.day}, which it does not have."
    mixed = any(leaf.data_type in WOMENS_HEALTH and leaf.path in {"id", "day"} for leaf in kind.fields)
    if mixed and not kind.womens_health:
        yield f"{kind.name} is women's health in part of its envelope only."
    if kind.series and any(leaf.sensitivity.private or leaf.per_entry for leaf in kind.fields):
        yield f"{kind.name} is a series with a private field; rows are not sorted apart."
    paths = set(kind.by_path)
    for path in paths:
        if any(other.startswith(f"{path}.") for other in paths):
            yield f"{kind.name}.{path} is a value and a container at once."


def _problems_of_leaf(kind: DocumentKind, leaf: Field, known: Mapping[str, DataType]) -> Iterator[str]:
    where = f"{kind.name}.{leaf.path}"
    if leaf.data_type is None:
        if leaf.path not in ENVELOPES.get(kind.name, frozenset({"id", "day"})):
            yield f"{where} belongs to no data type and is no envelope."
        return
    belongs = known.get(leaf.data_type)
    if belongs is None:
        yield f"{where} belongs to {leaf.data_type}, which is no data type."
        return
    if belongs.made_of:
        yield f"{where} belongs to {belongs.key}, a composite: fields belong to its parts."
    wanted = belongs.sensitivity
    if wanted is Sensitivity.WOMENS_HEALTH and leaf.sensitivity is not Sensitivity.WOMENS_HEALTH:
        yield f"{where} is women's health by its data type and not marked so."
    if leaf.sensitivity is Sensitivity.WOMENS_HEALTH and wanted is not Sensitivity.WOMENS_HEALTH:
        yield f"{where} is women's health and belongs to {belongs.key}, which can be shared."
    if wanted is Sensitivity.CYCLE and leaf.sensitivity is Sensitivity.NEUTRAL:
        yield f"{where} is cycle-revealing by its data type and not marked so."
    if leaf.required and leaf.nullable:
        yield f"{where} is required and nullable at once."


if _found := problems():
    raise VocabularyError(" ".join(_found))
