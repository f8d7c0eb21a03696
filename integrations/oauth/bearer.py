"""Whose token a request carries, in one narrow statement. A bearer opens the porch; the gate decides each read.

The token is found by its SHA-256 and counts only while its grant is live, of the same epoch, its partner active and its
member's account open (SR-2.10). Personal access tokens are found by whoever registers their prefix.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from consent.grants import partners
from consent.grants.lifecycle import PartnerStatus, Status
from consent.grants.models import standing_of
from integrations.oauth.models import AccessToken
from records.prepared import Prepared

LONGEST = 512  # characters; ours are shorter


class Kind(StrEnum):
    OAUTH = "oauth"
    PAT = "pat"


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a living token stands for. `scopes` None = all (a personal access token is its owner's own access)."""

    token_ref: str
    partner: str
    grant_ref: UUID
    grant_epoch: int
    member_id: UUID
    scopes: frozenset[str] | None
    application_ref: int | None
    kind: Kind = Kind.OAUTH

    def has(self, *scopes: str) -> bool:
        """Whether any one of these scopes is there."""
        return self.scopes is None or any(scope in self.scopes for scope in scopes)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a request has no bearer: always a 401 with the same title; `detail` says what to do (facts section 4)."""

    detail: str
    error: str = "invalid_token"  # "" where no token was sent at all (RFC 6750, 3.1)
    status: int = 401

    @property
    def body(self) -> dict[str, Any]:
        return {"status": self.status, "title": "Unauthorized", "detail": self.detail}

    @property
    def headers(self) -> Mapping[str, str]:
        told = f'Bearer error="{self.error}"' if self.error else "Bearer"
        return MappingProxyType({"WWW-Authenticate": told, "Cache-Control": "no-store"})


MISSING = Refused("Send your token in the Authorization header: Authorization: Bearer <token>.", error="")
IN_THE_ADDRESS = Refused(
    "A token in the address is refused. Send it in the Authorization header: Authorization: Bearer <token>.",
    error="invalid_request",
)
DEAD = Refused("The access token is unknown, expired or revoked. Get a new one.")

Finder = Callable[[str, datetime], Bearer | Refused]
Ender = Callable[[str], None]


class Keeper(NamedTuple):
    """Who knows tokens of another kind than ours: finds what one stands for, and ends one that is given back."""

    find: Finder
    end: Ender


_keepers: dict[str, Keeper] = {}


def found_by(prefix: str, finder: Finder, *, ended_by: Ender) -> None:
    """Name who keeps tokens that begin with `prefix`. Called once, when Django starts."""
    _keepers[prefix] = Keeper(finder, ended_by)


def keeper_of(token: str) -> Keeper | None:
    """Return who keeps tokens that begin like this one; None for an access token of our own."""
    return next((keeper for prefix, keeper in _keepers.items() if token.startswith(prefix)), None)


def bearer_of(request: HttpRequest, *, at: datetime) -> Bearer | Refused:
    """Return whose token a request carries, or the 401 that says why none. The token stays out of logs and errors."""
    if "access_token" in request.GET:
        return IN_THE_ADDRESS
    token = token_of(request)
    if token is None:
        return MISSING
    return find(token, at=at)


def token_of(request: HttpRequest) -> str | None:
    """Return the token of an Authorization header, its scheme compared without regard to case; None without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def find(token: str, *, at: datetime) -> Bearer | Refused:
    """Return what a token stands for at a moment. Raises nothing for what a caller can send."""
    if len(token) > LONGEST or not token.isascii() or not token.isprintable():
        return DEAD
    keeper = keeper_of(token)
    return keeper.find(token, at) if keeper else _access_token(token, at)


def checksum(token: str) -> str:
    """Return the SHA-256 under which a token or code is kept (SR-2.2, SR-2.8)."""
    return hashlib.sha256(token.encode()).hexdigest()


def _access_token(token: str, at: datetime) -> Bearer | Refused:
    wanted = checksum(token)
    rows = _STATEMENT(checksum=wanted)
    row = dict(zip(_COLUMNS, rows[0], strict=True)) if rows else None
    if row is None or not hmac.compare_digest(row["token_checksum"], wanted) or not _alive(row, at):
        return DEAD
    partners.meet(row["consent_grant__partner"], row["partner_digest"])
    return Bearer(
        token_ref=f"oauth:{row['pk']}",
        partner=row["consent_grant__partner"],
        grant_ref=row["consent_grant_id"],
        grant_epoch=row["grant_epoch"],
        member_id=row["consent_grant__member_id"],
        scopes=frozenset(row["scope"].split()),
        application_ref=row["application_id"],
    )


def _alive(row: Mapping[str, Any], at: datetime) -> bool:
    """Whether nothing that the token hangs on has ended."""
    return (
        row["expires"] > at
        and row["family__ended_at"] is None
        and row["family__ends_at"] > at
        and row["consent_grant__status"] == Status.ACTIVE
        and row["consent_grant__epoch"] == row["grant_epoch"]
        and row["consent_grant__expires_at"] > at
        and row["partner_status"] == PartnerStatus.ACTIVE
        and bool(row["consent_grant__member__is_active"])
    )


_COLUMNS = (
    "pk", "token_checksum", "expires", "scope", "grant_epoch", "application_id", "consent_grant_id",
    "family__ended_at", "family__ends_at", "consent_grant__partner", "consent_grant__epoch",
    "consent_grant__status", "consent_grant__expires_at", "consent_grant__member_id",
    "consent_grant__member__is_active", "partner_status", "partner_digest",
)  # fmt: skip


def _written(checksum: str) -> "QuerySet[AccessToken, tuple[Any, ...]]":
    status, digest = standing_of("consent_grant__partner")
    found = AccessToken.objects.filter(token_checksum=checksum)
    return found.annotate(partner_status=status, partner_digest=digest).values_list(*_COLUMNS)


_STATEMENT = Prepared(_written, checksum=AccessToken._meta.get_field("token_checksum"))
