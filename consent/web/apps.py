from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "consent.web"
    label = "consent_web"
