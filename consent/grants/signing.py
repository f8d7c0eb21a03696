"""Signing receipts: a compact JWS (RFC 7515) with Ed25519 (RFC 8037). The keys are published at the JWKS address."""

import base64
import json
import logging
import secrets
from datetime import datetime
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.log import jcs
from consent.grants import clock
from consent.grants.errors import ReceiptAltered
from consent.grants.models import Receipt, SigningKey
from records.members import keyring
from records.members.keyring import SealBroken

log = logging.getLogger(__name__)
TYPE = "consent-receipt+jws"


def sign(document: dict[str, Any], *, under: SigningKey | None = None) -> str:
    """Return the receipt as a compact JWS over its RFC 8785 bytes, under the newest key.

    `under` is that key, where the caller has read it already; the first one is made when it is needed.
    """
    row, key = _newest(under)
    headers = {"kid": row.kid, "typ": TYPE}
    return jwt.api_jws.encode(jcs.canonical(document), key, algorithm="EdDSA", headers=headers)


def _newest(under: SigningKey | None) -> tuple[SigningKey, Ed25519PrivateKey]:
    """Return the newest key that opens. One that does not, because somebody put it there, stops no act of consent."""
    if under and (key := _private(under)):
        return under, key
    for row in SigningKey.objects.order_by("-made_at"):
        if key := _private(row):
            return row, key
    made = _make()
    return made, _opened(made.kid, made.sealed)


def read(token: str, jwks: dict[str, Any]) -> dict[str, Any]:
    """Return the receipt of a JWS that one of `jwks` signed. Raises jwt.InvalidTokenError."""
    kid = jwt.get_unverified_header(token).get("kid")
    found = next((key for key in jwks["keys"] if key["kid"] == kid), None)
    if found is None:
        raise jwt.InvalidTokenError("No published key made this signature.")
    payload = jwt.api_jws.decode(token, jwt.PyJWK(found).key, algorithms=["EdDSA"])
    return dict(json.loads(payload))


def document_of(receipt: Receipt, keys: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what a receipt says: what was signed, of which there is no other copy. Raises ReceiptAltered.

    Whoever owns the database can put another text there, another receipt's, or a key of their own; nobody is told it as
    ours. `keys` is what `jwks()` returned, where the caller has it already.
    """
    try:
        document = read(receipt.jws, keys or jwks())
        if _said(document) == _kept(receipt):
            return document
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, StopIteration):
        pass
    log.error("a receipt was altered", extra={"ref": str(receipt.ref)})
    raise ReceiptAltered(receipt.ref)


def _said(document: dict[str, Any]) -> tuple[object, ...]:
    record, event, consent = (document[name] for name in ("record_metadata", "event", "consent"))
    at = datetime.fromisoformat(event["at"])
    recipient = next(party["id"] for party in document["parties"] if party["role"] == "recipient")
    return record["record_id"], record["number"], consent["grant"], recipient, event["change"], at


def _kept(receipt: Receipt) -> tuple[object, ...]:
    grant = receipt.grant
    return str(receipt.ref), receipt.number, str(grant.ref), grant.partner, receipt.change, receipt.at


def jwks() -> dict[str, Any]:
    """Return every public key that ever signed a receipt (RFC 7517): those whose private half we hold sealed.

    A master key is kept for as long as it seals one of these (docs/operating.md).
    """
    rows = SigningKey.objects.order_by("made_at")
    return {"keys": [row.as_jwk() | {"x": _public(key)} for row in rows if (key := _private(row))]}


def _private(row: SigningKey) -> Ed25519PrivateKey | None:
    """Return a key that we made; None for another. Whoever owns the database can add a row, but not seal a key."""
    try:
        return _opened(row.kid, row.sealed)
    except (SealBroken, ValueError, TypeError, AttributeError):
        log.error("a key for receipts does not open under our master keys", extra={"ref": row.kid})  # noqa: TRY400
        return None


def _public(private: Ed25519PrivateKey) -> str:
    return base64.urlsafe_b64encode(private.public_key().public_bytes_raw()).rstrip(b"=").decode()


def _make() -> SigningKey:
    private = Ed25519PrivateKey.generate()
    kid = f"r{secrets.token_hex(6)}"
    return SigningKey.objects.create(
        kid=kid,
        public=_public(private),
        sealed=keyring.seal_with_master(private.private_bytes_raw(), place=_place(kid)),
        made_at=clock.now(),
    )


@lru_cache(maxsize=4)
def _opened(kid: str, sealed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keyring.open_with_master(sealed, place=_place(kid)))


def _place(kid: str) -> str:
    return f"consent_grants_signingkey|sealed|{kid}"
