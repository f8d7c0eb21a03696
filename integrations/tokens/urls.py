"""Your own programs: the keys they come with, and what they may read. A data type is named in no address."""

from django.urls import path

from integrations.tokens.views import keys, switches

app_name = "tokens"
urlpatterns = [
    path("", keys.page, name="page"),
    path("make/", keys.make, name="make"),
    path("<uuid:ref>/end/", keys.end, name="end"),
    path("choose/", switches.choose, name="choose"),
    path("preview/", switches.preview, name="preview"),
    path("turn-off/", switches.turn_off, name="turn_off"),
    path("turn-on/", switches.turn_on, name="turn_on"),
]
