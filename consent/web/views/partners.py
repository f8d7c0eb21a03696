"""Who can see the member's ring data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consent.grants import selectors
from consent.grants.partners import connectable
from consent.grants.ports import Standing, aftermath
from consent.web.entrance import member_of, member_page
from consent.web.pages import partners

NOTHING_MOVES = frozenset({Standing.WAITING, Standing.REFUSED, Standing.BROKEN})


@member_page
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    grants = list(selectors.live_grants(member_of(request)))
    sides = {grant.partner: aftermath().partner_side(grant_ref=grant.ref).standing for grant in grants}
    waiting = {partner for partner, standing in sides.items() if standing in NOTHING_MOVES}
    page = partners.page(connectable(grants), grants, waiting)
    return render(request, "consent/partners.html", {"page": page})
