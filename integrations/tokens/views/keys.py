"""A member's keys: what there is, a new one, and the end of one. A key is on one page, once, and in no address."""

import time
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent.web.answers import see_other
from consent.web.confirming import KEPT_FOR, proved_lately
from consent.web.entrance import by_post, member_of, member_page
from integrations.tokens import pages, services
from integrations.tokens.errors import TokenError
from integrations.tokens.models import PersonalToken

WAITING = "waiting:key"  # the note, while the member signs in once more


@member_page
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Keys, and what they open."""
    return drawn(request, note=_kept(request), again=request.GET.get("again") == "1")


@member_page
@by_post("tokens:page")
def make(request: HttpRequest) -> HttpResponse:
    """Make a key and show it, once: the answer is the page, kept by nobody. Who is there is asked first (SR-3.6)."""
    note = request.POST.get("note", "")
    if not proved_lately(request):
        request.session[WAITING] = {"note": note[: services.LONGEST_NOTE], "at": int(time.time())}
        back = urlencode({"next": f"{reverse('tokens:page')}?again=1"})
        return see_other(f"{reverse('account_reauthenticate')}?{back}")
    try:
        token, plain = services.create(member=member_of(request), note=note)
    except TokenError as refused:
        return drawn(request, note=note, problem=str(refused))
    shown = {"key": plain, "note": token.note, "page": pages.page(member_of(request))}
    return render(request, "tokens/made.html", shown)


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, ref: UUID) -> HttpResponse:
    """End one key, at once and without a question."""
    if request.method != "POST":
        return see_other(reverse("tokens:page"))
    try:
        token = services.end(member=member_of(request), ref=ref)
    except PersonalToken.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The key “%(note)s” opens nothing any more.") % {"note": token.note})
    return see_other(reverse("tokens:page"))


def drawn(request: HttpRequest, *, problem: str = "", note: str = "", again: bool = False) -> HttpResponse:
    """Draw the page; a problem is a 422 with its sentence on top and the note as it was given."""
    told = pages.page(member_of(request), note=note, problem=problem, again=again)
    return render(request, "tokens/page.html", {"page": told}, status=422 if problem else 200)


def _kept(request: HttpRequest) -> str:
    """Return the note that waited, once."""
    found = request.session.pop(WAITING, None)
    return str(found["note"]) if found and time.time() - found["at"] <= KEPT_FOR else ""
