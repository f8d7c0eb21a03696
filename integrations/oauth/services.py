"""Registering a partner's program, with what its review gave it. The redirect addresses are checked here (SR-2.4)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from integrations.oauth import credentials
from integrations.oauth.errors import RedirectRefused
from integrations.oauth.models import Application

MOST_ADDRESSES = 10
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})


@transaction.atomic
def register(
    *,
    partner: str,
    name: str,
    client_id: str,
    redirect_uris: Sequence[str],
    approved: Sequence[str],
    at: datetime,
    description: str = "",
    access_seconds: int = 3600,
    pkce_exempted_by: str = "",
) -> tuple[Application, str]:
    """Register an application and return it with its secret, which is shown once. Raises RedirectRefused."""
    check_addresses(redirect_uris)
    application = Application.objects.create(
        partner=partner,
        name=name,
        client_id=client_id,
        redirect_uris=" ".join(redirect_uris),
        approved=list(approved),
        description=description,
        access_seconds=access_seconds,
        pkce_exempt=bool(pkce_exempted_by),
        pkce_exempted_by=pkce_exempted_by,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
    )
    return application, credentials.add_secret(application, at=at, old_lives=timedelta(0))


def check_addresses(redirect_uris: Sequence[str]) -> None:
    """Refuse an address that is not https, or carries a fragment, a name or a wildcard. Raises RedirectRefused."""
    if not 0 < len(redirect_uris) <= MOST_ADDRESSES:
        raise RedirectRefused(f"Name one to {MOST_ADDRESSES} redirect addresses.")
    for address in redirect_uris:
        split = urlsplit(address)
        if not address.isascii() or not address.isprintable() or any(letter in address for letter in " *#\\"):
            raise RedirectRefused(
                "A redirect address is plain text without a blank, a fragment or a wildcard."
            )
        if not split.hostname or "@" in split.netloc:
            raise RedirectRefused("A redirect address names a host, and no one to sign in as.")
        on_loopback = split.scheme == "http" and split.hostname in LOOPBACK and settings.DEMO
        if split.scheme != "https" and not on_loopback:
            raise RedirectRefused("A redirect address begins with https://.")
