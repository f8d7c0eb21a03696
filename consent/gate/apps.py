from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "consent.gate"
    label = "consent_gate"

    def ready(self) -> None:
        from audit import ports
        from consent.gate import checks  # noqa: F401 (registers the system check)
        from consent.gate.audit_ports import Members, RegisteredPartners

        ports.catalogue.fill(RegisteredPartners())
        ports.people.fill(Members())
