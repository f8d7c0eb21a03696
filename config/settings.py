"""All settings, one module. The environment decides; docs/operating.md lists every name.

`DEMO=1` (what `make run` sets) turns on the demo world and the plain-HTTP loopback profile; it is refused on a
public host. Everything else is the production profile.
"""

from config import refusals
from config.api import *  # noqa: F403
from config.audit import *  # noqa: F403
from config.base import *  # noqa: F403
from config.base import ALLOWED_HOSTS, BASE_DIR, BASE_URL, DEBUG, DEMO, MASTER_KEYS, PORT, SECRET_KEY, VAR_DIR
from config.database import *  # noqa: F403
from config.logs import LOGGING as LOGGING
from config.mail import *  # noqa: F403
from config.oauth import *  # noqa: F403
from config.partners import *  # noqa: F403
from config.partners import EGRESS_LOOPBACK_PORTS
from config.rest import *  # noqa: F403
from config.retention import RETENTION_DAYS as RETENTION_DAYS
from config.retention import RETENTION_LEAST_DAYS as RETENTION_LEAST_DAYS
from config.signin import *  # noqa: F403
from config.web import *  # noqa: F403
from config.work import *  # noqa: F403

refusals.demo_on_a_public_host(demo=DEMO, hosts=ALLOWED_HOSTS, base_url=BASE_URL)
refusals.debug_in_production(debug=DEBUG, demo=DEMO)
refusals.loopback_egress_outside_the_demo(ports=EGRESS_LOOPBACK_PORTS, demo=DEMO)
refusals.no_such_port(port=PORT)
refusals.no_host_to_answer_for(hosts=ALLOWED_HOSTS)
refusals.weak_secret_key(key=SECRET_KEY)
refusals.unreadable_master_keys(keys=MASTER_KEYS)

INSTALLED_APPS = [
    "config",
    "records.members",
    "records",
    "audit.log",
    "audit.proofs",
    "audit.exports",
    "audit.oversight",
    "audit.web",
    "consent.grants",
    "consent.gate",
    "consent.web",
    "integrations.oauth",
    "integrations.tokens",
    "integrations.api",
    "integrations.events",
    "integrations.api_v1",
    "integrations.connectors",
    "integrations.deliveries",
    "integrations.intake",
    "integrations.privacy",
    "integrations.alexa",
    "integrations.apple_health",
    "integrations.clue",
    "integrations.corepower_yoga",
    "integrations.flo",
    "integrations.headspace",
    "integrations.health_connect",
    "integrations.natural_cycles",
    "integrations.open",
    "integrations.own_program",
    "integrations.stelo",
    "integrations.strava",
    "integrations.technogym",
    "integrations.the_sculpt_society",
    "integrations.simulators",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "oauth2_provider",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "django_htmx",
    "template_partials",
]

MIDDLEWARE = [
    "config.headers.ContentPolicy",  # outermost: redirects, files and errors carry it too
    "config.headers.Privacy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.sessions.SessionEnds",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "consent.web.failing.FailedForms",
]

# `one_account_per_email` is unique on lower(email), which this check cannot see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
