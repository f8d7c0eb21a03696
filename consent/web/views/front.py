"""The first page, the account page, and help."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from consent.web.entrance import member_of
from records.members.models import Role

HOMES = {Role.COMPLIANCE: "compliance:records"}  # of staff who have a face of their own


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What Ringfence is, for who is not signed in; a member goes on to their partners, staff to their own face."""
    if request.user.is_authenticated:
        return redirect(HOMES.get(Role(member_of(request).role), "consent:partners"))
    return render(request, "consent/landing.html")


@login_required
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    return render(request, "consent/settings.html")


@require_safe
def help_(request: HttpRequest) -> HttpResponse:
    return render(request, "consent/help.html")
