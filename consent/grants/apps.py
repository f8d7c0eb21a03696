from django.apps import AppConfig


class GrantsConfig(AppConfig):
    name = "consent.grants"
    label = "consent_grants"
