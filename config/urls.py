"""Every address, by the room it leads to. The demo world's pages exist only there."""

from django.conf import settings
from django.urls import include, path

from config.health import healthz, readyz
from consent.web.views.passkeys import RemovePasskey

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("accounts/2fa/webauthn/keys/<int:pk>/remove/", RemovePasskey.as_view()),
    path("accounts/", include("allauth.urls")),
    path("", include("integrations.oauth.urls")),
    path("", include("integrations.events.urls")),
    path("", include("integrations.api.urls")),
    path("", include("integrations.connectors.urls")),
    path("api/", include("integrations.api_v1.urls")),
    path("tokens/", include("integrations.tokens.urls")),
    path("privacy/", include("integrations.privacy.urls")),
    path("webhooks/", include("integrations.intake.webhook_urls")),
    path("audit/", include("audit.proofs.urls")),
    path("compliance/", include("audit.web.urls")),
    path("", include("consent.web.urls")),
]
if settings.DEMO:
    urlpatterns = [
        path("demo/ring/", include("integrations.intake.urls")),
        path("demo/", include("integrations.simulators.urls")),
        *urlpatterns,
    ]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.not_allowed"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
