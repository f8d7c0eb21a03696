"""Where partners call us."""

from django.urls import path

from integrations.intake import webhooks

app_name = "webhooks"
urlpatterns = [path("<slug:partner>/", webhooks.webhook, name="partner")]
