"""Strava's verbs over the one door: link, refresh, upload a workout, write a score, fetch, let go.

The token travels in the Authorization header only, never in a query (refused by Strava from 2027-06-01 on).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from consent.gate.release import Release
from integrations.connectors.port import (
    Connector,
    Credentials,
    Fetched,
    Incoming,
    Linked,
    LinkRefused,
    Notice,
    Outcome,
    PartnerTrouble,
    Rejected,
    Sending,
)
from integrations.egress import Answer, Call, Deadline
from integrations.strava import answers, wire
from integrations.strava.calls import api, asked, read, rest_of, settled, trouble_of
from integrations.strava.uploads import ACTIVITY_LIMIT, deliver_score, deliver_workout

STREAMS_LIMIT = 8 * 1024 * 1024


class StravaConnector(Connector):
    """Speaks Strava's API v3. Addresses and keys are settings."""

    slug = "strava"

    def scopes(self, flow: str) -> frozenset[str]:
        return wire.SCOPES.get(flow, frozenset())

    def authorize_address(self, *, flows: frozenset[str], state: str, callback: str) -> str:
        query = wire.authorize_query(
            client_id=settings.STRAVA_CLIENT_ID, flows=flows, state=state, callback=callback
        )
        return f"{settings.STRAVA_AUTHORIZE_URL}?{query}"

    def connect(self, *, code: str, granted: str | None, callback: str, deadline: Deadline) -> Linked:
        reply = _token_reply({"grant_type": "authorization_code", "code": code}, deadline)
        scopes = granted if granted is not None else reply.get("scope")
        try:
            return Linked(answers.tokens(reply), answers.account(reply), answers.granted(scopes))
        except answers.Garbage:
            raise PartnerTrouble("garbage") from None

    def refresh(self, credentials: Credentials, *, deadline: Deadline) -> Credentials:
        form = {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token}
        try:
            return answers.tokens(_token_reply(form, deadline))
        except answers.Garbage:
            raise PartnerTrouble("garbage") from None

    def deliver(self, release: Release, sending: Sending) -> Outcome:
        try:
            if release.data_type == "workout":
                return deliver_workout(release, sending)
            return deliver_score(release, sending)
        except wire.NotRepresentable:
            return Rejected("not_representable")

    def fetch(
        self,
        reference: str,
        *,
        account: str,
        flows: frozenset[str],
        ours: frozenset[str],
        credentials: Credentials,
        deadline: Deadline,
    ) -> Fetched:
        """Fetch one activity of this athlete's, and its heart rate when the member lets that in.

        Raises LinkRefused, PartnerTrouble.
        """
        if not reference.isdecimal() or not flows & {"import:workout", "import:heart_rate"}:
            return Fetched()
        answer = _activity(reference, credentials, deadline)
        if answer.status == 404:  # its body may be empty
            return Fetched(gone=True)
        try:
            reply = settled(answer).json()
            if answers.account(reply) != account:  # what others made public is theirs
                return Fetched()
            activity = answers.activity(reply)
            if activity.ids & ours:
                return Fetched(echo=True)
            if activity.start is None:
                return Fetched()
            documents = [activity.incoming()] if "import:workout" in flows else []
            if "import:heart_rate" in flows and activity.has_heart_rate:
                documents += _heart_rate(activity, credentials, deadline)
        except ValueError:
            raise PartnerTrouble("garbage") from None
        return Fetched(documents)

    def gone(self, reference: str, *, credentials: Credentials, deadline: Deadline) -> bool:
        """Ask for one activity: deleted, and made private under `activity:read`, both are a 404."""
        if not reference.isdecimal():
            return False
        answer = _activity(reference, credentials, deadline)
        if answer.status == 404:
            return True
        settled(answer)
        return False

    def alive(self, credentials: Credentials, *, deadline: Deadline) -> bool:
        answer = asked(api("GET", "/athlete", credentials), deadline)
        if answer.status == 401:
            return False
        settled(answer)
        return True

    def disconnect(self, credentials: Credentials, *, deadline: Deadline) -> None:
        """Revoke at Strava: HTTP Basic, 200 even when the token was dead already (Authentication, 2026-06-01)."""
        call = Call(
            "POST",
            settings.STRAVA_REVOKE_URL,
            template="/oauth/revoke",
            basic=(settings.STRAVA_CLIENT_ID, settings.STRAVA_CLIENT_SECRET),
            form={"token": credentials.refresh_token, "token_type_hint": "refresh_token"},
        )
        answer = asked(call, deadline)
        if answer.status != 200:
            raise PartnerTrouble(trouble_of(answer), after=rest_of(answer))

    def notice_of(
        self, *, body: bytes, headers: Mapping[str, str], subscription: str, at: datetime
    ) -> Notice | None:
        if secret := settings.STRAVA_SIGNING_SECRET:
            named = {name.lower(): value for name, value in headers.items()}
            if not answers.signed(body, named.get("x-strava-signature", ""), secret=secret, at=at):
                return None
        return answers.notice(body, subscription=subscription)

    def subscribe(self, *, callback: str, verify_token: str, deadline: Deadline) -> str:
        """Ask for webhooks: one subscription per application, so another callback's is replaced (Webhooks)."""
        url = f"{settings.STRAVA_API_URL}/push_subscriptions"
        app = {"client_id": settings.STRAVA_CLIENT_ID, "client_secret": settings.STRAVA_CLIENT_SECRET}
        listed = read(settled(asked(Call("GET", url, template="/push_subscriptions", query=app), deadline)))
        for row in listed if isinstance(listed, list) else []:
            if isinstance(row, dict) and isinstance(row.get("id"), int):
                if row.get("callback_url") == callback:
                    return str(row["id"])
                gone = Call("DELETE", f"{url}/{row['id']}", template="/push_subscriptions/{id}", query=app)
                settled(asked(gone, deadline))
        form = {**app, "callback_url": callback, "verify_token": verify_token}
        made = read(settled(asked(Call("POST", url, template="/push_subscriptions", form=form), deadline)))
        if not isinstance(made, dict) or not isinstance(made.get("id"), int):
            raise PartnerTrouble("garbage")
        return str(made["id"])


