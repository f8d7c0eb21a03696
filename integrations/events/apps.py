from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "integrations.events"
    label = "events"

    def ready(self) -> None:
        """Fill the ports: what a stop waits for, what was done, and how long what has ended is kept."""
        from audit import ports as audit
        from integrations.deliveries import others
        from integrations.deliveries.outboxes import OutboxClaims
        from integrations.events.claims import EVENTS
        from integrations.events.keeping import EndedEvents
        from integrations.events.stopping import EventSends

        others.fill(EventSends())
        audit.keep(EndedEvents())
        audit.claim(OutboxClaims(EndedEvents.name, EVENTS))
