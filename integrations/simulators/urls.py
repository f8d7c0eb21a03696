"""Where simulated partners answer: below `/demo/`, in the demo world only."""

from django.urls import URLPattern, URLResolver, include, path

from integrations.simulators.strava import api, oauth, pages, webhooks

_API: list[URLPattern | URLResolver] = [
    path("uploads", api.uploads),
    path("uploads/<int:key>", api.upload),
    path("activities", api.activities),
    path("activities/<int:key>", api.activity),
    path("activities/<int:key>/streams", api.streams),
    path("athlete", api.athlete_profile),
    path("athlete/activities", api.athlete_activities),
    path("push_subscriptions", webhooks.push_subscriptions),
    path("push_subscriptions/<int:key>", webhooks.push_subscription),
]
_STRAVA: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("log", pages.log_activity, name="log"),
    path("remove", pages.remove_app, name="remove"),
    path("received", pages.received, name="received"),
    path("received.json", pages.received_json, name="received-json"),
    path("control", pages.control),
    path("oauth/authorize", oauth.authorize, name="authorize"),
    path("oauth/token", oauth.token),
    path("oauth/revoke", oauth.revoke),
    path("oauth/deauthorize", oauth.deauthorize),
    path("api/v3/", include(_API)),
]
urlpatterns = [path("strava/", include((_STRAVA, "simulated-strava")))]