def _activity(reference: str, credentials: Credentials, deadline: Deadline) -> Answer:
    call = api("GET", f"/activities/{reference}", credentials, template="/activities/{id}")
    return asked(call, deadline, limit=ACTIVITY_LIMIT)


def _heart_rate(activity: answers.Activity, credentials: Credentials, deadline: Deadline) -> list[Incoming]:
    if activity.start is None:
        return []
    path, template = f"/activities/{activity.activity_id}/streams", "/activities/{id}/streams"
    query = {"keys": "time,heartrate", "key_by_type": "true"}
    answer = asked(
        api("GET", path, credentials, template=template, query=query), deadline, limit=STREAMS_LIMIT
    )
    if answer.status == 404:
        return []
    rows = answers.heart_rate_rows(settled(answer).json(), activity.start)
    return [Incoming("heartrate", "heart_rate", {"rows": rows}, activity.activity_id)] if rows else []


def _token_reply(form: dict[str, str], deadline: Deadline) -> dict[str, Any]:
    app = {"client_id": settings.STRAVA_CLIENT_ID, "client_secret": settings.STRAVA_CLIENT_SECRET}
    call = Call("POST", settings.STRAVA_TOKEN_URL, template="/oauth/token", form={**app, **form})
    answer = asked(call, deadline)
    if answer.status in {400, 401, 403}:
        raise LinkRefused("Strava refused to link, or no longer takes these credentials.")
    reply = read(settled(answer))
    if not isinstance(reply, dict):
        raise PartnerTrouble("garbage")
    return reply
