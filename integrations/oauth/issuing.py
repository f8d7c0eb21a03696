"""Tokens without a browser, for the demo world only: nobody else consents for a member."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from consent.grants import selectors, services
from consent.grants.facts import EVERYTHING
from consent.grants.partners import manifest_today
from consent.manifests.shapes import Manifest
from integrations.oauth import credentials, families
from integrations.oauth.approved import usable
from integrations.oauth.errors import CannotIssue
from integrations.oauth.models import Application
from integrations.oauth.scopes import asked_for
from integrations.oauth.validator import keep_pair
from records.members.models import Member

ALL, NONE = "all", "none"


@transaction.atomic
def issue(*, email: str, client_id: str, scope: str, on: str, at: datetime) -> dict[str, Any]:
    """Return a pair of tokens as the token endpoint would, for a grant with just these switches on, the past included.

    `on` is "all", "none", or data types with commas between. Raises CannotIssue.
    """
    member = Member.objects.with_address(email)
    application = Application.objects.filter(client_id=client_id).first()
    manifest = manifest_today(application.partner) if application else None
    if member is None:
        raise CannotIssue("Nobody has this address. Run: python manage.py demo")
    if application is None or manifest is None:
        raise CannotIssue("There is no such client. Run: python manage.py demo --credentials")
    scopes = asked_for(scope, approved=usable(application))
    if not scopes:
        raise CannotIssue("None of these scopes is open to this client.")
    grant = _grant(member, manifest, _flows(manifest, on), at)
    families.end_wider(grant=grant, scopes=scopes, at=at)
    family = families.begin(application=application, grant=grant, scope=" ".join(scopes), at=at)
    token = {
        "access_token": credentials.access_token(None),
        "refresh_token": credentials.refresh_token(None),
        "token_type": "Bearer",
        "scope": family.scope,
    }
    keep_pair(family, token, user=member, scope=family.scope, at=at)
    return {**token, "grant": str(grant.ref)}


def _grant(member: Member, manifest: Manifest, flows: Sequence[str], at: datetime) -> Any:
    """A yes to these flows; to none of them: a yes whose only switch is turned off again."""
    notice = selectors.current_notice(manifest.slug)
    first = manifest.flows[0].key
    receipt = services.allow(
        member=member,
        partner=manifest.slug,
        flows=frozenset(flows) or frozenset({first}),
        notice=notice,
        history_from=EVERYTHING,
        at=at,
    )
    if not flows:
        services.turn_off(grant_ref=receipt.grant_id, flow=first, at=at)
    return receipt.grant


def _flows(manifest: Manifest, on: str) -> list[str]:
    declared = [flow.key for flow in manifest.flows]
    if on in {ALL, NONE}:
        return declared if on == ALL else []
    wanted = [f"export:{key.strip()}" for key in on.split(",") if key.strip()]
    if not wanted or set(wanted) - set(declared):
        raise CannotIssue(
            f"Name data types that {manifest.name} may have, with commas between; or all; or none."
        )
    return wanted
