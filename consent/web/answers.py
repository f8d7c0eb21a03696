"""The answers that several views give: come back with GET, and go on to a partner by a page of ours."""

from typing import cast
from urllib.parse import urlsplit

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render


class SeeOther(HttpResponseRedirect):
    """303: whatever was posted, the next page is fetched (SR-2.14)."""

    status_code = 303


def see_other(address: str) -> HttpResponse:
    return SeeOther(address)


def callback_base(request: HttpRequest) -> str:
    """Return the address a partner sends back to; in the demo world whichever name the member used."""
    if settings.DEMO:
        return f"{request.scheme}://{request.get_host()}"  # the session lives under this name
    return str(settings.BASE_URL).rstrip("/")


def go_on(request: HttpRequest, *, address: str, name: str, sentence: str) -> HttpResponse:
    """A page that leads on to the partner by itself and by a link: a redirect after a form is blocked (SR-4.3)."""
    if urlsplit(address).scheme not in {"http", "https", ""}:
        raise ValueError("A partner's address must be an http address.")
    response = _without_forms(request, {"address": address, "name": name, "sentence": sentence})
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return cast(HttpResponse, response)


def _without_forms(request: HttpRequest, page: dict[str, str]) -> HttpResponseBase:
    @csp_replace({"form-action": [NONE]})
    def drawn(request: HttpRequest) -> HttpResponseBase:
        return render(request, "consent/continue.html", page)

    return drawn(request)
