"""The log's key, where its checkpoints are kept outside the database, and where they are published.

A key that is missing or unreadable stops the sequencer, not the pages: events are written without it.
"""

from django.core.exceptions import ImproperlyConfigured

from config.base import DEMO, VAR_DIR
from config.environment import listed, secret, text

LOG_KEY_TROUBLE = ""
try:
    LOG_KEY = secret("RINGFENCE_LOG_KEY", VAR_DIR, generate=DEMO)
except ImproperlyConfigured as trouble:
    LOG_KEY, LOG_KEY_TROUBLE = "", str(trouble)  # said by the sequencer, when it starts
except (OSError, UnicodeDecodeError):
    LOG_KEY, LOG_KEY_TROUBLE = (
        "",
        "The file of RINGFENCE_LOG_KEY_FILE cannot be read. Make it this account's own.",
    )
LOG_KEY_BEFORE = listed("RINGFENCE_LOG_KEY_BEFORE")  # verifier keys, name+id+base64

AUDIT_PUBLISH_DIR = text("AUDIT_PUBLISH_DIR", str(VAR_DIR / "audit"))
AUDIT_WITNESS_FILE = text("AUDIT_WITNESS_FILE", str(VAR_DIR / "witness" / "checkpoints"))
AUDIT_WITNESS_NAME = text("AUDIT_WITNESS_NAME", "Ringfence itself (a file on this machine)")
