"""The challenge: whoever wants an address called must be able to answer for it, before a subscription stands.

It goes through the one door to the network: no private address, no redirect, little time, a small answer (SR-7.7).
"""

import hmac
import secrets
from urllib.parse import urlsplit

from integrations import egress
from integrations.egress import Call, Deadline, EgressError

SECONDS = 5.0
LIMIT = 4 * 1024  # bytes of an answer


def answered(callback_url: str, verification_token: str, *, application: int) -> bool:
    """Whether an address answers a challenge: 200, and a JSON object with the same challenge. Anything else is no.

    Call it outside any transaction.
    """
    challenge = secrets.token_urlsafe(24)
    call = Call(
        "GET",
        callback_url,
        template="/{callback}",
        query={"verification_token": verification_token, "challenge": challenge},
    )
    try:
        answer = egress.send(
            call,
            hosts=host_of(callback_url),
            deadline=Deadline.in_(SECONDS),
            limit=LIMIT,
            lane=lane_of(application),
        )
        told = answer.json() if answer.status == 200 else None
    except (EgressError, ValueError):
        return False
    given = told.get("challenge") if isinstance(told, dict) else None
    return isinstance(given, str) and hmac.compare_digest(
        given.encode("utf-8", "replace"), challenge.encode()
    )


def host_of(callback_url: str) -> frozenset[str]:
    """Return the one host that an address may be called at, as egress wants it."""
    return frozenset({(urlsplit(callback_url).hostname or "").lower()})


def lane_of(application: int) -> str:
    """Return the lane of an application's calls: others may have the same host."""
    return f"application:{application}"
