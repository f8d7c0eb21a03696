"""The compliance pages at the size of the log: each filter, one entry, the check's state, exports, reports; warm."""

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.utils import timezone

from audit.log.models import Entry
from bench.audit_entries import REASONS
from bench.goals import Goal
from records.members.models import Member, Role

LONGEST = 300  # ms, p95
WARM, ASKED = 2, 20


def goals(size: int) -> Iterator[Goal]:
    client, found = _auditor(), {}
    for name, path in _pages().items():
        times = []
        for number in range(WARM + ASKED):
            began = time.perf_counter()
            answer = client.get(path)
            answer.getvalue()
            taken = time.perf_counter() - began
            if answer.status_code != 200:
                raise RuntimeError(
                    f"The bench asks for the wrong page: {path} answered {answer.status_code}."
                )
            if number >= WARM:
                times.append(taken * 1e3)
        found[name] = (sorted(times)[int(ASKED * 0.95) - 1], sorted(times)[ASKED // 2])
    for name, (p95, p50) in found.items():
        yield Goal(
            "pages",
            f"{name} among {size:,} entries, p95 of {ASKED} (p50 {p50:.0f} ms)",
            p95,
            LONGEST,
            True,
            "ms",
        )


def _auditor() -> Client:
    auditor, _ = Member.objects.get_or_create(email="auditor@example.org", defaults={"role": Role.COMPLIANCE})
    client = Client(HTTP_HOST="localhost")
    client.force_login(auditor, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _pages() -> Mapping[str, str]:
    """Return the pages by what they show."""
    today = timezone.now().date()
    year, month = today - timedelta(days=360), today - timedelta(days=200)
    entry: Any = Entry.objects.filter(kind="delivery.delivered").order_by("-id")[1]
    oldest: Any = Entry.objects.order_by("id").first()
    always = {"since": str(year), "until": str(today)}
    searches: dict[str, dict[str, Any]] = {
        "the last thirty days": {},
        "the whole year": always,
        "one day long ago": {"since": str(month), "until": str(month)},
        "one recipient": {**always, "partner": "technogym"},
        "one type": {**always, "data_type": "workout"},
        "a rare type": {**always, "data_type": "daytime_stress"},
        "one kind": {**always, "kind": "grant.given"},
        "what was blocked": {**always, "outcome": "blocked"},
        "a rare reason": {**always, "reason": list(REASONS)[-1]},
        "one pseudonym": {**always, "subject": entry.subject},
        "a recipient, a type and a reason": {
            **always, "partner": "stelo", "data_type": "daytime_stress", "reason": "womens_health",
        },
        "a type of one recipient on one day": {
            "since": str(month), "until": str(month), "partner": "alexa", "data_type": "glucose",
        },
        "what fits nothing": {**always, "partner": "technogym", "subject": entry.subject, "kind": "hold.placed"},
        "the oldest page": {**always, "before": oldest.id + 60},
    }  # fmt: skip
    records = {f"records: {name}": f"/compliance/?{urlencode(asked)}" for name, asked in searches.items()}
    return {
        **records,
        "an entry with its proof": f"/compliance/entries/{entry.event_id}/",
        "the oldest entry": f"/compliance/entries/{oldest.event_id}/",
        "an entry's proof as JSON": f"/compliance/entries/{entry.event_id}/proof.json",
        "the state of the check": "/compliance/verify/",
        "the exports": "/compliance/exports/",
        "the reports": "/compliance/reports/",
        "the report of processing": "/compliance/reports/processing/",
        "what takes two people": "/compliance/oversight/",
    }
