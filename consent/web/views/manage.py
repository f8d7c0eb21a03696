"""One partner: see what moves, turn a switch off at once, turn one on after seeing what it would send, try again."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent.grants import clock, selectors, services
from consent.grants.errors import GrantError
from consent.grants.models import Grant
from consent.grants.ports import aftermath
from consent.manifests.shapes import Flow, Manifest
from consent.web import asking as questions
from consent.web import confirming, mail
from consent.web import selectors as web
from consent.web.answers import callback_base, go_on, see_other
from consent.web.entrance import by_post, member_of, member_page, partner_or_404
from consent.web.pages import manage
from consent.web.pages.preview import PreviewPage
from consent.web.previewing import preview_of
from consent.web.ways import not_offered, served_in

TURN_ON = "turn_on"


@member_page
@require_safe
def partner_page(request: HttpRequest, partner: str) -> HttpResponse:
    """Show one partner. One that has no connection has nothing to manage: it says so on its own page."""
    manifest = partner_or_404(partner)
    if not manifest.flows:
        return see_other(reverse("consent:connect", args=[partner]))
    return _show(request, manifest)


@member_page
@by_post("consent:manage")
def turn_off(request: HttpRequest, partner: str) -> HttpResponse:
    """Off acts at once."""
    manifest, grant = _shared(request, partner)
    if grant is None:
        return _over(request, manifest)
    flow = _flow_posted(request, manifest)
    if flow is None:
        return _no_such_switch(request, manifest)
    try:
        services.turn_off(grant_ref=grant.ref, flow=flow.key)
    except GrantError as refused:
        return _show(request, manifest, problem=str(refused))
    open_still = aftermath().settle(grant_ref=grant.ref, flow=flow.key).still_open
    mail.changed(member_of(request))
    told = _("%(name)s is off. It stopped at once.") % {"name": flow.name}
    if open_still:
        told = _("%(name)s is off. What was being sent just now may still arrive.") % {"name": flow.name}
    return _done(request, manifest, told)


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def turn_on(request: HttpRequest, partner: str) -> HttpResponse:
    """On shows first what would be sent, and needs a second press of equal weight."""
    manifest, grant = _shared(request, partner)
    if grant is None:
        return _over(request, manifest)
    if request.method != "POST":
        waiting = confirming.kept(request, act=TURN_ON, partner=partner)
        if not waiting:
            return see_other(_address(manifest))
        return _asked(request, manifest, grant, manifest.flow(min(waiting)))
    flow = _flow_posted(request, manifest)
    if flow is None:
        return _no_such_switch(request, manifest)
    decision = request.POST.get("decision", "")
    if decision == "keep_off":
        return _done(request, manifest, _("%(name)s is still off.") % {"name": flow.name})
    if not served_in(manifest, member_of(request).region):
        return _show(request, manifest, problem=f"{not_offered(manifest)} {_('Nothing was turned on.')}")
    if decision != "start":
        return _asked(request, manifest, grant, flow)
    return _start(request, manifest, grant, flow)


@member_page
@by_post("consent:manage")
def try_again(request: HttpRequest, partner: str) -> HttpResponse:
    """Go to the partner once more, for the yes that stands here."""
    manifest, grant = _shared(request, partner)
    if grant is None:
        return _over(request, manifest)
    address = aftermath().continue_address(grant_ref=grant.ref, callback_base=callback_base(request))
    if address is None:
        return see_other(_address(manifest))
    return go_on(
        request, address=address, name=manifest.name, sentence=_("Taking you to %s.") % manifest.name
    )


def _start(request: HttpRequest, manifest: Manifest, grant: Grant, flow: Flow) -> HttpResponse:
    """A new record of consent for one flow; then on to the partner when it must agree to more."""
    only = frozenset({flow.key})
    if confirming.asked_first(request, only):
        back = reverse("consent:turn_on", args=[manifest.slug])
        return confirming.keep_and_ask(request, act=TURN_ON, partner=manifest.slug, flows=only, back=back)
    try:
        services.turn_on(grant_ref=grant.ref, flow=flow.key)
    except GrantError as refused:
        return _show(request, manifest, problem=str(refused))
    mail.changed(member_of(request))
    told = _("%(name)s is on.") % {"name": flow.name}
    address = aftermath().continue_address(grant_ref=grant.ref, callback_base=callback_base(request))
    if address is not None:
        taking = _("%(told)s Taking you to %(name)s.") % {"told": told, "name": manifest.name}
        return go_on(request, address=address, name=manifest.name, sentence=taking)
    messages.success(request, told)
    return see_other(_address(manifest))


def _asked(request: HttpRequest, manifest: Manifest, grant: Grant, flow: Flow | None) -> HttpResponse:
    """Show what one more switch would let through, beside those that are on."""
    if flow is None:
        return _no_such_switch(request, manifest)
    on = frozenset(toggle.flow for toggle in grant.toggles.all() if toggle.on)
    asking = {flow.key: preview_of(member_of(request), manifest, on | {flow.key}, only={flow.key})}
    return _show(request, manifest, asking=asking, told=_("%(name)s is still off.") % {"name": flow.name})


def _done(request: HttpRequest, manifest: Manifest, told: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _show(request, manifest, told=told)
    messages.success(request, told)
    return see_other(_address(manifest))


def _show(
    request: HttpRequest,
    manifest: Manifest,
    *,
    asking: Mapping[str, PreviewPage] | None = None,
    told: str = "",
    problem: str = "",
) -> HttpResponse:
    """Draw the page, or for a switch change its middle alone with the sentence of what is true now."""
    member = member_of(request)
    grant = selectors.latest_grant(member, manifest.slug)
    page = manage.page(
        manifest,
        grant,
        side=aftermath().partner_side(grant_ref=grant.ref) if grant else None,
        last=web.last_moved(member, manifest.slug),
        receipts=web.receipts_for(member, manifest.slug),
        now=clock.now(),
        asking=asking or {},
        more=questions.unanswered(member, manifest, grant),
    )
    template = "consent/managed.html" if request.headers.get("HX-Request") else "consent/manage.html"
    told_now = {"page": page, "told": told, "problem": problem}
    return render(request, template, told_now, status=422 if problem else 200)


def _shared(request: HttpRequest, partner: str) -> tuple[Manifest, Grant | None]:
    """Return the partner and the member's live grant to it, None when it is over. Never shared: no such page."""
    manifest, member = partner_or_404(partner), member_of(request)
    if selectors.latest_grant(member, partner) is None:
        raise Http404
    return manifest, selectors.live_grant(member, partner)


def _over(request: HttpRequest, manifest: Manifest) -> HttpResponse:
    """It was stopped meanwhile, in another window or by the clock: show what is true now."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return see_other(_address(manifest))


def _flow_posted(request: HttpRequest, manifest: Manifest) -> Flow | None:
    posted = request.POST.getlist("flow")
    return manifest.flow(posted[0]) if len(posted) == 1 else None


def _no_such_switch(request: HttpRequest, manifest: Manifest) -> HttpResponse:
    return _show(request, manifest, problem=_("This partner has no such switch. Nothing was changed."))


def _address(manifest: Manifest) -> str:
    return reverse("consent:manage", args=[manifest.slug])
