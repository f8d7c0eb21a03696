"""Who may come in, and how a member's page leaves: signed in, in the member's own time zone, kept by no cache."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods

from consent.grants.partners import manifest_today
from consent.manifests.shapes import Manifest
from consent.web.answers import see_other
from records.members.models import Member


def member_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Sign-in first; then the page in the member's time zone, never stored by a browser or a proxy."""

    @wraps(view)
    @login_required
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with timezone.override(ZoneInfo(member_of(request).timezone)):
            response = view(request, *args, **kwargs)
        patch_cache_control(response, no_store=True, private=True)
        return response

    return inside


def by_post(page: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """An act is posted. Whoever comes by GET had to sign in half way: they are led to the page the act belongs to."""

    def act(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        @require_http_methods(["GET", "HEAD", "POST"])
        def inside(request: HttpRequest, **named: str) -> HttpResponse:
            if request.method == "POST":
                return view(request, **named)
            if "partner" in named:
                partner_or_404(named["partner"])
            return see_other(reverse(page, kwargs=named))

        return inside

    return act


def member_of(request: HttpRequest) -> Member:
    return cast(Member, request.user)


def partner_or_404(slug: str) -> Manifest:
    """Return the partner's manifest; one that is not registered, or not listed, is no page at all.

    The member's own program is not listed: its page is the one of its tokens.
    """
    manifest = manifest_today(slug)
    if manifest is None or not manifest.listed:
        raise Http404
    return manifest
