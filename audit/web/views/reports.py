"""The reports that the law asks for, on a page, as CSV or as JSON. Making one is an event (audit/reports)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from audit import ports
from audit.log.filters import FilterRefused, parsed
from audit.oversight import retention
from audit.reports import services, tables
from audit.reports.breach import Criteria
from audit.reports.errors import ReportRefused
from audit.reports.services import Asker
from audit.reports.shapes import Report
from audit.web import acts
from audit.web.asking import UNPROCESSABLE, posted_lately, ticket_problem
from audit.web.entrance import compliance_page
from audit.web.pages import report as pages
from audit.web.pages.form import Choice, Field
from audit.web.pages.report import ReportPage

METHODS = ["GET", "HEAD", "POST"]
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of report: what it is called, what it asks for, and how it is made of what was typed."""

    name: str
    title: str | Promise
    lead: str | Promise
    asks: tuple[str, ...]
    make: Callable[[Typed, Asker], Report]


def _accounting(typed: Typed, asker: Asker) -> Report:
    return services.accounting(email=typed["member"], asker=asker, at=timezone.now())


def _recipients(typed: Typed, asker: Asker) -> Report:
    return services.recipients(email=typed["member"], asker=asker, at=timezone.now())


def _processing(typed: Typed, asker: Asker) -> Report:
    return services.processing(asker=asker, at=timezone.now(), terms=retention.terms())


def _breach(typed: Typed, asker: Asker) -> Report:
    """Both days count. Raises ReportRefused, FilterRefused."""
    days = parsed({"since": typed["since"], "until": typed["until"]}, partners=(), data_types=())
    for name, at in (("since", days.since), ("until", days.until)):
        if at is None:
            raise ReportRefused(name, _("Give the first and the last day to look at."))
    criteria = Criteria(partner=typed["partner"], reason=typed["reason"])
    assert days.since is not None  # noqa: S101 (refused above)
    assert days.until is not None  # noqa: S101
    return services.breach(
        criteria=criteria, since=days.since, until=days.until, asker=asker, at=timezone.now()
    )


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "accounting",
            gettext_lazy("Accounting of disclosures"),
            gettext_lazy(
                "45 CFR 164.528: for one member, who received what, when and why, up to six years back. Disclosures "
                "that the member allowed are listed too, and marked."
            ),
            ("member", "ticket"),
            _accounting,
        ),
        Kind(
            "recipients",
            gettext_lazy("Who received a member's data"),
            gettext_lazy(
                "RCW 19.373.040 and GDPR Art. 15(1)(c): every third party that received one member's data, with a "
                "way to reach it."
            ),
            ("member", "ticket"),
            _recipients,
        ),
        Kind(
            "processing",
            gettext_lazy("Records of processing"),
            gettext_lazy(
                "GDPR Art. 30: what is done with which data, for whom and why, as the register says today."
            ),
            (),
            _processing,
        ),
        Kind(
            "breach",
            gettext_lazy("What a breach touched"),
            gettext_lazy(
                "GDPR Art. 33(3): name a recipient or a reason, and the days. The report says which members, which "
                "data and which recipients."
            ),
            ("partner", "reason", "since", "until"),
            _breach,
        ),
    )
}


@compliance_page
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    return render(request, "audit/reports.html", {"kinds": list(KINDS.values()), "here": "reports"})


@compliance_page
@require_http_methods(METHODS)
@posted_lately
def accounting(request: HttpRequest) -> HttpResponseBase:
    return _answer(request, KINDS["accounting"])


@compliance_page
@require_http_methods(METHODS)
@posted_lately
def recipients(request: HttpRequest) -> HttpResponseBase:
    return _answer(request, KINDS["recipients"])


@compliance_page
@require_http_methods(METHODS)
@posted_lately
def processing(request: HttpRequest) -> HttpResponseBase:
    return _answer(request, KINDS["processing"])


@compliance_page
@require_http_methods(METHODS)
@posted_lately
def breach(request: HttpRequest) -> HttpResponseBase:
    return _answer(request, KINDS["breach"])


def _answer(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """The form; posted, the report in the form that the pressed button names. 422 when it cannot be made."""
    typed = {name: request.POST.get(name, "").strip() for name in kind.asks}
    if request.method != "POST":
        return _page(request, kind, typed, {})
    problems = {"ticket": ticket_problem(typed["ticket"])} if "ticket" in kind.asks else {}
    problems = {name: problem for name, problem in problems.items() if problem}
    if problems:
        return _page(request, kind, typed, problems)
    asker = Asker(actor=acts.actor(request), ticket=typed.get("ticket", ""))
    try:
        report = kind.make(typed, asker)
    except (ReportRefused, FilterRefused) as refused:
        told = refused.message if isinstance(refused, FilterRefused) else str(refused)
        return _page(request, kind, typed, {refused.name: told[:1].upper() + told[1:]})
    wanted = request.POST.get("as", "page")
    if wanted in {"csv", "json"}:
        return _file(report, wanted)
    return _page(request, kind, typed, {}, report)


def _file(report: Report, wanted: str) -> HttpResponseBase:
    answer: HttpResponseBase
    if wanted == "csv":
        answer = StreamingHttpResponse(tables.csv_of(report), content_type="text/csv; charset=utf-8")
    else:
        told = json.dumps(report.told(), ensure_ascii=False, indent=1)
        answer = HttpResponse(told, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{report.name}-{report.at:%Y-%m-%d}.{wanted}"'
    return answer


def _page(
    request: HttpRequest, kind: Kind, typed: Typed, problems: Mapping[str, str], report: Report | None = None
) -> HttpResponse:
    known = _fields()
    fields = tuple(
        replace(
            known[name],
            value=typed[name],
            problem=problems.get(name, ""),
            choices=tuple(replace(each, chosen=each.value == typed[name]) for each in known[name].choices),
        )
        for name in kind.asks
    )
    page = ReportPage(
        name=kind.name,
        title=str(kind.title),
        lead=str(kind.lead),
        fields=fields,
        problems=tuple(each for each in fields if each.problem),
        made=pages.made(report) if report else None,
    )
    status = UNPROCESSABLE if problems else 200
    return render(request, "audit/report.html", {"page": page, "here": "reports"}, status=status)


def _fields() -> dict[str, Field]:
    recipients = sorted(ports.catalogue().recipients().values(), key=lambda each: each.name)
    partners = (
        Choice("", _("Any"), chosen=True),
        *(Choice(each.slug, each.name, chosen=False) for each in recipients),
    )
    return {
        "member": Field(
            "member", _("Member's email"), "", kind="email", hint=_("As it stands in the ticket.")
        ),
        "ticket": Field("ticket", _("Ticket"), "", hint=_("It goes into the log with your pseudonym.")),
        "partner": Field("partner", _("Recipient"), "", choices=partners),
        "reason": Field("reason", _("Reason"), "", hint=_("As an entry names it, like toggle_off.")),
        "since": Field("since", _("From"), "", kind="date"),
        "until": Field("until", _("To"), "", kind="date"),
    }
