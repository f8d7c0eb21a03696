"""The demo world's two programs: made up, approved for every scope, their secrets sealed so they can be shown again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from consent.grants import partners
from consent.manifests.ceilings import SELF_SERVICE, served
from consent.manifests.shapes import Channel, Direction, Flow, Manifest, Purpose
from integrations.oauth import credentials, services
from integrations.oauth.models import Application
from integrations.oauth.scopes import SCOPES
from records.vocabulary.data_types import DATA_TYPES

CALLBACK = "http://127.0.0.1:9/callback"
REVIEWERS = "reviewer, reviewer2"


@dataclass(frozen=True, slots=True)
class Program:
    """One program. `exempt`: its reviewers recorded that it sends no PKCE challenge, as existing clients do."""

    slug: str
    name: str
    legal_entity: str
    country: str
    summary: str
    onward: tuple[str, ...] = ()
    exempt: bool = False
    access_seconds: int = 3600


PROGRAMS = (
    Program(
        "sahha",
        "Sahha",
        "Sahha Pty Ltd",
        "Australia",
        "Turns what your ring measures into scores for wellbeing apps.",
        onward=("Amazon Web Services, where it is stored",),
    ),
    Program(
        "legacy-client",
        "Legacy client",
        "Legacy Client, a made-up company",
        "United States",
        "A program written for the older API, which works here unchanged.",
        exempt=True,
        access_seconds=86_400,
    ),
)


def load(*, at: datetime) -> list[Application]:
    """Make what is missing of the two programs, and return them. Twice changes nothing."""
    return [_made(program, at) for program in PROGRAMS]


def shown(*, at: datetime) -> dict[str, dict[str, Any]]:
    """Return what a client of each program is configured with, the secret included: in the demo world only."""
    return {
        application.partner: {
            "client_id": application.client_id,
            "client_secret": credentials.signing_secrets(application, at=at)[0],
            "redirect_uris": application.redirect_uris.split(),
            "pkce_required": not application.pkce_exempt,
        }
        for application in load(at=at)
    }


@transaction.atomic
def _made(program: Program, at: datetime) -> Application:
    partners.review(manifest(program), by="reviewer", at=at)
    found = Application.objects.filter(client_id=program.slug).first()
    if found is not None:
        return found
    made, _ = services.register(
        partner=program.slug,
        name=program.name,
        client_id=program.slug,
        redirect_uris=[CALLBACK],
        approved=[scope for scope in SCOPES if scope != "spo2Daily"],
        description=program.summary,
        access_seconds=program.access_seconds,
        pkce_exempted_by=REVIEWERS if program.exempt else "",
        at=at,
    )
    return made


def manifest(program: Program) -> Manifest:
    home = f"https://{program.slug}.example"
    return Manifest(
        slug=program.slug,
        name=program.name,
        legal_entity=program.legal_entity,
        country=program.country,
        summary=program.summary,
        how_often="Several times a day",
        privacy_url=f"{home}/privacy",
        deletion_url=f"{home}/delete",
        retention="They must delete what they got within 30 days after you stop.",
        stopping=f"{program.name} can read nothing more, from that moment.",
        onward_recipients=program.onward,
        starts_at_partner=True,
        flows=tuple(_flow(data_type) for data_type in SELF_SERVICE),
    )


def _flow(data_type: str) -> Flow:
    return Flow(
        direction=Direction.EXPORT,
        data_type=data_type,
        channel=Channel.API,
        fields=served(data_type),
        name=DATA_TYPES[data_type].label,
        hint=DATA_TYPES[data_type].hint,
        why="shown and counted in the app that you connect.",
        purpose=Purpose.COACHING,
    )
