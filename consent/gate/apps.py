from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "consent.gate"
    label = "consent_gate"

    def ready(self) -> None:
        from consent.gate import checks  # noqa: F401 (registers the system check)
