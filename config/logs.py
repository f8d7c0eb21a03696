"""Structured logs by allow-list: one JSON object a line, only the fields named here, and nothing that looks secret.

`logger.info("delivery cancelled", extra={"ref": …, "reason": …})`: a field that is not in FIELDS is dropped, whatever
it holds. An exception leaves its class and the lines it passed, never its text, which may quote a value (SR-9.1).
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

FIELDS = (
    "ref", "event_id", "delivery", "grant", "partner", "flow", "kind", "state", "reason", "trouble", "attempt", "step",
    "count", "status", "seconds", "code_version", "policy", "method", "host", "path",
)  # fmt: skip
LONGEST = 300  # characters of one value
FRAMES = 12

MASKED = "[masked]"
SECRETS = (
    re.compile(r"(?i)\b(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{6,}"),
    re.compile(
        r"(?i)([\"']?\b(?:access_token|refresh_token|client_secret|code|state|secret|password|token|verify_token|"
        r"signature|sessionid|csrftoken|authorization|api_key)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;}]+"
    ),
    re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    re.compile(r"\bv1\.[A-Za-z0-9]+\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+"),
    re.compile(r"\bey[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"),
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def masked(text: str) -> str:
    """Return `text` without tokens, codes, secrets and e-mail addresses, and with control characters escaped."""
    for pattern in SECRETS:
        text = pattern.sub(
            lambda found: (found[1] if found.re.groups and "=" in found[1] + ":" else "") + MASKED, text
        )
    return CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)[:LONGEST]


class JsonLines(logging.Formatter):
    """One line, one object, ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        for name in FIELDS:
            if (value := record.__dict__.get(name)) is not None:
                line[name] = value if isinstance(value, (bool, int, float)) else masked(str(value))
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = _where(record.exc_info[2])
        return json.dumps(line, ensure_ascii=True)


def _where(trace: Any) -> list[str]:
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-FRAMES:]
    ]


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "config.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},  # a 404's path may carry a token
        "django.server": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        # Their DEBUG shows bodies, headers and parameters (SR-9.1).
        **{
            name: {"level": "WARNING"}
            for name in ("cryptography", "httpx", "httpcore", "oauth2_provider", "oauthlib", "fido2")
        },
        "celery": {"level": "WARNING"},
    },
}
