"""Where partners are reached and how we identify ourselves there. In the demo world they are simulators on loopback."""

from config.base import DEMO, PORT, VAR_DIR
from config.environment import integers, optional_secret, text

EGRESS_LOOPBACK_PORTS = integers("EGRESS_LOOPBACK_PORTS")
if DEMO:
    EGRESS_LOOPBACK_PORTS = sorted({PORT, *EGRESS_LOOPBACK_PORTS})
SIMULATOR_STORE = VAR_DIR / "simulators.sqlite3"

# Strava moves its base address and retires old paths in 2027, so every address is a setting.
_STRAVA = f"http://127.0.0.1:{PORT}/demo/strava" if DEMO else "https://www.strava.com"
STRAVA_API_URL = text("STRAVA_API_URL", f"{_STRAVA}/api/v3")
STRAVA_AUTHORIZE_URL = text(
    "STRAVA_AUTHORIZE_URL", "/demo/strava/oauth/authorize" if DEMO else f"{_STRAVA}/oauth/authorize"
)
STRAVA_TOKEN_URL = text("STRAVA_TOKEN_URL", f"{_STRAVA}/oauth/token")
STRAVA_REVOKE_URL = text("STRAVA_REVOKE_URL", f"{_STRAVA}/oauth/revoke")
STRAVA_CLIENT_ID = text("STRAVA_CLIENT_ID", "ringfence-demo" if DEMO else "")
STRAVA_CLIENT_SECRET = optional_secret("STRAVA_CLIENT_SECRET", "demo-strava-client-secret" if DEMO else "")
STRAVA_SIGNING_SECRET = optional_secret("STRAVA_SIGNING_SECRET", "")  # unset: events are not signed
