"""The addresses of webhook subscriptions. None ends in a slash, and none redirects to one."""

from django.urls import path

from integrations.events import views

_HOME = "v2/webhook/subscription"

urlpatterns = [
    path(_HOME, views.subscriptions),
    path(f"{_HOME}/renew/<str:ref>", views.renew),
    path(f"{_HOME}/<str:ref>", views.one),
]
