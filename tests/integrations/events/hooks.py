"""An application that subscribes, its receiver on a loopback port, and a worker's rounds on demand."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client

from audit.log.models import Entry
from consent.grants import clock
from integrations import egress_breaker, work
from integrations.events.models import EventDelivery
from integrations.intake import services as intake
from integrations.oauth import demo
from records.admission import NewDocument
from records.members.models import Member
from tests.support.listening import Subscriber, echoes, listening

HOME = "/v2/webhook/subscription"
TOKEN = "a token of the receiver's own"
EVERY_CHANGE = ("create", "update", "delete")


@dataclass
class Hooks:
    """One application and its receiver."""

    client_id: str
    secret: str
    receiver: Subscriber

    @property
    def signed_in(self) -> dict[str, str]:
        return {"x-client-id": self.client_id, "x-client-secret": self.secret}

    def call(
        self, method: str, path: str = "", body: Any = None, *, headers: dict[str, str] | None = None
    ) -> Any:
        """Call the subscriptions; `body` bytes go as they are."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        told = self.signed_in if headers is None else headers
        return Client().generic(method, f"{HOME}{path}", raw, content_type="application/json", headers=told)

    def wish(self, **parts: Any) -> dict[str, Any]:
        told = {"callback_url": self.receiver.callback, "verification_token": TOKEN}
        return {**told, "event_type": "create", "data_type": "workout", **parts}

    def subscribe(self, data_type: str = "workout", *event_types: str) -> list[dict[str, Any]]:
        """Subscribe to these kinds of events, or all."""
        made = [
            self.call("POST", body=self.wish(data_type=data_type, event_type=each))
            for each in event_types or EVERY_CHANGE
        ]
        assert {each.status_code for each in made} == {201}, made[0].content
        return [each.json() for each in made]

    @property
    def told(self) -> list[dict[str, Any]]:
        """The bodies of the events that came, oldest first."""
        return [json.loads(body) for _, body in self.receiver.events]


@contextmanager
def hooks_of(settings: Any, *, client: str = "sahha") -> Iterator[Hooks]:
    """Let the demo world's program listen."""
    egress_breaker.forget()
    at = clock.now()
    demo.load(at=at)
    shown = demo.shown(at=at)[client]
    with listening() as receiver:
        receiver.challenged = echoes
        settings.EGRESS_LOOPBACK_PORTS = [*settings.EGRESS_LOOPBACK_PORTS, receiver.port]
        yield Hooks(client, shown["client_secret"], receiver)


def let_ring_save(member: Member, *documents: NewDocument) -> None:
    """Let a member's ring save documents, by the product's own act."""
    intake.receive(member=member, documents=documents)


def work_off() -> None:
    """Do what a worker would do now, until nothing is due."""
    for _ in range(20):
        jobs = list(work.due())
        if not jobs:
            return
        for job in jobs:
            job.run()
    raise AssertionError("There is always something to do.")


def later(seconds: float = 0.0) -> None:
    """Let what waits be due, as if time had passed."""
    EventDelivery.objects.filter(state="pending").update(
        next_attempt_at=clock.now() - timedelta(seconds=seconds)
    )
    egress_breaker.forget()


def kinds_in_log(prefix: str = "event.") -> list[str]:
    found = Entry.objects.filter(kind__startswith=prefix).order_by("id")
    return list(found.values_list("kind", flat=True))


def oura_signature(secret: str, timestamp: str, body: bytes) -> str:
    """Sign as receivers of the compatible API check, written from the fact sheet alone."""
    mac = hmac.new(secret.encode(), digestmod=hashlib.sha256)
    mac.update(timestamp.encode())
    mac.update(body)
    return mac.hexdigest().upper()


def standard_signature(secret: str, subscription: str, headers: dict[str, str], body: bytes) -> str:
    """Sign as Standard Webhooks says, with the secret that the partners' page tells how to make."""
    key = hmac.new(secret.encode(), b"webhook:" + str(UUID(subscription)).encode(), hashlib.sha256).digest()
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
