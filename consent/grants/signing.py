"""Signing receipts: a compact JWS (RFC 7515) with Ed25519 (RFC 8037). The keys are published at the JWKS address."""

import base64
import json
import secrets
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.log import jcs
from consent.grants import clock
from consent.grants.errors import ReceiptAltered
from consent.grants.models import Receipt, SigningKey
from records.members import keyring

TYPE = "consent-receipt+jws"


def sign(document: dict[str, Any], *, under: SigningKey | None = None) -> str:
    """Return the receipt as a compact JWS over its RFC 8785 bytes, under the newest key.

    `under` is that key, where the caller has read it already; the first one is made when it is needed.
    """
    row = under or SigningKey.objects.order_by("-made_at").first() or _make()
    headers = {"kid": row.kid, "typ": TYPE}
    return jwt.api_jws.encode(
        jcs.canonical(document), _opened(row.kid, row.sealed), algorithm="EdDSA", headers=headers
    )


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

    Whoever owns the database can put another text there, or another receipt's; nobody is told it as ours. `keys` is
    what `jwks()` returned, where the caller has it already.
    """
    try:
        document = read(receipt.jws, keys or jwks())
        right = document["record_metadata"]["record_id"] == str(receipt.ref)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as broken:
        raise ReceiptAltered(receipt.ref) from broken
    if not right:
        raise ReceiptAltered(receipt.ref)
    return document


def jwks() -> dict[str, Any]:
    """Return every public key that ever signed a receipt (RFC 7517)."""
    return {"keys": [row.as_jwk() for row in SigningKey.objects.order_by("made_at")]}


def _make() -> SigningKey:
    private = Ed25519PrivateKey.generate()
    raw = private.private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    kid = f"r{secrets.token_hex(6)}"
    return SigningKey.objects.create(
        kid=kid,
        public=base64.urlsafe_b64encode(public).rstrip(b"=").decode(),
        sealed=keyring.seal_with_master(raw, place=_place(kid)),
        made_at=clock.now(),
    )


@lru_cache(maxsize=4)
def _opened(kid: str, sealed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keyring.open_with_master(sealed, place=_place(kid)))


def _place(kid: str) -> str:
    return f"consent_grants_signingkey|sealed|{kid}"
