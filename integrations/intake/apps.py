from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "integrations.intake"
    label = "intake"
