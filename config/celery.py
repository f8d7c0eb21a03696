"""Celery runs the same functions that `manage.py worker` runs: a message is a doorbell, the outbox row is the truth.

Messages carry references as JSON, never health data; there is no result backend (SR-7.3).
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ringfence")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["integrations"])
