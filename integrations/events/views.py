"""The addresses of webhook subscriptions: an application's own, in the shapes that its clients know.

An id that is not theirs, or no id at all, is answered as an unknown one: 403, as those clients read it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from consent.grants import clock
from integrations.api import errors
from integrations.api.errors import Problem
from integrations.events import bodies, callers, challenge, ending, subscribing
from integrations.events.models import Subscription
from integrations.oauth.models import Application

UNKNOWN = Problem(403, "There is no such subscription of this application.")
TAKEN = Problem(409, "There is a subscription for this event_type and data_type already.")
Answer = HttpResponse | Problem
View = Callable[..., Answer]


def _allow(*methods: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Let an application in that says who it is; answer a problem as such."""

    def around(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def answered(request: HttpRequest, **named: Any) -> HttpResponse:
            if request.method not in methods:
                says = Problem(405, f"Ask with {' or '.join(methods)}.", {"Allow": ", ".join(methods)})
                return errors.answer(says)
            application = callers.application_of(request, at=clock.now())
            if isinstance(application, Problem):
                return errors.answer(application)
            found = view(request, application, **named)
            return errors.answer(found) if isinstance(found, Problem) else found

        return answered

    return around


@_allow("GET", "POST")
def subscriptions(request: HttpRequest, application: Application) -> Answer:
    """All of them, as a bare array; or a new one."""
    if request.method == "GET":
        return errors.json([shown(each) for each in subscribing.of(application, at=clock.now())])
    wanted = bodies.wanted(request, whole=True)
    if isinstance(wanted, Problem):
        return wanted
    event_type, data_type = wanted.event_type or "", wanted.data_type or ""
    if subscribing.taken(application, event_type=event_type, data_type=data_type, at=clock.now()):
        return TAKEN
    if not _verified(application, wanted):
        return bodies.unverified()
    made = subscribing.create(application, wanted)
    return errors.json(shown(made), status=201) if made else TAKEN


@_allow("GET", "PUT", "DELETE")
def one(request: HttpRequest, application: Application, ref: str) -> Answer:
    """One of them: looked at, changed, ended."""
    found = _found(application, ref)
    if found is None:
        return UNKNOWN
    if request.method == "GET":
        return errors.json(shown(found))
    if request.method == "PUT":
        return _changed(request, application, found)
    ending.end(found.id, why=ending.BY_OWNER, actor="partner")
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


@_allow("PUT")
def renew(request: HttpRequest, application: Application, ref: str) -> Answer:
    """One of them lives its term anew."""
    found = _found(application, ref)
    return errors.json(shown(subscribing.renew(found))) if found else UNKNOWN


def shown(subscription: Subscription) -> dict[str, str]:
    """Return a subscription as its owner sees it. The verification token is kept nowhere."""
    return {
        "id": str(subscription.id),
        "callback_url": subscription.callback_url,
        "event_type": subscription.event_type,
        "data_type": subscription.data_type,
        "expiration_time": subscription.expires_at.isoformat(timespec="milliseconds"),
    }


def _changed(request: HttpRequest, application: Application, found: Subscription) -> Answer:
    wanted = bodies.wanted(request, whole=False)
    if isinstance(wanted, Problem):
        return wanted
    event_type, data_type = wanted.event_type or found.event_type, wanted.data_type or found.data_type
    at = clock.now()
    if subscribing.taken(application, event_type=event_type, data_type=data_type, at=at, but=found.id):
        return TAKEN
    elsewhere = wanted.callback_url is not None and wanted.callback_url != found.callback_url
    if elsewhere and not _verified(application, wanted):
        return bodies.unverified()
    changed = subscribing.change(found, wanted)
    return errors.json(shown(changed)) if changed else TAKEN


def _verified(application: Application, wanted: bodies.Wanted) -> bool:
    return challenge.answered(
        wanted.callback_url or "", wanted.verification_token, application=application.pk
    )


def _found(application: Application, ref: str) -> Subscription | None:
    try:
        named = UUID(ref)
    except ValueError:
        return None
    return subscribing.of(application, at=clock.now()).filter(id=named).first()
