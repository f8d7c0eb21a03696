"""What takes two people: asking for it, deciding it, and looking behind a pseudonym once it is agreed (SR-5.6, 9.2)."""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import ports
from audit.oversight import holds, identity, proposals, retention
from audit.oversight.errors import OversightError, ProposalRefused
from audit.oversight.models import Act, Proposal
from audit.web.asking import UNPROCESSABLE, SeeOther, posted_lately
from audit.web.entrance import account_of, compliance_page
from audit.web.pages import oversight as pages
from audit.web.pages.form import Choice, Field
from audit.web.pages.oversight import ProposingPage

SHOWN = 50  # proposals, newest first
CONFLICT = 409
ASKS: Mapping[str, tuple[str, ...]] = {
    Act.HOLD: ("member", "partner"),
    Act.LIFT: ("hold",),
    Act.TERM: ("name", "days"),
    Act.IDENTITY: ("subject",),
}


@compliance_page
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    return _listed(request)


@compliance_page
@require_http_methods(["GET", "HEAD", "POST"])
@posted_lately
def propose(request: HttpRequest, act: str) -> HttpResponseBase:
    """The form of one act; posted, the proposal, which waits for a colleague."""
    if act not in ASKS:
        raise Http404
    names = (*ASKS[act], "ticket", "why")
    source = request.POST if request.method == "POST" else request.GET
    typed = {name: source.get(name, "").strip() for name in names}
    if request.method != "POST":
        return _form(request, act, typed)
    about = {name: typed[name] for name in ASKS[act]}
    try:
        proposals.propose(
            act=act,
            about=about,
            ticket=typed["ticket"],
            why=typed["why"],
            by=account_of(request),
            at=timezone.now(),
        )
    except ProposalRefused as refused:
        return _form(request, act, typed, problem=(refused.name, str(refused)))
    messages.success(request, _("This waits for a colleague now. Nothing has changed yet."))
    return SeeOther(reverse("compliance:oversight"))


@compliance_page
@require_POST
@posted_lately
def decide(request: HttpRequest, ref: UUID, answer: str) -> HttpResponseBase:
    """Approve or decline what a colleague proposed. 409 with the reason when it cannot be decided."""
    act = {"approve": proposals.approve, "decline": proposals.decline}[answer]
    try:
        act(ref=ref, by=account_of(request), at=timezone.now())
    except Proposal.DoesNotExist:
        raise Http404 from None
    except OversightError as refused:
        return _listed(request, problem=str(refused), status=CONFLICT)
    done = _("Approved, and in force.") if answer == "approve" else _("Declined. Nothing changes.")
    messages.success(request, done)
    return SeeOther(reverse("compliance:oversight"))


@compliance_page
@require_POST
@posted_lately
def show(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Show who stands behind a pseudonym. A POST, because each look is an event."""
    try:
        found = identity.show(ref=ref, to=account_of(request), at=timezone.now())
    except OversightError as refused:
        return _listed(request, problem=str(refused), status=CONFLICT)
    subject = Proposal.objects.get(ref=ref).about["subject"]
    return render(request, "audit/identity.html", {"found": found, "subject": subject, "here": "oversight"})


def _listed(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    page = pages.page(
        proposals=Proposal.objects.order_by("-proposed_at")[:SHOWN],
        holds=holds.standing(),
        terms=retention.terms(),
        reader=account_of(request),
        now=timezone.now(),
        problem=problem,
    )
    return render(request, "audit/oversight.html", {"page": page, "here": "oversight"}, status=status)


def _form(
    request: HttpRequest, act: str, typed: Mapping[str, str], *, problem: tuple[str, str] = ("", "")
) -> HttpResponse:
    wrong, told = problem
    fields = tuple(_field(name, value, told if name == wrong else "") for name, value in typed.items())
    page = ProposingPage(
        act=act,
        title=str(pages.ACTS[act]),
        lead=str(pages.LEADS[act]),
        fields=fields,
        problems=tuple(field for field in fields if field.problem),
    )
    status = UNPROCESSABLE if page.problems else 200
    return render(request, "audit/proposing.html", {"page": page, "here": "oversight"}, status=status)


def _field(name: str, value: str, problem: str) -> Field:
    labels = {
        "member": (_("Member's email"), _("Leave it empty for everybody. Only pseudonyms are kept.")),
        "partner": (_("Recipient"), ""),
        "hold": (_("Hold"), ""),
        "name": (_("Records"), ""),
        "days": (_("Days"), _("Counted from the day a record ended.")),
        "subject": (_("Pseudonym"), _("Copy it from an entry.")),
        "ticket": (_("Ticket"), _("It goes into the log with your pseudonym.")),
        "why": (_("Reason"), _("One sentence, without names or health data.")),
    }
    label, hint = labels[name]
    kind = "email" if name == "member" else "text"
    return Field(name, label, value, kind, _choices(name, value), problem, hint)


def _choices(name: str, chosen: str) -> tuple[Choice, ...]:
    if name == "partner":
        known = sorted(ports.catalogue().recipients().values(), key=lambda each: each.name)
        listed = [("", _("Every recipient")), *((each.slug, each.name) for each in known)]
    elif name == "name":
        listed = [(key, str(pages.RECORDS.get(key, key))) for key in settings.RETENTION_DAYS]
    elif name == "hold":
        listed = [(str(hold.ref), f"{str(hold.ref)[:8]}, {hold.placed.ticket}") for hold in holds.standing()]
    else:
        return ()
    return tuple(Choice(value, label, value == chosen) for value, label in listed)
