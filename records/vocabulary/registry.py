"""The vocabulary as the rest of the house asks for it, checked when it is loaded.

A leaf that is neither envelope nor given to one known data type, a composite made of women's health, or a derived field
that is declared harmless while its inputs are not, does not start: `VocabularyError` at import, and a system check for
whoever reads the output of `manage.py check`.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from records.vocabulary import compositions, data_types, derivations, documents, soundness
from records.vocabulary.compositions import Parts
from records.vocabulary.derivations import Derivation
from records.vocabulary.shapes import DataType, DocumentKind, Field, Sensitivity, VocabularyError

DATA_TYPES: Mapping[str, DataType] = data_types.DATA_TYPES
WOMENS_HEALTH: frozenset[str] = data_types.WOMENS_HEALTH
KINDS: Mapping[str, DocumentKind] = MappingProxyType({kind.name: kind for kind in documents.LISTED})


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


def parts_of(composite: str) -> Parts:
    """Return the exact fields a composite is made of, kind by kind; none for a type that is no composite."""
    return compositions.MADE_OF.get(composite, {})


def derivation_of(kind: str, path: str) -> Derivation | None:
    """Return how a field is derived, or None for one that is measured or logged as it stands."""
    return derivations.BY_FIELD.get(f"{kind}.{path}")


def taint_of(kind: str, path: str) -> Sensitivity:
    """Return what a field can tell: the union of what it is derived from, or what it is declared to tell itself.

    For a derived field with a named exception this is what it would be without the exception.
    """
    derived = derivation_of(kind, path)
    return soundness.union(derived.inputs, KINDS) if derived else KINDS[kind].by_path[path].sensitivity


def problems(
    kinds: Iterable[DocumentKind] = documents.LISTED,
    types: Iterable[DataType] = data_types.LISTED,
    derived: Iterable[Derivation] = derivations.LISTED,
    composed: Mapping[str, Parts] = compositions.MADE_OF,
) -> list[str]:
    """Return every contradiction in the tables, as sentences. An empty list is a sound vocabulary."""
    kinds, types = tuple(kinds), tuple(types)
    return [
        *soundness.of_tables(kinds, types),
        *soundness.of_derivations(kinds, tuple(derived)),
        *soundness.of_compositions(kinds, types, composed),
    ]


if _found := problems():
    raise VocabularyError(" ".join(_found))
