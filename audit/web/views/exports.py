"""Exports: ask for one with the filters of a search, see how far it is, take its files while they are there."""

from dataclasses import replace
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.exports import selectors, services
from audit.exports.errors import ExportRefused
from audit.exports.models import Export
from audit.web import acts, looking, states
from audit.web.asking import UNPROCESSABLE, SeeOther, posted_lately
from audit.web.entrance import account_of, compliance_page
from audit.web.looking import Asked, Names
from audit.web.pages import exports as pages
from audit.web.pages import form
from audit.web.pages.exports import ExportsPage

SHOWN = 30  # of the exports before
GONE = 410


@compliance_page
@require_http_methods(["GET", "HEAD", "POST"])
@posted_lately
def listing(request: HttpRequest) -> HttpResponseBase:
    """The form with the filters of the search it came from, and what was exported before; posted, the export itself."""
    known = looking.names()
    if request.method != "POST":
        return _page(request, looking.asked(request, known), known)
    typed = {name: request.POST.get(name, "").strip() for name in form.NAMES}
    asked, wanted = looking.of(typed, known), request.POST.get("format", "")
    if asked.filters is None:
        return _page(request, asked, known, wanted)
    try:
        export = services.request(
            filters=asked.filters,
            format=wanted,
            actor=acts.actor(request),
            asked_by=account_of(request),
            at=timezone.now(),
        )
    except ExportRefused as refused:
        told = replace(asked, problems={refused.name or "format": str(refused)})
        return _page(request, told, known, wanted)
    return SeeOther(reverse("compliance:export", args=[export.ref]))


@compliance_page
@require_safe
def one(request: HttpRequest, ref: UUID) -> HttpResponse:
    export = get_object_or_404(Export, ref=ref)
    line = pages.line(export, looking.names(), selectors.files(export))
    return render(request, "audit/export.html", {"export": line, "here": "exports"})


@compliance_page
@require_POST
@posted_lately
def again(request: HttpRequest, ref: UUID) -> HttpResponseBase:
    """Start an export that was not finished once more."""
    export = get_object_or_404(Export, ref=ref)
    services.ask_again(ref=export.ref, at=timezone.now())
    return SeeOther(reverse("compliance:export", args=[export.ref]))


@compliance_page
@require_safe
def download(request: HttpRequest, ref: UUID, name: str) -> HttpResponseBase:
    """Hand out one file of a finished export. 410 once its time is over, with a sentence that says so."""
    export = get_object_or_404(Export, ref=ref)
    if export.expires_at is not None and export.expires_at <= timezone.now():
        problem = {
            "title": _("This export has expired"),
            "sentence": _("Its files were deleted after 24 hours. Ask for the export again to get it anew."),
        }
        return render(request, "audit/not_here.html", problem, status=GONE)
    path = selectors.files(export).get(name)
    if path is None:
        raise Http404
    acts.record(request, "audit.downloaded", facts={"export": str(ref), "file": name})
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def _page(request: HttpRequest, asked: Asked, known: Names, wanted: str = "csv") -> HttpResponse:
    fields = (
        *form.fields(asked.typed, asked.problems, recipients=known.recipients, data_types=known.data_types),
        pages.format_field(wanted, asked.problems.get("format", "")),
    )
    seal = states.seal()
    before = list(selectors.history()[: SHOWN + 1])
    page = ExportsPage(
        fields=fields,
        problems=tuple(each for each in fields if each.problem),
        query=asked.query,
        history=tuple(pages.line(export, known) for export in before[:SHOWN]),
        more=len(before) > SHOWN,
        broken=seal.heading if seal.state == "bad" else "",
    )
    status = UNPROCESSABLE if asked.problems else 200
    return render(request, "audit/exports.html", {"page": page, "here": "exports"}, status=status)
