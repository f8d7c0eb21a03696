"""The oauthlib server of this house: the code and the refresh grant, and no other exists in it (SR-2.1)."""

from functools import cache
from typing import Any

from django.conf import settings
from oauth2_provider.settings import oauth2_settings

from integrations.oauth import credentials


@cache
def server() -> Any:
    """Return the server: `oauthlib.oauth2.WebApplicationServer` with our validator and our tokens."""
    return oauth2_settings.OAUTH2_SERVER_CLASS(
        oauth2_settings.OAUTH2_VALIDATOR_CLASS(),
        token_generator=credentials.access_token,
        token_expires_in=settings.OAUTH2_PROVIDER["ACCESS_TOKEN_EXPIRE_SECONDS"],
        refresh_token_generator=credentials.refresh_token,
    )
