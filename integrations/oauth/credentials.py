"""Making and checking what only a partner's program may know: its secret, its tokens, its codes. 256 bits each."""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from integrations.oauth.bearer import checksum
from integrations.oauth.models import Application, ApplicationSecret
from records.members import keyring

AT_A_TIME = 2  # while one replaces the other


def access_token(request: Any, refresh_token: bool = False) -> str:
    """Return a new access token, recognisable by its beginning. The toolkit passes oauthlib's request."""
    return f"rfa_{secrets.token_urlsafe(32)}"


def refresh_token(request: Any, refresh_token: bool = True) -> str:
    return f"rfr_{secrets.token_urlsafe(32)}"


def code() -> str:
    return secrets.token_urlsafe(32)


def add_secret(
    application: Application, *, at: datetime, old_lives: timedelta = timedelta(days=7), plain: str = ""
) -> str:
    """Give an application a new secret and return it: it is shown once. The one before it lives on for a while.

    Any older one ends now: two are valid at a time (SR-2.15). Call it in a transaction.
    """
    before = application.secrets.order_by("-made_at")
    for number, old in enumerate(before):
        end = at + old_lives if number == 0 else at
        if old.ends_at is None or old.ends_at > end:
            old.ends_at = end
            old.save(update_fields=["ends_at"])
    fresh, ref = plain or f"rfs_{secrets.token_urlsafe(32)}", uuid4()
    ApplicationSecret.objects.create(
        id=ref,
        application=application,
        hashed=checksum(fresh),
        sealed=keyring.seal_with_master(fresh.encode(), place=_place(ref)),
        made_at=at,
    )
    return fresh


def is_secret_of(application: Application, told: str, *, at: datetime) -> bool:
    """Whether this is one of the application's living secrets. One statement; compared in constant time."""
    hashed = checksum(told)
    living = [row for row in application.secrets.all() if row.ends_at is None or row.ends_at > at]
    same = [hmac.compare_digest(row.hashed, hashed) for row in living]  # each compared, whichever it is
    return any(same)


def signing_secrets(application: Application, *, at: datetime) -> list[str]:
    """Return the application's living secrets, newest first: for signing what the delivery worker sends, only."""
    living = [
        row for row in application.secrets.order_by("-made_at") if row.ends_at is None or row.ends_at > at
    ]
    return [keyring.open_with_master(row.sealed, place=_place(row.id)).decode() for row in living[:AT_A_TIME]]


def _place(ref: object) -> str:
    return f"oauth_applicationsecret|sealed|{ref}"
