"""The authorization server: django-oauth-toolkit in the profile of RFC 9700, with every gate of it on (SR-2.1 to 2.5).

What the toolkit leaves open (replayed codes, a family's absolute end, who may introspect) is in `integrations.oauth`.
"""

from typing import Any

from config.base import DEMO

OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth.Application"
OAUTH2_PROVIDER_GRANT_MODEL = "oauth.Code"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "oauth.AccessToken"  # noqa: S105 (a model's name)
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "oauth.RefreshToken"  # noqa: S105

OAUTH_CODE_SECONDS = 60
OAUTH_INQUIRY_SECONDS = 600  # a question that the member has not answered
OAUTH_REFRESH_IDLE_SECONDS = 7_776_000  # 90 days without a refresh
OAUTH_FAMILY_DAYS = 365  # the absolute end, however often it is refreshed (ASVS 10.4.8)
OAUTH_FAILURES_A_MINUTE = 60  # per client at the token endpoint (SR-4.10)
OAUTH_CALLS_A_MINUTE = 3000  # an aggregator refreshes for all its members


def pkce_required(client_id: str) -> bool:
    """Ask the application; its model is not there yet when settings are read (SR-2.3)."""
    from integrations.oauth.approved import pkce_required as asked

    return asked(client_id)


OAUTH2_PROVIDER: dict[str, Any] = {
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.WebApplicationServer",  # it knows no other grants than ours
    "OAUTH2_VALIDATOR_CLASS": "integrations.oauth.validator.Validator",
    "SCOPES_BACKEND_CLASS": "integrations.oauth.approved.ApprovedScopes",
    "ACCESS_TOKEN_GENERATOR": "integrations.oauth.credentials.access_token",
    "REFRESH_TOKEN_GENERATOR": "integrations.oauth.credentials.refresh_token",
    "PKCE_REQUIRED": pkce_required,
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": OAUTH_CODE_SECONDS,
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "REFRESH_TOKEN_EXPIRE_SECONDS": OAUTH_REFRESH_IDLE_SECONDS,
    "ROTATE_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 0,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"] if DEMO else ["https"],
    "ALLOW_URI_WILDCARDS": False,
    "ALLOW_LOCALHOST_LOOPBACK": False,
    "SCOPES": {"daily": "daily"},  # the backend above names them all
    "DEFAULT_SCOPES": [],
    "REQUEST_APPROVAL_PROMPT": "force",
    "ERROR_RESPONSE_WITH_SCOPES": False,
    "OAUTH2_RESPONSE_TYPES_SUPPORTED": ["code"],
    "OAUTH2_GRANT_TYPES_SUPPORTED": ["authorization_code", "refresh_token"],
    "OIDC_ENABLED": False,
    "DCR_ENABLED": False,
    "CIMD_ENABLED": False,
    **{
        f"COMPLIANT_BCP_RFC9700_{gate}": True
        for gate in (
            "IMPLICIT_GRANT",
            "PASSWORD_GRANT",
            "PKCE_METHOD",
            "ACCESS_TOKEN_TRANSPORT",
            "AUTHZ_RESPONSE_ISS",
            "TOKEN_STORAGE",
            "REFRESH_TOKEN",
            "REDIRECT_URI_SCHEME",
            "REDIRECT_URI_MATCHING",
            "PKCE_REQUIRED",
        )
    },
}
