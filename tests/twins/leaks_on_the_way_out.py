"""More faults planted on purpose: in what is queued and sent, in pages, in the cache, in what release asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache

from consent.gate import changing, door
from consent.grants import clock
from consent.web.pages import ledger
from consent.web.pages import preview as preview_pages
from integrations.deliveries import services as deliveries
from integrations.events import services as events
from integrations.strava import wire
from records import admission, selectors
from records.admission import NewDocument, Sorted
from records.models import PrivateDocument
from records.sealing import PRIVATE, Seals
from records.vocabulary import registry
from tests.twins.leaks import planted


class Kept:
    """How many private documents there were after the last saving: known without asking for them on the way out."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count, self._admit = 0, door.admit
        patch.setattr(door, "admit", self._counting)

    def _counting(self, **given: Any) -> Any:
        saved = self._admit(**given)
        self.count = PrivateDocument.objects.count()
        return saved


@planted
def a_delivery_time_slot(patch: pytest.MonkeyPatch) -> None:
    """What is queued waits a second for each private document."""
    before, kept = deliveries.queue, Kept(patch)

    def queue(*, at: Any, **rest: Any) -> Any:
        return before(at=at + timedelta(seconds=kept.count), **rest)

    patch.setattr(deliveries, "queue", queue)


@planted
def a_name_of_a_file(patch: pytest.MonkeyPatch) -> None:
    """The upload is named by the member's label, which admission left in its place."""
    before, sort = wire.upload_form, admission.sort

    def leaving(kind: str, body: Mapping[str, Any]) -> Sorted:
        parts = sort(kind, body)
        if kind == "workout" and parts.public is not None and body.get("label"):
            parts.public["intensity"] = "easy"
            parts.public["activity"] = f"running {len(body['label'])}"
        return parts

    def upload_form(release: Any) -> dict[str, str]:
        return {**before(release), "name": str(release.fields.get("activity"))}

    patch.setattr(admission, "sort", leaving)
    patch.setattr(wire, "upload_form", upload_form)


@planted
def a_preview_line(patch: pytest.MonkeyPatch) -> None:
    """The preview says that something stays here, where something does."""
    before, kept = preview_pages._none, Kept(patch)
    patch.setattr(preview_pages, "_none", lambda *of: f"{before(*of)} {kept.count} entries stay with you.")


@planted
def a_page_of_another_length(patch: pytest.MonkeyPatch) -> None:
    """The ledger is longer by a blank for each private document."""
    before, kept = ledger.finding, Kept(patch)
    patch.setattr(ledger, "finding", lambda *of: before(*of) + " " * kept.count)


@planted
def a_day_of_a_preview(patch: pytest.MonkeyPatch) -> None:
    """The newest day is looked up among the private documents too."""
    before = selectors.newest_day

    def newest_day(*, key: Any, kinds: Any = None) -> Any:
        private = [row.day for row in selectors.private_documents(key=key)]
        return max(filter(None, [before(key=key, kinds=kinds), *private]), default=None)

    patch.setattr(selectors, "newest_day", newest_day)


@planted
def a_cache_entry(patch: pytest.MonkeyPatch) -> None:
    """What was sorted last is kept in the cache, under its kind."""
    before = door.admit

    def admit(*, documents: Sequence[NewDocument], **rest: Any) -> Any:
        for new in documents:
            cache.set(f"sorted-{new.kind}", "1" * len(str(new.body)))
        return before(documents=documents, **rest)

    patch.setattr(door, "admit", admit)


@planted
def a_document_put_together_again(patch: pytest.MonkeyPatch) -> None:
    """Release opens the private part as well, as the member's own copy does."""
    before = selectors.document

    def document(*, key: Any, ref: Any) -> Any:
        stored, seals = before(key=key, ref=ref), Seals.of(key)
        row = PrivateDocument.objects.filter(id=seals.private_reference(ref)).first()
        if stored is None or row is None:
            return stored
        part = seals.open(PRIVATE, row.id, row.body)
        return replace(stored, fields=admission.combine(stored.kind, stored.fields, part["body"]))

    patch.setattr(selectors, "document", document)


@planted
def a_look_at_the_clock(patch: pytest.MonkeyPatch) -> None:
    """Each private document takes a moment more before the public ones are stamped."""
    before = door.admit

    def admit(*, documents: Sequence[NewDocument], at: Any = None, **rest: Any) -> Any:
        for new in documents:
            if registry.KINDS[new.kind].womens_health:
                clock.now()
        return before(documents=documents, at=at, **rest)

    patch.setattr(door, "admit", admit)


@planted
def a_statement_more(patch: pytest.MonkeyPatch) -> None:
    """Release is slower for members who keep something private: it asks once more."""
    before, kept = selectors.document, Kept(patch)

    def document(*, key: Any, ref: Any) -> Any:
        for _ in range(kept.count):
            before(key=key, ref=ref)
        return before(key=key, ref=ref)

    patch.setattr(selectors, "document", document)


@planted
def an_event_for_what_is_withheld(patch: pytest.MonkeyPatch) -> None:
    """A subscriber is told of a change whenever anything was saved beside it: how often tells."""
    before, kept = changing.changes, Kept(patch)

    def changes(**given: Any) -> Any:
        found = before(**given)
        return found + found[:1] * kept.count

    patch.setattr(door, "changes", partial(changes, before=selectors.before, after=selectors.documents_of))


@planted
def a_time_of_an_event(patch: pytest.MonkeyPatch) -> None:
    """An event says that it happened a second later for each private document."""
    before, kept = events.queue, Kept(patch)

    def queue(member: Any, saved: Any, *, at: Any) -> Any:
        return before(member, saved, at=at + timedelta(seconds=kept.count))

    patch.setattr(events, "queue", queue)
