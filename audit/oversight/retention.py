"""How long each kind of record is kept, and letting go of what is past its term. A hold beats it.

Log entries have no term: they are never cut. Terms start from `settings.RETENTION_DAYS`; two people change one. Whoever
owns a table fills a `Keeper` (audit/ports.py) and drops its own rows in batches, so that no lock is held for long.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from audit import ports
from audit.log import services as log
from audit.log.events import Event
from audit.oversight import holds, proposals
from audit.oversight.errors import ProposalRefused
from audit.oversight.models import Act, Proposal, Term

BATCH = 500
LONGEST = 100 * 366  # days
A_DAY = 86_400  # seconds


def terms() -> dict[str, int]:
    """Return the days that each kind of record is kept, as in force now."""
    known = dict(settings.RETENTION_DAYS)
    for term in Term.objects.order_by("since"):
        if term.name in known:
            known[term.name] = term.days
    return known


def let_go(*, at: datetime) -> dict[str, int]:
    """Drop what is past its term and under no hold; return how many of each kind. Safe to run as often as you like."""
    dropped: dict[str, int] = {}
    for name, days in terms().items():
        keeper = ports.keepers().get(name)
        if keeper is None:
            continue
        before = at - timedelta(days=days)
        count = 0
        while batch := keeper.drop(
            before=before, held=holds.held(), batch=BATCH
        ):  # one may be placed meanwhile
            count += batch
        if count:
            dropped[name] = count
    if dropped:
        _happened(dropped, at=at)
    return dropped


def daily() -> None:
    """Let go once a day, whichever worker comes first; one that fails leaves it to the next."""
    now = timezone.now()
    today = f"retention:{now:%Y-%m-%d}"
    if not cache.add(today, value=True, timeout=A_DAY):
        return
    try:
        let_go(at=now)
    except Exception:
        cache.delete(today)
        raise


@transaction.atomic
def _happened(dropped: Mapping[str, int], *, at: datetime) -> None:
    log.append(
        Event(
            kind="retention.applied", actor="ringfence", subject="", at=at, facts={"dropped": dict(dropped)}
        )
    )


def _check(about: Mapping[str, Any]) -> dict[str, Any]:
    name = str(about.get("name", ""))
    if name not in settings.RETENTION_DAYS:
        raise ProposalRefused("name", "Choose one of the kinds of record in the list.")
    least = settings.RETENTION_LEAST_DAYS.get(name, 0)
    try:
        days = int(str(about.get("days", "")))
    except ValueError:
        raise ProposalRefused("days", "Write a whole number of days.") from None
    if not least <= days <= LONGEST:
        raise ProposalRefused("days", f"Write a number of days from {least} to {LONGEST}.")
    return {"name": name, "days": days}


def _change(proposal: Proposal, at: datetime) -> dict[str, Any]:
    about = proposal.about
    Term.objects.create(name=about["name"], days=about["days"], since=at, proposal=proposal)
    return {"name": about["name"], "days": about["days"]}


proposals.act(Act.TERM, check=_check, carry_out=_change)
