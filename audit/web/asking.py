"""Forms of the compliance face that are posted: what was typed, what is wrong with it, who asks and how lately."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from audit.log import tickets

UNPROCESSABLE = 422


class SeeOther(HttpResponseRedirect):
    """303: whatever was posted, the next page is fetched (SR-2.14)."""

    status_code = 303


def posted_lately(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """What takes data out is posted within five minutes of proving who it is; else that comes first (SR-3.6)."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not proved_lately(request):
            back = urlencode({"next": request.get_full_path()})
            return SeeOther(f"{reverse('account_reauthenticate')}?{back}")
        return view(request, *args, **kwargs)

    return inside


def proved_lately(request: HttpRequest) -> bool:
    proofs = [record["at"] for record in get_authentication_records(request, request.user)]
    return time.time() - max(proofs, default=0) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def ticket_problem(ticket: str) -> str:
    """Return what is wrong with a ticket; empty when nothing is. Every look at one member has one (SR-9.2)."""
    wrong = tickets.problem(ticket)
    return _(wrong) if wrong else ""
