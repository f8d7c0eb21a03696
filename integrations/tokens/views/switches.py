"""What a member's own programs may read: the question that everywhere is, then each switch by itself."""

from collections.abc import Collection, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent.grants import clock, selectors, services
from consent.grants.errors import GrantError
from consent.grants.facts import EVERYTHING
from consent.grants.models import Grant, Notice
from consent.grants.ports import aftermath
from consent.manifests.ceilings import OWN_PROGRAM
from consent.manifests.shapes import Flow
from consent.web import mail, words
from consent.web.answers import see_other
from consent.web.entrance import by_post, member_of, member_page
from consent.web.pages import consent
from consent.web.pages.preview import PreviewPage
from consent.web.previewing import preview_of
from consent.web.ways import Way
from integrations.tokens import pages
from integrations.tokens.pages import own_program


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Ask what their own programs may read, and take the answer. Every switch starts off, on every visit."""
    if _live(request) is not None:
        return _back()
    if request.method != "POST":
        served = request.method == "GET"
        notice = (
            services.serve_notice(member=member_of(request), partner=OWN_PROGRAM) if served else _notice()
        )
        return _ask(request, notice)
    notice, decision = _notice(), request.POST.getlist("decision")
    if decision == ["not_now"]:
        services.refuse(member=member_of(request), partner=OWN_PROGRAM, notice=notice)
        messages.info(request, _("You chose Not now. Your keys open nothing."))
        return _back()
    posted = frozenset(request.POST.getlist("flow"))
    if decision != ["allow"]:
        return _ask(request, notice, on=posted, problem=_("Choose Allow or Not now."))
    if request.POST.get("notice", notice.digest) != notice.digest:
        return _ask(request, notice, problem=_("What stands here has changed. Please read it again."))
    return _allow(request, notice, posted)


@member_page
@by_post("tokens:choose")
def preview(request: HttpRequest) -> HttpResponse:
    """Show what would have been read; All and None come here too. Nothing is stored."""
    on = _declared() & frozenset(request.POST.getlist("flow"))
    if request.headers.get("HX-Request"):
        shown = preview_of(member_of(request), own_program(), on)
        return render(request, "consent/preview.html", {"preview": shown})
    notice = _notice()
    if pressed := request.POST.get("every", ""):
        on = consent.every(notice, pressed, on, more=frozenset())
    return _ask(request, notice, on=on)


@member_page
@by_post("tokens:page")
def turn_off(request: HttpRequest) -> HttpResponse:
    """Off acts at once."""
    grant, flow = _live(request), _flow_posted(request)
    if grant is None:
        return _over(request)
    if flow is None:
        return _no_such_switch(request)
    try:
        services.turn_off(grant_ref=grant.ref, flow=flow.key)
    except GrantError as refused:
        return _show(request, problem=str(refused))
    aftermath().settle(grant_ref=grant.ref, flow=flow.key)
    mail.changed(member_of(request))
    return _done(request, _("%(name)s is off. It stopped at once.") % {"name": flow.name})


@member_page
@by_post("tokens:page")
def turn_on(request: HttpRequest) -> HttpResponse:
    """On shows first what could be read, and needs a second press of equal weight."""
    grant, flow = _live(request), _flow_posted(request)
    if grant is None:
        return _over(request)
    if flow is None:
        return _no_such_switch(request)
    decision = request.POST.get("decision", "")
    if decision == "keep_off":
        return _done(request, _("%(name)s is still off.") % {"name": flow.name})
    if decision != "start":
        on = frozenset(toggle.flow for toggle in grant.toggles.all() if toggle.on)
        shown = preview_of(member_of(request), own_program(), on | {flow.key}, only={flow.key})
        return _show(
            request, asking={flow.key: shown}, told=_("%(name)s is still off.") % {"name": flow.name}
        )
    try:
        services.turn_on(grant_ref=grant.ref, flow=flow.key)
    except GrantError as refused:
        return _show(request, problem=str(refused))
    mail.changed(member_of(request))
    return _done(request, _("%(name)s is on.") % {"name": flow.name})


def _allow(request: HttpRequest, notice: Notice, flows: frozenset[str]) -> HttpResponse:
    member, past = member_of(request), request.POST.get("from") == "past"
    since: date | None = EVERYTHING if past else None
    try:
        services.allow(member=member, partner=OWN_PROGRAM, flows=flows, notice=notice, history_from=since)
    except GrantError as refused:
        return _ask(request, notice, on=flows, problem=str(refused))
    mail.changed(member)
    messages.success(request, _("You allowed %(types)s.") % {"types": words.types(len(flows))})
    return _back()


def _ask(
    request: HttpRequest, notice: Notice, *, on: Collection[str] = (), problem: str = ""
) -> HttpResponse:
    """Draw the question. A problem is a 422 with its sentence on top and the switches as they were posted."""
    shown = _declared() & frozenset(on)
    screen = consent.page(
        own_program(),
        notice,
        preview=preview_of(member_of(request), own_program(), shown),
        until=clock.now() + services.TERM,
        way=Way.HERE,
        on=shown,
        problem=problem,
        every_at=reverse("tokens:preview"),
    )
    today = clock.now().astimezone(ZoneInfo(member_of(request).timezone)).date()
    told = {"page": screen, "today": words.day(today), "past": request.POST.get("from") == "past"}
    return render(request, "tokens/choose.html", told, status=422 if problem else 200)


def _show(
    request: HttpRequest,
    *,
    asking: Mapping[str, PreviewPage] | None = None,
    told: str = "",
    problem: str = "",
) -> HttpResponse:
    """Draw the page, or for a switch change its switches alone with the sentence of what is true now."""
    page = pages.page(member_of(request), asking=asking)
    by_script = bool(request.headers.get("HX-Request"))
    context = {"page": page, "told": told, "wrong": problem}
    template = "tokens/switched.html" if by_script else "tokens/page.html"
    return render(request, template, context, status=422 if problem else 200)


def _done(request: HttpRequest, told: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _show(request, told=told)
    messages.success(request, told)
    return _back()


def _over(request: HttpRequest) -> HttpResponse:
    """It was stopped meanwhile, in another window or by the clock: show what is true now."""
    return HttpResponse(headers={"HX-Refresh": "true"}) if request.headers.get("HX-Request") else _back()


def _no_such_switch(request: HttpRequest) -> HttpResponse:
    return _show(request, problem=_("There is no such switch. Nothing was changed."))


def _flow_posted(request: HttpRequest) -> Flow | None:
    posted = request.POST.getlist("flow")
    return own_program().flow(posted[0]) if len(posted) == 1 else None


def _live(request: HttpRequest) -> Grant | None:
    return selectors.live_grant(member_of(request), OWN_PROGRAM)


def _declared() -> frozenset[str]:
    return frozenset(flow.key for flow in own_program().flows)


def _notice() -> Notice:
    return selectors.current_notice(OWN_PROGRAM)


def _back() -> HttpResponse:
    return see_other(reverse("tokens:page"))
