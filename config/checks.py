"""System checks of what settings alone cannot refuse."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

PRIVATE = ("LocMemCache", "DummyCache")


@register(Tags.caches)
def the_cache_is_shared(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Limits counted per process are no limits: with 4 workers 18 wrong passwords passed instead of 5 (SR-3.4)."""
    if settings.CACHES["default"]["BACKEND"].endswith(PRIVATE):
        return [
            Error(
                "The cache is not shared by all processes, so sign-in limits do not hold.",
                hint="Unset CACHE_URL for the database cache, or set it to a Redis.",
                id="ringfence.E001",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def mail_can_be_sent(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Members confirm their address before they can sign in, so a service without mail lets nobody in."""
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend") and settings.EMAIL_HOST == "localhost":
        return [Error("No mail server is set.", hint="Set EMAIL_URL.", id="ringfence.E002")]
    return []
