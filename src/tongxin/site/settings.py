"""Settings, all from the environment; what is not safe to guess has no default in `run` mode."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured

from tongxin.site import database, outside

structlog.configure(  # tracebacks without the values of variables: those may be secrets
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ],
    logger_factory=structlog.PrintLoggerFactory(sys.stderr),
)

ROOT = Path(__file__).resolve().parents[3]
MODE = os.environ.get("TONGXIN_MODE", "run")  # demo | run | test
if MODE not in {"demo", "run", "test"}:
    raise ImproperlyConfigured(f"TONGXIN_MODE is {MODE!r}; it must be demo, run or test")
DEMO = MODE == "demo"

DATA = Path(os.environ.get("TONGXIN_DATA") or ROOT / "var" / MODE).resolve()
DATA.mkdir(parents=True, exist_ok=True)
REGION_PACK = Path(os.environ.get("TONGXIN_REGION") or ROOT / "regions" / "jingjinji").resolve()
NODE = os.environ.get("TONGXIN_NODE", "main")
NODE_KEY = os.environ.get(
    "TONGXIN_NODE_KEY", ""
)  # file of the node's key, where it is not in the data folder
NODE_CA = os.environ.get(
    "TONGXIN_NODE_CA", ""
)  # file of the authorities that peers' certificates are checked by
PORT = int(os.environ.get("TONGXIN_PORT", "8000"))
if (
    MODE != "run" and NODE != "main"
):  # nodes of a try share this machine's name, and a browser tells cookies apart by that alone
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"sessionid-{NODE}", f"csrftoken-{NODE}"
TILE_URL = os.environ.get("TONGXIN_TILE_URL", "")
TILE_CRS = os.environ.get("TONGXIN_TILE_CRS", "wgs84")
if TILE_CRS not in {"wgs84", "gcj02"}:
    raise ImproperlyConfigured(f"TONGXIN_TILE_CRS is {TILE_CRS!r}; it must be wgs84 or gcj02")
MAP_APPROVAL = os.environ.get("TONGXIN_MAP_APPROVAL", "")  # 审图号; public pages show a map only with it

DEMO_SECRET = "demo-only-not-a-secret-change-before-any-real-use"
SECRET_KEY = os.environ.get("TONGXIN_SECRET_KEY", DEMO_SECRET if MODE != "run" else "")
DEBUG = False
ALLOWED_HOSTS = [
    h for h in os.environ.get("TONGXIN_HOSTS", "localhost,127.0.0.1" if MODE != "run" else "").split(",") if h
]
ORIGIN = os.environ.get("TONGXIN_ORIGIN", f"http://localhost:{PORT}")
if MODE == "run" and (not SECRET_KEY or SECRET_KEY == DEMO_SECRET or len(SECRET_KEY) < 32):
    raise ImproperlyConfigured("set TONGXIN_SECRET_KEY to at least 32 random characters")
if MODE == "run" and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("set TONGXIN_HOSTS to the host names of this server, comma-separated")


def _megabytes(name: str, default: int, *, most: int) -> int:
    """Return a size in bytes that the environment gives in megabytes."""
    given = os.environ.get(name, str(default))
    if not given.isdecimal() or not 1 <= int(given) <= most:
        raise ImproperlyConfigured(f"{name} is {given!r}; it must be a number of megabytes from 1 to {most}")
    return int(given) * 2**20


INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "tongxin.heart.ledger",
    "tongxin.heart.region",
    "tongxin.heart.exchange",
    "tongxin.heart.events",
    "tongxin.heart.agreements",
    "tongxin.heart.cases",
    "tongxin.heart.measures",
    "tongxin.connectors",
    "tongxin.petals.ecology",
    "tongxin.petals.services",
    "tongxin.site",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tongxin.site.middleware.ActingMiddleware",
    "tongxin.site.shown_again.ShownAgainMiddleware",
    "tongxin.site.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "tongxin.site.urls"
WSGI_APPLICATION = "tongxin.site.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "src" / "tongxin" / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tongxin.site.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "tongxin.site.templatetags.tongxin"],
        },
    }
]

DATABASES = {"default": database.from_url(os.environ.get("TONGXIN_DATABASE_URL", ""), DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_USER_MODEL = "region.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_begin"
REQUIRE_MFA = os.environ.get("TONGXIN_REQUIRE_MFA", "1" if MODE == "run" else "0") not in {
    "",
    "0",
    "no",
    "off",
}
TRUSTED_PROXIES = int(
    os.environ.get("TONGXIN_PROXIES", "0")
)  # how many proxies in front write X-Forwarded-For

# allauth: no sign-up, no e-mail; our own lock-out (site/account/lockout.py) counts wrong tries in the database.
ACCOUNT_ADAPTER = "tongxin.site.account.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False
ACCOUNT_FORMS = {
    "login": "tongxin.site.account.forms.SignIn",
    "reauthenticate": "tongxin.site.account.forms.PasswordAgain",
    "change_password": "tongxin.site.account.forms.NewPassword",
}
MFA_ADAPTER = "tongxin.site.account.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = MODE != "run"  # http://localhost; elsewhere passkeys need https
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RATE_LIMITS = False
MFA_FORMS = {
    "authenticate": "tongxin.site.account.forms.SecondFactor",
    "reauthenticate": "tongxin.site.account.forms.SecondFactorAgain",
    "activate_totp": "tongxin.site.account.forms.NewAuthenticator",
    "add_webauthn": "tongxin.site.account.forms.NewPasskey",
    "edit_webauthn": "tongxin.site.account.forms.RenamePasskey",
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
_HOUSE = ROOT / "src" / "tongxin"
LOCALE_PATHS = [_HOUSE / part / "locale" for part in ("shared", "site/people", "petals/evidence")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS: list[Path] = []
WHITENOISE_USE_FINDERS = MODE != "run"  # production serves what collectstatic gathered
WHITENOISE_AUTOREFRESH = MODE != "run"  # a bundle built anew is found without a new start
WHITENOISE_MAX_AGE = 3600

CSRF_FAILURE_VIEW = "tongxin.site.refusals.csrf"
SHELL_COUNTS = "tongxin.site.counts.shell_counts"
SCORES_FREEZE_DAY = int(
    os.environ.get("TONGXIN_SCORES_FREEZE_DAY", "5")
)  # of the month after, on the region's wall
if not 1 <= SCORES_FREEZE_DAY <= 28:
    raise ImproperlyConfigured("TONGXIN_SCORES_FREEZE_DAY is a day of the month from 1 to 28")
# Where the ticker runs: `thread` in the server process, `worker` in a process of its own, `off` nowhere (tests).
_TICKER = {"sqlite3": "thread", "postgresql": "worker"}[DATABASES["default"]["ENGINE"].rpartition(".")[2]]
TICKER = os.environ.get("TONGXIN_TICKER", "off" if MODE == "test" else _TICKER)
TICKER_SECONDS = int(os.environ.get("TONGXIN_TICKER_SECONDS", "15"))
VERIFY_HOURS = int(
    os.environ.get("TONGXIN_VERIFY_HOURS", "24")
)  # between two looks over the whole ledger; 0: none

# What leaves through the connectors: the mail server, and networks that are not public and may be called all the same.
MAIL = outside.mail(os.environ.get("TONGXIN_SMTP_URL", ""), kept_in=None if MODE == "run" else DATA / "mail")
MAIL_READY = MAIL["ready"]
EMAIL_BACKEND, EMAIL_FILE_PATH = MAIL["backend"], MAIL["folder"]
EMAIL_HOST, EMAIL_PORT = MAIL["host"], MAIL["port"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL["user"], MAIL["password"]
EMAIL_USE_TLS, EMAIL_USE_SSL, EMAIL_TIMEOUT = MAIL["starttls"], MAIL["tls"], 20
DEFAULT_FROM_EMAIL = os.environ.get("TONGXIN_MAIL_FROM", "tongxin@localhost")
WEBHOOK_NETWORKS = outside.networks(os.environ.get("TONGXIN_WEBHOOK_NETWORKS", ""))

# Files that are handed in: what is larger than one paper may be, or one request, is not read to its end.
PAPER_MAX_BYTES = _megabytes("TONGXIN_PAPER_MB", 20, most=100)  # one paper; a procedure may ask for less
UPLOAD_MAX_BYTES = _megabytes("TONGXIN_UPLOAD_MB", 80, most=1_000)  # one request with all its papers
UPLOADS_LEFT_BYTES = _megabytes("TONGXIN_UPLOADS_LEFT_MB", 10_000, most=1_000_000)  # of strangers, in no case
UPLOAD_ANONYMOUS_BYTES = 2**20  # of one who has not signed in, whatever the address
FILE_UPLOAD_TEMP_DIR = DATA / "uploads"  # never the machine's own: what is handed in stays in the data folder
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**18  # larger requests with files go through a file
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # all that is not a file, and every body of the API but an upload
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_NUMBER_FILES = 30

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = ORIGIN.startswith("https://")
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = [ORIGIN]
if TRUSTED_PROXIES:  # without one, whoever calls could claim this header
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if MODE == "run":
    SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "worker-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "connect-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
if TILE_URL:
    _tile_host = "/".join(TILE_URL.split("/")[:3])
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["connect-src"].append(_tile_host)
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"].append(_tile_host)
