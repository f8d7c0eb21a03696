"""Sorting on the way in: what could ever leave, and what is the member's alone. Pure.

Women's-health documents, entries whose tag is off the allow list, women's-health fields and free text
go to the private part. Release never reads that part, so nothing a partner sees, and no count or time
of it, can depend on it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from records.errors import StrayDocument
from records.vocabulary import activities, registry, shape, tags
from records.vocabulary.shapes import DocumentKind

RING, FILE = "ring", "file"  # the member's own ring; files that the member brought


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document on its way in: who made it (`origin`: ring, strava, file) and its id there.

    The same kind, origin and id again is the same document. A series has its UTC day as id. Prints masked.
    """

    kind: str
    body: Mapping[str, Any] = field(repr=False)
    origin: str = RING
    external_id: str = field(default="", repr=False)

    @property
    def source_id(self) -> str:
        """The id at the origin: the one given, or the body's own, or the day of a series."""
        own = self.body.get("id") if isinstance(self.body, Mapping) else None
        return self.external_id or (own if isinstance(own, str) else "") or self._day()

    def _day(self) -> str:
        return shape.day_of(self.kind, self.body).isoformat()

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise StrayDocument(type(self).__name__)


@dataclass(frozen=True, slots=True)
class Sorted:
    """The two parts of a document. Either may be None: nothing of it can leave, or all of it might."""

    public: dict[str, Any] | None = field(repr=False)
    private: dict[str, Any] | None = field(repr=False)


def sort(kind: str, body: Mapping[str, Any]) -> Sorted:
    """Split a sound body into what may ever be released and what is the member's alone."""
    listed = registry.KINDS[kind]
    whole = shape.known(kind, body)
    if listed.womens_health or not _entry_may_leave(listed, whole):
        return Sorted(public=None, private=whole)
    if listed.series:
        return Sorted(public=whole, private=None)
    private: dict[str, Any] = {}
    for leaf in listed.fields:
        if leaf.sensitivity.private:
            taken = _take(whole, leaf.path)
            if (
                taken is not None
            ):  # a null is dropped: whether there is a note must not show in the public part
                _put(private, leaf.path, taken)
    for path, word in _open_words(kind, whole):
        _put(private, path, word)
        _put(whole, path, activities.closed(word))
    return Sorted(public=whole, private=private or None)


def combine(kind: str, public: Mapping[str, Any], private: Mapping[str, Any] | None) -> dict[str, Any]:
    """Put a sorted document together again, for the member's own copy; withheld nulls are null again."""
    whole = _merged(public, private or {})
    for leaf in registry.KINDS[kind].fields:
        if leaf.sensitivity.private and leaf.nullable and not leaf.own and "." not in leaf.path:
            whole.setdefault(leaf.path, None)
    return whole


def _entry_may_leave(listed: DocumentKind, body: Mapping[str, Any]) -> bool:
    codes = [body.get(leaf.path) for leaf in listed.fields if leaf.per_entry]
    return all(tags.may_leave(code) for code in codes)


def _open_words(kind: str, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Words of an open vocabulary that the closed one does not have as they stand."""
    word = body.get("activity") if kind == "workout" else None
    if isinstance(word, str) and activities.closed(word) != word:
        yield "activity", word


def _take(body: dict[str, Any], path: str) -> Any:
    *parents, name = path.split(".")
    for parent in parents:
        inner = body.get(parent)
        if not isinstance(inner, dict):
            return None
        body = inner
    return body.pop(name, None)


def _put(body: dict[str, Any], path: str, value: Any) -> None:
    *parents, name = path.split(".")
    for parent in parents:
        body = body.setdefault(parent, {})
    body[name] = value


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for name, value in over.items():
        beneath = merged.get(name)
        both = isinstance(value, Mapping) and isinstance(beneath, Mapping)
        merged[name] = _merged(beneath, value) if both and beneath is not None else value
    return merged
