from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "integrations.deliveries"
    label = "deliveries"

    def ready(self) -> None:
        """Fill the port through which consent asks how far the rest has come."""
        from consent.grants import ports
        from integrations.deliveries.aftermath import DeliveriesAftermath

        ports.fill(DeliveriesAftermath())
