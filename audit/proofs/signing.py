"""The log's name and its Ed25519 key. The key is read when it is used: a page needs none of it to be served.

Whoever checks our checkpoints needs the verifier key only. After a change of key the old one's verifier key stays in
`RINGFENCE_LOG_KEY_BEFORE`, so that what it signed still verifies.
"""

from base64 import b64decode
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from audit.proofs import notes
from audit.proofs.errors import LogKeyRefused

LOG = 1  # there is one log; its number stands in addresses and in its name
MAKE_ONE = "python3 -c 'import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())'"


def origin() -> str:
    """Return the log's name in every checkpoint: `<host>/audit/1`, without the port, which may change."""
    return f"{urlsplit(settings.BASE_URL).hostname}/audit/{LOG}"


def key() -> Ed25519PrivateKey:
    """Return the key that signs checkpoints. Raises LogKeyRefused."""
    if not settings.LOG_KEY:
        why = settings.LOG_KEY_TROUBLE or "Set RINGFENCE_LOG_KEY, or RINGFENCE_LOG_KEY_FILE."
        raise LogKeyRefused(f"The log has no key, so no checkpoint can be signed. {why}")
    try:
        seed = b64decode(settings.LOG_KEY, validate=True)
    except ValueError:
        seed = b""
    if len(seed) != 32:
        raise LogKeyRefused(f"RINGFENCE_LOG_KEY is not the base64 of 32 bytes. Make one once: {MAKE_ONE}")
    return Ed25519PrivateKey.from_private_bytes(seed)


def vkey() -> str:
    """Return the verifier key in force, in C2SP's text form. Raises LogKeyRefused."""
    return notes.Verifier.of(origin(), key()).vkey


def vkeys() -> list[str]:
    """Return every verifier key of this log, the one in force first. Raises LogKeyRefused when there is none at all.

    A process that signs nothing may do without the key where `RINGFENCE_LOG_KEY_BEFORE` names the verifier keys.
    """
    before = list(settings.LOG_KEY_BEFORE)
    for known in before:
        try:
            notes.Verifier.parse(known)
        except notes.NoteRefused as refused:
            raise LogKeyRefused(
                f"RINGFENCE_LOG_KEY_BEFORE holds no verifier keys (name+id+base64): {refused}"
            ) from None
    if before and not settings.LOG_KEY:
        return before
    return [vkey(), *before]


def sign(checkpoint: notes.Checkpoint) -> str:
    """Return the checkpoint's signed note. Raises LogKeyRefused."""
    return checkpoint.signed(key())
