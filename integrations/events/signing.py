"""Signing an event, twice: as clients of the compatible API check it, and by Standard Webhooks. Pure.

Both keys come from the client secret, so a partner has all it takes and nothing has to be shown or stored. While a
secret is being replaced, `webhook-signature` has one signature for each of the two.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from uuid import UUID

PREFIX = "whsec_"


def webhook_secret(client_secret: str, subscription: UUID) -> str:
    """Return the subscription's own secret: `whsec_` and base64 of HMAC-SHA256(client secret, "webhook:" + its id)."""
    derived = hmac.digest(client_secret.encode(), f"webhook:{subscription}".encode(), hashlib.sha256)
    return PREFIX + base64.b64encode(derived).decode()


def headers(
    body: bytes, *, event: UUID, subscription: UUID, secrets: Sequence[str], timestamp: int
) -> Mapping[str, str]:
    """Return the headers that sign `body` at `timestamp` (Unix seconds). `secrets`: the client's, newest first.

    Facts, section 6: upper-case hex HMAC-SHA256 over the timestamp and the body. Standard Webhooks: base64 HMAC-SHA256
    over "id.timestamp.body" under the secret's bytes.
    """
    stamped = f"{timestamp}".encode()
    signed = b".".join((str(event).encode(), stamped, body))
    return {
        "x-oura-timestamp": f"{timestamp}",
        "x-oura-signature": hmac.digest(secrets[0].encode(), stamped + body, hashlib.sha256).hex().upper(),
        "webhook-id": str(event),
        "webhook-timestamp": f"{timestamp}",
        "webhook-signature": " ".join(_v1(webhook_secret(each, subscription), signed) for each in secrets),
    }


def _v1(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"
