"""The log's public addresses. Its number is part of its name: another log would be another number."""

from django.urls import path

from audit.proofs import views
from audit.proofs.signing import LOG

app_name = "log"

urlpatterns = [
    path(f"{LOG}/checkpoint", views.checkpoint, name="checkpoint"),
    path(f"{LOG}/key", views.key, name="key"),
    path(f"{LOG}/tile/<path:path>", views.tile, name="tile"),
    path(f"{LOG}/proof/consistency", views.consistency, name="consistency"),
    path(f"{LOG}/proof/inclusion", views.inclusion, name="inclusion"),
]
