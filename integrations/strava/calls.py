"""Calls to Strava: with a member's token in the header, to its configured addresses, and what a bad answer means."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from integrations.connectors.port import Credentials, LinkRefused, PartnerTrouble
from integrations.egress import Answer, Call, Deadline, EgressError, host_of, send
from integrations.strava import answers


def api(method: str, path: str, credentials: Credentials, *, template: str = "", **parts: Any) -> Call:
    headers = {"authorization": f"Bearer {credentials.access_token}"}
    return Call(
        method, f"{settings.STRAVA_API_URL}{path}", template=template or path, headers=headers, **parts
    )


def asked(call: Call, deadline: Deadline, *, limit: int = 65536) -> Answer:
    try:
        return send(call, hosts=hosts(), deadline=deadline, limit=limit)
    except EgressError as error:
        raise PartnerTrouble("no_answer" if error.may_have_arrived else "not_sent") from None


def settled(answer: Answer) -> Answer:
    if answer.status == 401:
        raise LinkRefused("Strava no longer takes these credentials.")
    if not 200 <= answer.status < 300:
        raise PartnerTrouble(trouble_of(answer), after=rest_of(answer))
    return answer


def read(answer: Answer) -> Any:
    try:
        return answer.json()
    except ValueError:
        raise PartnerTrouble("garbage") from None


def hosts() -> frozenset[str]:
    urls = (settings.STRAVA_API_URL, settings.STRAVA_TOKEN_URL, settings.STRAVA_REVOKE_URL)
    return frozenset(host_of(url) for url in urls)


def trouble_of(answer: Answer) -> str:
    if answer.status == 429:
        return "rate_limited"
    if answer.status >= 500:
        return "server_error"
    return "refused" if answer.status >= 400 else "garbage"


def rest_of(answer: Answer) -> timedelta | None:
    return answers.rest_after_429(answer.headers, datetime.now(UTC)) if answer.status == 429 else None
