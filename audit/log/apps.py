from django.apps import AppConfig


class LogConfig(AppConfig):
    name = "audit.log"
    label = "audit_log"
    verbose_name = "The append-only log"
