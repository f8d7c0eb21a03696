from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "consent.gate"
    label = "consent_gate"
