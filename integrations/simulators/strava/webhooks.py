"""The simulated Strava's webhooks: one subscription per app, a handshake inside the create call, three tries.

An event holds no activity, only its id; removing the app comes as an athlete's update with the STRING
"false".
"""

import hashlib
import hmac
import json
import secrets
import threading
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from integrations.egress import Call, Deadline, EgressError, host_of, send
from integrations.simulators.store import things
from integrations.simulators.strava.counter import configured, fault, partner_side, unauthorised

TRIES = 3
ANSWER_SECONDS = 2.0


@partner_side
def push_subscriptions(request: HttpRequest) -> HttpResponse:
    """List (client id and secret in the query) or create (form)."""
    given = request.POST if request.method == "POST" else request.GET
    if not is_the_app(given.get("client_id"), given.get("client_secret")):
        return unauthorised()
    with things() as store:
        existing = store.every("subscription")
    if request.method == "GET":
        return JsonResponse([{"id": key, **_public(body)} for key, body in existing], safe=False)
    if existing:
        code = "already exists"
        return fault(400, "Bad Request", {"resource": "PushSubscription", "field": "", "code": code})
    callback = str(given.get("callback_url", ""))
    if not _handshake(callback, str(given.get("verify_token", ""))):
        code = "GET to callback URL does not return 200"
        return fault(
            400, "Bad Request", {"resource": "PushSubscription", "field": "callback url", "code": code}
        )
    with things() as store:
        body = {"callback_url": callback}
        key = store.add("subscription", "strava", body)
    return JsonResponse({"id": key, **_public(body)}, status=201)


@partner_side
def push_subscription(request: HttpRequest, key: int) -> HttpResponse:
    if not is_the_app(request.GET.get("client_id"), request.GET.get("client_secret")):
        return unauthorised()
    with things() as store:
        if store.get("subscription", key) is None:
            return HttpResponse(status=404)
        store.drop("subscription")
    return HttpResponse(status=204)


def is_the_app(client_id: object, secret: object) -> bool:
    right = hmac.compare_digest(str(secret).encode(), settings.STRAVA_CLIENT_SECRET.encode())
    return right and str(client_id) == settings.STRAVA_CLIENT_ID


def tell(*, athlete: int, kind: str, key: int, aspect: str, updates: dict[str, str] | None = None,
         after: float = 0.0, wait: bool = False) -> None:  # fmt: skip
    """Send one event to the subscription, in a thread of its own unless `wait`."""
    with things() as store:
        subscribed = store.every("subscription")
        signing = str(configured(store, "signing_secret", default=""))
    for subscription, body in subscribed:
        event = {
            "aspect_type": aspect,
            "event_time": int(time.time()),
            "object_id": key,
            "object_type": kind,
            "owner_id": athlete,
            "subscription_id": subscription,
            "updates": updates or {},
        }
        told = threading.Thread(
            target=_tell,
            args=(body["callback_url"], event, signing, after),
            name="strava-webhook",
            daemon=True,
        )
        told.start()
        if wait:
            told.join()


def tell_app_removed(athlete: int, *, wait: bool = False) -> None:
    tell(
        athlete=athlete,
        kind="athlete",
        key=athlete,
        aspect="update",
        updates={"authorized": "false"},
        wait=wait,
    )


def _tell(callback: str, event: dict[str, Any], signing: str, after: float) -> None:
    time.sleep(after)
    body = json.dumps(event).encode()
    for attempt in range(TRIES):
        time.sleep(attempt * 0.5)
        headers = {"content-type": "application/json"}
        if signing:
            stamp = str(int(time.time()))
            code = hmac.new(signing.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
            headers["x-strava-signature"] = f"t={stamp},v1={code}"
        try:
            call = Call("POST", callback, headers=headers, body=body)
            answer = send(call, hosts=frozenset({host_of(callback)}), deadline=Deadline.in_(ANSWER_SECONDS))
        except EgressError:
            continue
        if answer.status == 200:
            return


def _handshake(callback: str, verify_token: str) -> bool:
    challenge = secrets.token_hex(8)
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
    try:
        call = Call("GET", callback, query=query)
        answer = send(call, hosts=frozenset({host_of(callback)}), deadline=Deadline.in_(ANSWER_SECONDS))
        return answer.status == 200 and answer.json() == {"hub.challenge": challenge}
    except (EgressError, ValueError):
        return False


def _public(body: dict[str, Any]) -> dict[str, Any]:
    stamp = "2026-11-20T00:00:00Z"
    fixed = {"resource_state": 2, "application_id": 1, "created_at": stamp, "updated_at": stamp}
    return {**fixed, "callback_url": body["callback_url"]}
