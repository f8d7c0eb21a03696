"""Sealing what a partner gave us: tokens and the member's account there, each for its own row and column (SR-6.1)."""

import hashlib
import json
from datetime import datetime
from uuid import UUID

from integrations.connectors.models import Connection, PartnerSubscription
from integrations.connectors.port import Credentials
from records.members import keyring
from records.members.pairwise import pairwise


def seal_credentials(connection_id: UUID, credentials: Credentials) -> str:
    """Seal tokens for one connection. They open under no other row."""
    plain = json.dumps(
        {
            "access": credentials.access_token,
            "refresh": credentials.refresh_token,
            "expires_at": credentials.expires_at.isoformat(),
        }
    )
    return keyring.seal_with_master(plain.encode(), place=_place("credentials", connection_id))


def open_credentials(connection: Connection) -> Credentials:
    """Open a connection's tokens. Raises SealBroken."""
    plain = keyring.open_with_master(connection.credentials, place=_place("credentials", connection.id))
    held = json.loads(plain)
    return Credentials(held["access"], held["refresh"], datetime.fromisoformat(held["expires_at"]))


def seal_account(connection_id: UUID, account: str) -> str:
    return keyring.seal_with_master(account.encode(), place=_place("account", connection_id))


def open_account(connection: Connection) -> str:
    return keyring.open_with_master(connection.account, place=_place("account", connection.id)).decode()


def account_digest(partner: str, account: str) -> str:
    """Return a keyed digest of a partner's account id. Account numbers are few: a bare hash of one could be guessed.

    One AES block under the partner's own key over a hash; that key outlives a rotation of the master key, so a webhook
    finds its connection on any day.
    """
    hashed = UUID(bytes=hashlib.sha256(account.encode()).digest()[:16])
    return pairwise(hashed, recipient=partner, about="account").hex


def seal_verify_token(subscription_id: UUID, token: str) -> str:
    return keyring.seal_with_master(token.encode(), place=_subscription_place(subscription_id))


def open_verify_token(subscription: PartnerSubscription) -> str:
    place = _subscription_place(subscription.id)
    return keyring.open_with_master(subscription.verify_token, place=place).decode()


def _place(column: str, connection_id: UUID) -> str:
    return f"connectors_connection|{column}|{connection_id}"


def _subscription_place(subscription_id: UUID) -> str:
    return f"connectors_partnersubscription|verify_token|{subscription_id}"
