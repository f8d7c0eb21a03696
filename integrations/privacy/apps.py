from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "integrations.privacy"
    label = "privacy"
