"""The question: what may leave, what may come in, what never leaves; and the member's answer."""

from collections.abc import Collection

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consent.grants import clock, selectors, services
from consent.grants.errors import GrantError
from consent.grants.models import Notice, Receipt
from consent.grants.ports import aftermath
from consent.manifests.shapes import Manifest
from consent.web import confirming, mail, words
from consent.web.answers import callback_base, go_on, see_other
from consent.web.entrance import member_of, member_page, partner_or_404
from consent.web.pages import consent
from consent.web.previewing import preview_of

CONNECT = "connect"


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest, partner: str) -> HttpResponse:
    """Ask, and take the answer. Every switch starts off, on every visit."""
    manifest = partner_or_404(partner)
    if request.method != "POST":
        notice = services.serve_notice(member=member_of(request), partner=partner)
        waiting = confirming.kept(request, act=CONNECT, partner=partner)
        return _ask(request, manifest, notice, on=waiting, resumed=bool(waiting))
    notice = selectors.current_notice(partner)
    decision = request.POST.getlist("decision")
    if decision == ["not_now"]:
        services.refuse(member=member_of(request), partner=partner, notice=notice)
        messages.info(
            request, _("You chose Not now. Nothing changed for %(name)s.") % {"name": manifest.name}
        )
        return see_other(reverse("consent:partners"))
    posted = frozenset(request.POST.getlist("flow"))
    if decision != ["allow"]:
        return _ask(request, manifest, notice, on=posted, problem=_("Choose Allow or Not now."))
    return _allow(request, manifest, notice, posted)


@member_page
@require_POST
def preview(request: HttpRequest, partner: str) -> HttpResponse:
    """Show what would have moved: the panel alone for a switch change, the whole page without script."""
    manifest = partner_or_404(partner)
    declared = frozenset(flow.key for flow in manifest.flows)
    on = declared & frozenset(request.POST.getlist("flow"))
    if request.headers.get("HX-Request"):
        return render(
            request, "consent/preview.html", {"preview": preview_of(member_of(request), manifest, on)}
        )
    return _ask(request, manifest, selectors.current_notice(partner), on=on)


def _allow(request: HttpRequest, manifest: Manifest, notice: Notice, flows: frozenset[str]) -> HttpResponse:
    shown = request.POST.get("notice", notice.digest)
    declared = frozenset(flow.key for flow in manifest.flows)
    if shown != notice.digest:
        problem = _("What %(name)s asks for has changed. Please read it again.") % {"name": manifest.name}
        return _ask(request, manifest, notice, problem=problem)
    if flows and flows <= declared and confirming.asked_first(request, flows):
        return confirming.keep_and_ask(
            request,
            act=CONNECT,
            partner=manifest.slug,
            flows=flows,
            back=reverse("consent:connect", args=[manifest.slug]),
        )
    member = member_of(request)
    try:
        receipt = services.allow(member=member, partner=manifest.slug, flows=flows, notice=notice)
    except GrantError as refused:
        return _ask(request, manifest, notice, on=flows & declared, problem=str(refused))
    mail.changed(member)
    return _after(request, manifest, receipt, flows)


def _after(request: HttpRequest, manifest: Manifest, receipt: Receipt, flows: frozenset[str]) -> HttpResponse:
    """Lead on to the partner where it has a say; else to the page where it is managed."""
    allowed = _("You allowed %(types)s.") % {"types": words.types(len(flows))}
    address = aftermath().continue_address(grant_ref=receipt.grant_id, callback_base=callback_base(request))
    if address is not None:
        taking = _("%(allowed)s Taking you to %(name)s.") % {"allowed": allowed, "name": manifest.name}
        return go_on(request, address=address, name=manifest.name, sentence=taking)
    messages.success(request, allowed)
    return see_other(reverse("consent:manage", args=[manifest.slug]))


def _ask(
    request: HttpRequest,
    manifest: Manifest,
    notice: Notice,
    *,
    on: Collection[str] = (),
    problem: str = "",
    resumed: bool = False,
) -> HttpResponse:
    """Draw the screen. A problem is a 422 with its sentence on top and the switches as they were posted."""
    member = member_of(request)
    live = selectors.live_grant(member, manifest.slug)
    declared = frozenset(flow.key for flow in manifest.flows)
    page = consent.page(
        notice,
        preview=preview_of(member, manifest, declared & frozenset(on)),
        until=clock.now() + services.TERM,
        on=on,
        live=live is not None,
        problem=problem,
        resumed=resumed,
    )
    return render(request, "consent/connect.html", {"page": page}, status=422 if problem else 200)
