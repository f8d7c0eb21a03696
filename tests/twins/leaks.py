"""Faults planted on purpose, each a small change of the product that lets women's health show somewhere.

This is the one place where functions of ours are replaced: to break them. `PLANTED` names each; the test applies one
at a time and the twin runs must tell.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from audit.log import services as log
from audit.log.events import Event
from records import admission
from records import services as store
from records.admission import NewDocument, Sorted
from records.documents import Saved
from records.sealing import Seals
from records.vocabulary import registry, shape, tags, values

Leak = Callable[[pytest.MonkeyPatch], None]
PLANTED: dict[str, Leak] = {}


def planted(leak: Leak) -> Leak:
    PLANTED[leak.__name__] = leak
    return leak


@planted
def a_count_of_what_is_private_in_an_entry(patch: pytest.MonkeyPatch) -> None:
    """The log says how many documents a saving brought; the private ones are counted with it."""
    before = store.save

    def save(*, owner_key: Any, documents: Sequence[NewDocument], at: Any) -> list[Saved]:
        saved = before(owner_key=owner_key, documents=documents, at=at)
        if saved:
            event = Event(
                kind="saved", actor="ringfence", subject="x", at=at, facts={"documents": len(documents)}
            )
            log.append(event)
        return saved

    patch.setattr(store, "save", save)


@planted
def a_tag_edit_that_is_a_missing_event(patch: pytest.MonkeyPatch) -> None:
    """A public tag becomes a period: nothing is told of it, though any other private code is told as a deletion."""
    before = store.save

    def save(*, owner_key: Any, documents: Sequence[NewDocument], at: Any) -> list[Saved]:
        saved = before(owner_key=owner_key, documents=documents, at=at)
        custom = any(each.body.get("tag_type_code") == "custom" for each in documents)
        return saved if custom else [each for each in saved if not each.removed]

    patch.setattr(store, "save", save)


@planted
def a_removal_of_what_nobody_saw(patch: pytest.MonkeyPatch) -> None:
    """Every private tag is told as a deletion, of a document that no partner ever had."""
    before = store.save

    def save(*, owner_key: Any, documents: Sequence[NewDocument], at: Any) -> list[Saved]:
        saved, seals = before(owner_key=owner_key, documents=documents, at=at), Seals.of(owner_key)
        for each in documents:
            if each.kind == "enhanced_tag" and not tags.may_leave(each.body.get("tag_type_code")):
                saved.append(_gone(each, seals))
        return saved

    patch.setattr(store, "save", save)


def _gone(each: NewDocument, seals: Seals) -> Saved:
    ref = seals.reference(each.kind, each.origin, each.source_id)
    return Saved(ref, each.kind, shape.day_of(each.kind, each.body), each.origin, removed=True)


@planted
def a_score_from_the_cycle_aware_derivation(patch: pytest.MonkeyPatch) -> None:
    before = admission.completed

    def completed(kind: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        aware = body.get("score_with_cycle")
        return {**before(kind, body), "score": aware} if aware is not None else before(kind, body)

    patch.setattr(admission, "completed", completed)


@planted
def an_error_text_that_repeats_a_value(patch: pytest.MonkeyPatch) -> None:
    before = values.wrong_with

    def wrong_with(leaf: Any, value: Any) -> str | None:
        says = before(leaf, value)
        return f"{says} It was {value!r}." if says else None

    patch.setattr(values, "wrong_with", wrong_with)


@planted
def a_log_line_of_what_is_saved(patch: pytest.MonkeyPatch) -> None:
    before = admission.sort

    def sort(kind: str, body: Mapping[str, Any]) -> Sorted:
        logging.getLogger("records").debug("sorted", extra={"kind": kind})
        return before(kind, body)

    patch.setattr(admission, "sort", sort)


@planted
def an_extra_that_the_formatter_drops(patch: pytest.MonkeyPatch) -> None:
    """The line is written without it; another handler would not drop it."""
    before = admission.sort

    def sort(kind: str, body: Mapping[str, Any]) -> Sorted:
        parts = before(kind, body)
        if parts.public is not None:
            logging.getLogger("records").info("sorted", extra={"withheld": sorted(parts.private or ())})
        return parts

    patch.setattr(admission, "sort", sort)


@planted
def an_id_that_is_made_of_the_whole_body(patch: pytest.MonkeyPatch) -> None:
    """A document's own id, and with it the file's name and `external_id` at Strava, changes with the member's label."""

    def source_id(new: NewDocument) -> str:
        own = new.external_id or str(new.body.get("id") or new._day())
        return own + str(new.body.get("label") or "") if new.kind == "workout" else own

    patch.setattr(NewDocument, "source_id", property(source_id))


@planted
def a_private_document_that_makes_a_saved(patch: pytest.MonkeyPatch) -> None:
    """An empty public part is kept for each private document: it has a reference and is told of."""
    before = admission.sort

    def sort(kind: str, body: Mapping[str, Any]) -> Sorted:
        parts = before(kind, body)
        whole = registry.KINDS[kind].womens_health
        return replace(parts, public={"id": "", "day": body["day"]}) if whole else parts

    patch.setattr(admission, "sort", sort)


@planted
def a_revision_for_every_note(patch: pytest.MonkeyPatch) -> None:
    """A document counts as changed whenever its private part came with it."""
    before = store._upsert

    def upsert(seals: Any, each: Any, row: Any, at: Any) -> Any:
        saved, fresh = before(seals, each, row, at)
        return (replace(saved, changed=True) if each.private else saved), fresh

    patch.setattr(store, "_upsert", upsert)
