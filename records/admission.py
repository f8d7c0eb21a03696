"""Sorting on the way in: what is made of a document, what could ever leave, and what is the member's alone. Pure.

Women's-health documents, entries whose tag is off the allow list, women's-health fields and free text
go to the private part. Release never reads that part, so nothing a partner sees, and no count or time
of it, can depend on it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from records.errors import StrayDocument
from records.vocabulary import activities, derivations, registry, sexes, shape, tags

# Strings that the API leaves open: what partners see is of a closed vocabulary, and the member keeps their own word.
CLOSED: Mapping[str, Mapping[str, Callable[[str], str]]] = {
    "workout": {"activity": activities.closed},
    "personal_info": {"biological_sex": sexes.closed},
}
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


def made_from(new: NewDocument) -> NewDocument | None:
    """Return the document that is made of this one, or None. It keeps the origin, and the source's id there.

    So what came from a partner stays bound to it, and whatever forgets the source forgets what was made of it.
    """
    made = derivations.MADE_FROM.get(new.kind)
    if made is None or new.body.get("type") not in derivations.MINDFUL:
        return None
    span = {"start": new.body["start_datetime"], "end": new.body["end_datetime"]}
    body = {"id": new.source_id, "day": new.body["day"], **span}
    return replace(new, kind=made, body=body, external_id=new.source_id)


def completed(kind: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the body with the own fields that are computed from others of it, whatever was given in their place."""
    if kind != "daily_activity" or not {"total_calories", "active_calories"} <= set(body):
        return body
    return {**body, "resting_calories": max(0, body["total_calories"] - body["active_calories"])}


def sort(kind: str, body: Mapping[str, Any]) -> Sorted:
    """Split a sound body into what may ever be released and what is the member's alone."""
    listed = registry.KINDS[kind]
    whole = shape.known(kind, body)
    if listed.womens_health or not tags.entry_may_leave(listed, whole):
        return Sorted(public=None, private=whole)
    if listed.series:
        return Sorted(public=whole, private=None)
    private: dict[str, Any] = {name: whole[name] for name in sorted(listed.torn) if whole.get(name)}
    whole |= {name: [] for name in private}
    for leaf in listed.fields:
        if leaf.sensitivity.private and "[]" not in leaf.path:
            private = _merged(private, _cut(whole, leaf.path))
    for name, word, closed in list(_open_words(kind, whole)):
        private[name], whole[name] = word, closed
    return Sorted(public=whole, private=private or None)


def combine(kind: str, public: Mapping[str, Any], private: Mapping[str, Any] | None) -> dict[str, Any]:
    """Put a sorted document together again, for the member's own copy; withheld nulls are null again."""
    whole = _merged(public, private or {})
    for leaf in registry.KINDS[kind].fields:
        if leaf.sensitivity.private and leaf.nullable and not leaf.own and "." not in leaf.path:
            whole.setdefault(leaf.path, None)
    return whole


def _open_words(kind: str, body: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Words of an open vocabulary, with the closed one's in their place where that does not have them as they stand."""
    for name, closed in CLOSED.get(kind, {}).items():
        word = body.get(name)
        if isinstance(word, str) and closed(word) != word:
            yield name, word, closed(word)


def _cut(body: dict[str, Any], path: str) -> dict[str, Any]:
    """Take one leaf out of a body and return it alone, in its place; nothing where there is none.

    A null is dropped: whether there is a note must not show in the public part.
    """
    name, _, rest = path.partition(".")
    if not rest:
        taken = body.pop(name, None)
        return {} if taken is None else {name: taken}
    inner = body.get(name)
    cut = _cut(inner, rest) if isinstance(inner, dict) else {}
    return {name: cut} if cut else {}


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for name, value in over.items():
        beneath = merged.get(name)
        if isinstance(value, Mapping) and isinstance(beneath, Mapping):
            merged[name] = _merged(beneath, value)
        elif _side_by_side(beneath, value):
            merged[name] = [_merged(*pair) for pair in zip(beneath or (), value, strict=True)]
        else:
            merged[name] = value
    return merged


def _side_by_side(one: Any, other: Any) -> bool:
    """Whether these are the two parts of one array of objects, as they were stored before it was private whole."""
    both = isinstance(one, list) and isinstance(other, list) and len(one) == len(other)
    return both and all(isinstance(item, Mapping) for item in (*one, *other))
