"""Where a partner sends the member back to."""

from django.urls import path

from integrations.connectors import views

app_name = "connectors"
urlpatterns = [path("connections/<slug:partner>/callback/", views.callback, name="callback")]
