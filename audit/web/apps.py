from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "audit.web"
    label = "audit_web"
    verbose_name = "The compliance face"
