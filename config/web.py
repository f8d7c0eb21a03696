"""What every answer carries and every cookie is (SR-4.1 to 4.4).

The demo world speaks plain HTTP on loopback: there the Secure attribute, the `__Host-` prefix and the redirect to
HTTPS drop, and nothing else.
"""

from csp.constants import NONCE, NONE, SELF

from config.base import DEMO
from config.environment import boolean, integer

SECURE = not DEMO
_PREFIX = "__Host-" if SECURE else ""

SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked by machines inside
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"

# Set BEHIND_PROXY=1 only where a proxy of ours writes these two headers itself (SR-4.9).
BEHIND_PROXY = boolean("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = integer("TRUSTED_PROXY_COUNT", 1) if BEHIND_PROXY else 0

SESSION_COOKIE_NAME = f"{_PREFIX}sessionid"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_PREFIX}csrftoken"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.errors.forged"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # a cookie would name partners

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}
CONTENT_SECURITY_POLICY_OF_JSON = {"default-src": [NONE], "frame-ancestors": [NONE]}

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # SR-4.8
