"""What every other settings module builds on: where we are, where state goes, and which profile is in force."""

from pathlib import Path

from config.environment import boolean, integer, listed, secret, text

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(text("RINGFENCE_VAR", str(BASE_DIR / "var")))
DEMO = boolean("DEMO")
DEBUG = boolean("DEBUG")
PORT = integer("PORT", 8000)

SECRET_KEY = secret("SECRET_KEY", VAR_DIR, generate=DEMO)
SECRET_KEY_FALLBACKS = listed("SECRET_KEY_FALLBACKS")
# "<key id>:<base64 of 32 bytes>", newest first
MASTER_KEYS = secret("RINGFENCE_MASTER_KEYS", VAR_DIR, generate=DEMO)

BASE_URL = text("RINGFENCE_BASE_URL", f"http://127.0.0.1:{PORT}" if DEMO else "https://ringfence.example")
ALLOWED_HOSTS = listed("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"] if DEMO else [])
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS")
USE_X_FORWARDED_HOST = False  # issuer and links come from BASE_URL (SR-4.6)
CONTROLLER_NAME = text("CONTROLLER_NAME", "Ringfence")  # who the data controller is, on receipts
