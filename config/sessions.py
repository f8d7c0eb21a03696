"""A browser stays signed in for a while, not for ever: an idle end and an absolute end, shorter for staff (SR-3.5)."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase

BEGAN, SEEN = "signed_in_at", "last_seen_at"  # epoch seconds in the session
SEEN_EVERY = 60  # seconds: one write a minute is enough to know who is idle


class SessionEnds:
    """Sign out whoever was away too long, or has been here too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self.keep_or_end(request, now=int(time.time()))
        return self.get_response(request)

    def keep_or_end(self, request: HttpRequest, *, now: int) -> None:
        staff = getattr(request.user, "role", "member") != "member"
        idle, in_all = settings.SESSION_ENDS_FOR_STAFF if staff else settings.SESSION_ENDS_FOR_MEMBERS
        began = request.session.setdefault(BEGAN, now)
        seen = request.session.get(SEEN, now)
        if now - began >= in_all or now - seen >= idle:
            logout(request)
        elif SEEN not in request.session or now - seen >= SEEN_EVERY:
            request.session[SEEN] = now
