from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "integrations.deliveries"
    label = "deliveries"

    def ready(self) -> None:
        """Fill the port through which consent asks how far the rest has come, and the keeper of what has ended."""
        from audit import ports as audit
        from consent.grants import ports
        from integrations.deliveries.aftermath import DeliveriesAftermath
        from integrations.deliveries.keeping import EndedDeliveries

        ports.fill(DeliveriesAftermath())
        audit.keep(EndedDeliveries())
