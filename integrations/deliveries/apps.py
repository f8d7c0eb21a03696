from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "integrations.deliveries"
    label = "deliveries"

    def ready(self) -> None:
        """Fill the ports: how far the rest has come, what was done, and how long what has ended is kept."""
        from audit import ports as audit
        from consent.grants import ports
        from integrations.deliveries.aftermath import DeliveriesAftermath
        from integrations.deliveries.claims import DELIVERIES, ErasedGrants
        from integrations.deliveries.keeping import EndedDeliveries
        from integrations.deliveries.outboxes import OutboxClaims

        ports.fill(DeliveriesAftermath())
        audit.keep(EndedDeliveries())
        audit.claim(OutboxClaims(EndedDeliveries.name, DELIVERIES))
        audit.claim(ErasedGrants())
