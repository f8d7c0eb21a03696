"""What deliveries claim to have done, and erased grants, to be held against the log. Filled in when Django starts."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from audit.ports import Claim, Finding, Said
from integrations.deliveries.lifecycle import FINAL
from integrations.deliveries.models import Delivery
from integrations.deliveries.outboxes import GRANT_ERASED, Outbox, batches, ref_of, standing_of

DELIVERIES = Outbox(
    model=Delivery,
    key="id",
    fact="delivery",
    told={"grant": "grant_id", "flow": "flow"},
    permitted="release.permitted",
    refused="release.refused",
    ends={state: f"delivery.{state}" for state in FINAL},
    tries=frozenset({"delivery.may_have_arrived", "delivery.delayed"}),
)


class ErasedGrants:
    """The port: a grant that the log tells as erased is in no table."""

    name = "erased_grants"
    kinds = frozenset({GRANT_ERASED})

    def between(self, since: datetime, until: datetime) -> Iterator[Claim]:
        """What was erased is not there to claim anything."""
        return iter(())

    def judged(self, entries: Iterable[Said]) -> Iterator[tuple[UUID, Finding]]:
        """Yield the entries whose grant stands."""
        for batch in batches(entries):
            there = standing_of(batch)
            yield from (
                (said.event_id, Finding.OTHERWISE) for said in batch if ref_of(said, "grant") in there
            )
