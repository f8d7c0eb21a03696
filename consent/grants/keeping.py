"""How long evidence of consent is kept once it has ended (`audit.oversight.retention` asks; the terms are settings).

Six years to start with (45 CFR 164.530(j)(2)). An ended grant goes with its toggles and receipts; a notice goes when no
grant refers to it any more.
"""

from datetime import datetime
from uuid import UUID

from audit.ports import Held
from consent.grants import selectors
from consent.grants.letting_go import letting_go
from consent.grants.lifecycle import Status
from consent.grants.models import Grant, Notice


class EndedGrants:
    """The keeper of ended grants, with their toggles and receipts."""

    name = "ended_grants"

    def drop(self, *, before: datetime, held: Held, batch: int) -> int:
        ended = (
            Grant.objects.exclude(status=Status.ACTIVE)
            .filter(ended_at__lt=before)
            .order_by("ended_at")
            .only("ref", "member_id", "partner")
        )
        chosen: list[UUID] = []
        for grant in ended.iterator(chunk_size=batch):
            if not held.covers(selectors.subject_of(grant.member_id, grant.partner), grant.partner):
                chosen.append(grant.ref)
            if len(chosen) == batch:
                break
        with letting_go():
            Grant.objects.filter(ref__in=chosen).delete()
        return len(chosen)


class UnusedNotices:
    """The keeper of notices that no grant refers to. The one that is shown today is made again when it is needed."""

    name = "unused_notices"

    def drop(self, *, before: datetime, held: Held, batch: int) -> int:
        unused = Notice.objects.filter(grants=None, created_at__lt=before)
        partners = unused.values_list("partner", flat=True).distinct()
        free = [partner for partner in partners if not held.covers("", partner)]
        chosen = list(unused.filter(partner__in=free).values_list("digest", flat=True)[:batch])
        with letting_go():
            Notice.objects.filter(digest__in=chosen).delete()
        return len(chosen)
