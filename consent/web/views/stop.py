"""Stopping: one list, one button each, no question, no sign-in again. In force when the row is written."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from consent.grants import selectors, services
from consent.grants.errors import GrantAlreadyEnded
from consent.grants.models import Grant
from consent.grants.partners import connectable
from consent.grants.ports import aftermath
from consent.manifests.register import manifest_of
from consent.web import mail
from consent.web.answers import see_other
from consent.web.entrance import by_post, member_of, member_page
from consent.web.pages import partners


@member_page
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    grants = list(selectors.live_grants(member_of(request)))
    rows = partners.stop_rows(connectable(grants), grants)
    return render(request, "consent/stop.html", {"rows": rows})


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, partner: str) -> HttpResponse:
    """Stop one partner. Its page then says since when, what is told, and what is still open.

    Whatever has a live grant can be stopped here, also what has no page among the partners.
    """
    manifest = manifest_of(partner)
    if manifest is None:
        raise Http404
    address = reverse("consent:manage", args=[partner]) if manifest.listed else reverse("consent:stop")
    member = member_of(request)
    if request.method != "POST":
        if not manifest.listed and selectors.latest_grant(member, partner) is None:
            raise Http404
        return see_other(f"{address}#stop")
    grant = selectors.live_grant(member, partner)
    if grant is None:
        if selectors.latest_grant(member, partner) is None:
            raise Http404
        return see_other(address)  # stopped already: the page says since when
    open_still = _stop(grant)
    mail.changed(member)
    if open_still:
        messages.warning(request, _open_sentence(manifest.name, open_still))
    return see_other(address)


@member_page
@by_post("consent:stop")
def revoke_all(request: HttpRequest) -> HttpResponse:
    """Stop every partner, each with its own receipt."""
    member = member_of(request)
    stopped = [_stop(grant) for grant in list(selectors.live_grants(member))]
    if stopped:
        mail.changed(member)
        told = ngettext(
            "You stopped sharing with %d partner.", "You stopped sharing with all %d.", len(stopped)
        )
        messages.success(request, told % len(stopped))
    return see_other(reverse("consent:stop"))


def _stop(grant: Grant) -> int:
    """End the grant, then wait a moment for sends under way. Return how many are still open."""
    try:
        services.withdraw(grant_ref=grant.ref)
    except GrantAlreadyEnded:
        return 0  # two presses, or the clock was faster
    return aftermath().settle(grant_ref=grant.ref).still_open


def _open_sentence(name: str, count: int) -> str:
    told = ngettext(
        "Nothing new goes out. %(count)d thing was on its way to %(name)s and may still arrive.",
        "Nothing new goes out. %(count)d things were on their way to %(name)s and may still arrive.",
        count,
    )
    return told % {"count": count, "name": name}
