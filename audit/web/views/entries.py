"""One entry of the log: looking at it, checking it, taking its proof along. Each is an event (SR-9.2)."""

import json
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit.log.models import Entry
from audit.proofs import proving
from audit.proofs import selectors as tree
from audit.proofs.errors import NoProof
from audit.web import acts, checking, looking, selectors
from audit.web.entrance import compliance_page
from audit.web.pages import entry as pages
from audit.web.pages.records import row

NOT_FOUND, CONFLICT = 404, 409


@compliance_page
@require_safe
def looked_at(request: HttpRequest, event_id: UUID) -> HttpResponse:
    entry = _entry_or_404(event_id)
    acts.record(
        request,
        "audit.viewed",
        facts={"viewed": str(event_id)},
        subject=entry.subject,
        partner=entry.partner,
    )
    return _page(request, entry)


@compliance_page
@require_POST
def check(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Check the entry here and now, and show each step."""
    entry = _entry_or_404(event_id)
    steps = checking.check(entry)
    facts = {"checked": str(event_id), "ok": all(step.ok for step in steps)}
    acts.record(request, "audit.checked", facts=facts, subject=entry.subject, partner=entry.partner)
    return _page(request, entry, steps)


@compliance_page
@require_safe
def proof(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Hand out the proof that the stand-alone script checks. 409 while the entry waits for its checkpoint."""
    entry = _entry_or_404(event_id)
    try:
        told = proving.inclusion(event_id)
    except NoProof as refused:
        problem = {"title": _("There is no proof of this entry yet"), "sentence": str(refused)}
        return render(request, "audit/not_here.html", problem, status=CONFLICT)
    acts.record(
        request,
        "audit.proved",
        facts={"proved": str(event_id)},
        subject=entry.subject,
        partner=entry.partner,
    )
    answer = HttpResponse(json.dumps(told, ensure_ascii=False, indent=1), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="entry-{told["index"]}-proof.json"'
    return answer


@compliance_page
@require_safe
def at_index(request: HttpRequest, index: int) -> HttpResponse:
    """Go to the entry at an index of the tree. Where none stands any more, say so: that is a finding."""
    leaf = tree.leaf_of(index) if index < 1 << 62 else None
    event_id = (
        Entry.objects.filter(id=leaf.entry).values_list("event_id", flat=True).first() if leaf else None
    )
    if event_id is not None:
        return redirect("compliance:entry", event_id)
    problem = {
        "title": _("There is no entry at this index"),
        "sentence": _(
            "Either the log is not that long, or somebody took the entry out. The check says which."
        ),
    }
    return render(request, "audit/not_here.html", problem, status=NOT_FOUND)


def _entry_or_404(event_id: UUID) -> Entry:
    entry = selectors.entry_of(event_id)
    if entry is None:
        raise Http404
    return entry


def _page(request: HttpRequest, entry: Entry, steps: tuple[checking.Step, ...] = ()) -> HttpResponse:
    known = looking.names()
    related = selectors.related(entry)
    indices = selectors.indices_of([entry, *related.entries])
    page = pages.page(
        entry,
        index=indices.get(entry.id),
        checkpoint=tree.latest(),
        related=tuple(
            row(each, index=indices.get(each.id), recipients=known.recipients, data_types=known.data_types)
            for each in related.entries
        ),
        more=related.more,
        known=known,
        steps=steps,
    )
    return render(request, "audit/entry.html", {"page": page, "here": ""})
