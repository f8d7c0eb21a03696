"""The simulated ring's one page, of the demo world."""

from django.urls import path

from integrations.intake import views

app_name = "ring"
urlpatterns = [path("", views.ring, name="page")]
