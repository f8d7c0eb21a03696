"""The member's page of their own data. Taking it along and deleting it both ask first who is there (SR-3.6)."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consent.web.answers import see_other
from consent.web.confirming import proved_lately
from consent.web.entrance import by_post, member_of, member_page
from integrations.privacy import copies, erasing, pages
from integrations.privacy.errors import CopiesUsedUp, PrivacyError

TYPED = "DELETE"


@member_page
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Both choices, the download first (UX section 4.6)."""
    return _drawn(request)


@member_page
@by_post("privacy:page")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a download. A worker makes it."""
    if not proved_lately(request):
        return _prove_first(request)
    try:
        copies.ask(member_of(request))
    except CopiesUsedUp as used_up:
        messages.warning(request, str(used_up))
    return see_other(reverse("privacy:page"))


@member_page
def fetch(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Hand the file out, once."""
    if request.method != "POST":
        return see_other(reverse("privacy:page"))
    if not proved_lately(request):
        return _prove_first(request)
    handed = copies.fetch(member_of(request), ref)
    if handed is None:
        raise Http404
    answer = StreamingHttpResponse(handed, content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="my-ringfence-data.zip"'
    return cast(HttpResponse, answer)


@member_page
@by_post("privacy:page")
def erase(request: HttpRequest) -> HttpResponse:
    """Delete everything, after the word was typed. The browser is signed out with the account."""
    if request.POST.get("typed", "").strip() != TYPED:
        return _drawn(request, problem=_("Type DELETE in capital letters to go on"))
    if not proved_lately(request):
        return _prove_first(request)
    try:
        erasing.erase(member_id=member_of(request).id, actor="member")
    except PrivacyError as refused:
        return _drawn(request, problem=str(refused))
    logout(request)
    return see_other(reverse("privacy:erased"))


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """What happened, for somebody who has no account any more. The same words for everyone."""
    return render(request, "privacy/erased.html")


def _drawn(request: HttpRequest, *, problem: str = "") -> HttpResponse:
    again = request.GET.get("again") == "1" and not problem
    drawn = pages.page(member_of(request), problem=problem, again=again)
    return render(request, "privacy/page.html", {"page": drawn}, status=422 if problem else 200)


def _prove_first(request: HttpRequest) -> HttpResponse:
    """What was pressed is not done by itself afterwards: deleting is pressed by whoever is there now."""
    back = urlencode({"next": f"{reverse('privacy:page')}?again=1"})
    return see_other(f"{reverse('account_reauthenticate')}?{back}")
