"""What a client can find out by itself: where the endpoints are and what they take (RFC 8414)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from integrations.oauth.scopes import SCOPES


def issuer() -> str:
    """Return who we say we are, from the one configured base address (SR-4.6, RFC 9207)."""
    return str(settings.BASE_URL).rstrip("/")


@require_safe
def metadata(request: HttpRequest) -> HttpResponse:
    """Return the authorization server's metadata. It says nothing that is not in docs/partners."""
    base = issuer()
    answer = JsonResponse(
        {
            "issuer": base,
            "authorization_endpoint": f"{base}/oauth/authorize",
            "token_endpoint": f"{base}/oauth/token",
            "revocation_endpoint": f"{base}/oauth/revoke",
            "introspection_endpoint": f"{base}/oauth/introspect",
            "scopes_supported": [scope for scope in SCOPES if scope != "spo2Daily"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "revocation_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "introspection_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
    )
    answer["Cache-Control"] = "public, max-age=3600"
    return answer
