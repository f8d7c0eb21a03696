"""What staff do here goes into the log they read: who looked, at what, with which filters (SR-9.2)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from audit import ports
from audit.log import services as log
from audit.log.events import Event
from audit.web.entrance import account_of


@transaction.atomic
def record(
    request: HttpRequest, kind: str, *, facts: Mapping[str, Any], subject: str = "", partner: str = ""
) -> None:
    """Write one act of the signed-in account down. Raises what the log raises: no entry, no page (SR-8.6)."""
    log.append(
        Event(
            kind=kind,
            actor=actor(request),
            subject=subject,
            partner=partner,
            at=timezone.now(),
            facts=dict(facts),
        )
    )


def actor(request: HttpRequest) -> str:
    """Return the pseudonym under which the log knows who is signed in."""
    return ports.people().staff(account_of(request))
