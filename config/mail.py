"""How mail goes out: files in `var/mail` in the demo world, elsewhere the server that `EMAIL_URL` names."""

from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.base import DEMO, VAR_DIR
from config.environment import optional_secret, text

DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", "Ringfence <no-reply@ringfence.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = VAR_DIR / "mail"

_address = urlsplit(optional_secret("EMAIL_URL", ""))  # smtp+tls://name:password@host:587 or smtps://…:465
if _address.scheme not in {"", "smtp+tls", "smtps"} or (_address.scheme and not _address.hostname):
    raise ImproperlyConfigured(
        "EMAIL_URL cannot be read. Write smtp+tls://name:password@host:587 or smtps://…:465."
    )
EMAIL_BACKEND = (
    f"django.core.mail.backends.{'filebased' if DEMO and not _address.scheme else 'smtp'}.EmailBackend"
)
EMAIL_HOST = _address.hostname or "localhost"
EMAIL_PORT = _address.port or (465 if _address.scheme == "smtps" else 587)
EMAIL_HOST_USER = unquote(_address.username or "")
EMAIL_HOST_PASSWORD = unquote(_address.password or "")
EMAIL_USE_TLS = _address.scheme == "smtp+tls"
EMAIL_USE_SSL = _address.scheme == "smtps"
