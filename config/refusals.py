"""What start-up refuses, each with one sentence that says what to change (SR-3.7, 6.3, 7.7)."""

import base64
import binascii
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
SHORTEST_SECRET = 50


def demo_on_a_public_host(*, demo: bool, hosts: Sequence[str], base_url: str) -> None:
    """The demo world's passwords are known to everyone, so it answers on loopback only (SR-3.7)."""
    named = [*hosts, urlsplit(base_url).hostname or base_url]
    public = [host for host in named if host not in LOOPBACK]
    if demo and public:
        raise ImproperlyConfigured(
            f"DEMO=1 is refused because {public[0]} is not this machine. "
            "Unset DEMO, or keep ALLOWED_HOSTS and RINGFENCE_BASE_URL at 127.0.0.1 and localhost."
        )


def debug_in_production(*, debug: bool, demo: bool) -> None:
    """A debug page shows settings and values of variables (SR-6.3)."""
    if debug and not demo:
        raise ImproperlyConfigured("DEBUG=1 is refused outside the demo world. Unset DEBUG.")


def loopback_egress_outside_the_demo(*, ports: Sequence[int], demo: bool) -> None:
    """Only the demo world's webhooks may call this machine (SR-7.7)."""
    if ports and not demo:
        raise ImproperlyConfigured("EGRESS_LOOPBACK_PORTS is refused outside the demo world. Unset it.")


def weak_secret_key(*, key: str) -> None:
    """Sessions and signed links are as strong as this key (SR-6.3)."""
    if len(key) < SHORTEST_SECRET or key.startswith("django-insecure") or len(set(key)) < 8:
        raise ImproperlyConfigured(
            f"SECRET_KEY is too weak. Write at least {SHORTEST_SECRET} random characters: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
        )


def unreadable_master_keys(*, keys: str) -> None:
    """Without a master key nothing sealed opens; find out at start, not at the first read (SR-6.3)."""
    for part in keys.split(","):
        key_id, _, encoded = part.strip().partition(":")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raw = b""
        if not key_id.isalnum() or len(raw) != 32:
            raise ImproperlyConfigured(
                "RINGFENCE_MASTER_KEYS cannot be read. "
                "Write <key id>:<base64 of 32 random bytes>, newest first, separated by commas."
            )


def no_such_port(*, port: int) -> None:
    """Sockets know no other numbers; find out before one is asked."""
    if not 0 < port < 65536:
        raise ImproperlyConfigured(f"PORT is {port}. Write a number from 1 to 65535.")


def no_host_to_answer_for(*, hosts: Sequence[str]) -> None:
    """Host names are exact (SR-4.6)."""
    if not hosts or any(host.startswith((".", "*")) for host in hosts):
        raise ImproperlyConfigured(
            "Set ALLOWED_HOSTS to the exact host names of this service, separated by commas."
        )
