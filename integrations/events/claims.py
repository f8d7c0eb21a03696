"""What webhook events claim to have done, to be held against the log as deliveries are. Filled in at startup."""

from integrations.deliveries.outboxes import Outbox
from integrations.events.models import EventDelivery
from integrations.events.record import ENDS

EVENTS = Outbox(
    model=EventDelivery,
    key="ref",
    fact="event",
    told={"grant": "grant_id", "subscription": "subscription_id", "kind": "kind", "change": "event_type"},
    permitted="event.permitted",
    refused="event.refused",
    ends=ENDS,
    tries=frozenset({"event.may_have_arrived"}),
    again="event.replayed",
)
