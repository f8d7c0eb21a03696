"""My data: take it along, or have it deleted."""

from django.urls import path

from integrations.privacy import views

app_name = "privacy"
urlpatterns = [
    path("", views.page, name="page"),
    path("copies/", views.ask, name="ask"),
    path("copies/<uuid:ref>/", views.fetch, name="fetch"),
    path("erase/", views.erase, name="erase"),
    path("erased/", views.erased, name="erased"),
]
