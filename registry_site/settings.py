"""The only reader of the environment. A bad value stops the start with one clear sentence."""

import ipaddress
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _whole_number(name: str, default: str, allowed: range, words: str) -> int:
    text = env.str(name, default=default)
    if not text.isdecimal() or int(text) not in allowed:
        raise ImproperlyConfigured(f"{name}={text!r} is not understood: give {words}.")
    return int(text)


def _boolean(name: str, default: bool) -> bool:
    text = env.str(name, default="").strip().lower()
    if text in {"", "0", "1", "true", "false", "yes", "no", "on", "off"}:
        return default if not text else text in {"1", "true", "yes", "on"}
    raise ImproperlyConfigured(f"{name}={text!r} is not understood: give 1 or 0.")


def _trusted_proxies() -> int:
    text = env.str("TRUSTED_PROXY", default="")
    return (
        int(text) if text.isdecimal() and int(text) < 10 else int(_boolean("TRUSTED_PROXY", False))
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _secret_key() -> str:
    key = env.str("SECRET_KEY", default="")
    if key:
        return key
    if DATABASE_URL:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set: with DATABASE_URL every web process needs the same one; "
            "set it to 50 or more random characters."
        )
    path = DATA_DIR / "secret_key"
    try:
        if not path.exists():
            DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(50))
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR={str(DATA_DIR)!r} can't be written ({error.strerror}): "
            "give a folder that this user may write."
        ) from error


def _store() -> str:
    scheme = urlsplit(STORAGE_URL).scheme
    if scheme not in STORES:
        raise ImproperlyConfigured(
            f"STORAGE_URL={STORAGE_URL!r} is not understood: give file:///absolute/folder."
        )
    return STORES[scheme]


def _storage_folder() -> Path:
    parts = urlsplit(STORAGE_URL)
    if parts.scheme != "file" or parts.netloc or not parts.path.startswith("/"):
        raise ImproperlyConfigured(
            f"STORAGE_URL={STORAGE_URL!r} is not understood: give file:///absolute/folder."
        )
    return Path(unquote(parts.path))


def _base_url() -> str:
    text = env.str("BASE_URL", default="").rstrip("/")
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path):
        raise ImproperlyConfigured(
            f"BASE_URL={text!r} is not understood: give http:// or https:// and a host, no path."
        )
    return text


# ------------------------------------------------------------------ the machine
HOST = env.str("HOST", default="127.0.0.1")
PORT = _whole_number("PORT", "8000", range(1, 65536), "a number from 1 to 65535")
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).absolute()
DATABASE_URL = env.str("DATABASE_URL", default="")
STORAGE_URL = env.str("STORAGE_URL", default=(DATA_DIR / "files").as_uri())
STORES = {"file": "artifacts.store.folder.FolderStore"}  # classes, by the scheme of STORAGE_URL
STORE = _store()
STORAGE_FOLDER = _storage_folder()
BASE_URL = _base_url()
DEBUG = _boolean("DEBUG", False)
DEMO = _boolean("DEMO", _is_loopback(HOST) and not DATABASE_URL)
SIGNUP = _boolean("SIGNUP", False)
SERVER_TIMING = _boolean("SERVER_TIMING", False)
SECRET_KEY = _secret_key()

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
if not ALLOWED_HOSTS:
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    if BASE_URL:
        ALLOWED_HOSTS.append(urlsplit(BASE_URL).hostname)
    elif not _is_loopback(HOST):
        raise ImproperlyConfigured(
            f"HOST={HOST} is reachable by others: set BASE_URL to the address that people use, "
            "or ALLOWED_HOSTS to the host names that this server answers to."
        )
TRUSTED_PROXY = _trusted_proxies()  # the number of proxies
if TRUSTED_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL else []
CSRF_FAILURE_VIEW = "registry_site.accounts.views.interruptions.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")

# ------------------------------------------------------------------ Django
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "template_partials",
    "django_tasks",
    "django_tasks_db",
    "registry_site",
    "registry_site.accounts",
    "artifacts",
    "registries",
]
MIDDLEWARE = [
    "registry_site.middleware.server_timing",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "registry_site.middleware.content_security_policy",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "registry_site.middleware.ForPages",  # and here pages alone pass PAGE_MIDDLEWARE
    "registry_site.middleware.DomainErrors",
]
PAGE_MIDDLEWARE = [
    "registry_site.middleware.CompressedPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "registry_site.accounts.views.interruptions.LoginRequired",
    "registry_site.middleware.user_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "registry_site.urls"
WSGI_APPLICATION = "registry_site.wsgi.application"
APPEND_SLASH = False  # a redirected POST of the SDK would lose its body
_LOADERS = (
    "django.template.loaders.cached.Loader",
    [
        "registry_site.texts.unindented.UnindentedLoader",
        "django.template.loaders.app_directories.Loader",
    ],
)
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", [_LOADERS])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "artifacts.context_processors.rail",
            ],
        },
    }
]

# ------------------------------------------------------------------ data
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASE_URL:
    try:
        DATABASES = {"default": env.db_url_config(DATABASE_URL)}
    except (ValueError, KeyError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(
            "DATABASE_URL is not understood: give postgres://user:password@host:port/name."
        ) from error
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database (postgres://…).")
    # Statements are planned once per connection: planning took longer than running them.
    options = {"server_side_binding": True, "prepare_threshold": 3, "connect_timeout": 5}
    options |= DATABASES["default"].get("OPTIONS", {})
    DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    DATABASES["default"]["ENGINE"] = "registry_site.queries.postgres"
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "cairn.sqlite3",
            # IMMEDIATE takes the write lock at the start of a transaction and waits for it;
            # an upgrade from reader to writer in the middle would fail at once instead.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
            },
            "CONN_MAX_AGE": None,
        }
    }

# Tasks wait in the database for the worker (artifacts/services/worker.py).
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# bytes of a form with 100,000 characters, percent-encoded or sealed; for the SDK see bodies.py
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
GRAPHQL_CORE = _boolean("GRAPHQL_CORE", False)  # in place of graphql/execution/compiled.py
GRAPHQL_MAX_DOCUMENT = 64 * 2**10  # characters; the SDK's longest document has about 6,000
SIGNED_URL_SECONDS = 24 * 3600  # how long an upload or download address works
# how long a deleted version can be restored
TRASH_DAYS = _whole_number("TRASH_DAYS", "7", range(36_501), "a number of days, 0 or more")

# ------------------------------------------------------------------ people
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "registries:home"
PASSWORD_HASHERS = ["registry_site.accounts.authentication.hashers.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# not cached_db: each process has its own cache, in which a logged-out session would live on
SESSION_ENGINE = "registry_site.accounts.authentication.sessions"
AUTHENTICATION_BACKENDS = ["registry_site.accounts.authentication.backends.PeopleWithRoles"]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ------------------------------------------------------------------ languages
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ja", "日本語")]
LOCALE_PATHS = [BASE_DIR / "registry_site" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# ------------------------------------------------------------------ static files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
FILE_UPLOAD_PERMISSIONS = 0o600  # for collected static files, as for everything in DATA_DIR
STORAGES = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}

# ------------------------------------------------------------------ safety
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_HSTS_SECONDS = 365 * 24 * 3600  # sent over https only
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_telemetry": {"()": "registry_site.server.logs.NoTelemetry"}},
    "loggers": {"django.request": {"filters": ["no_telemetry"]}},
    "formatters": {
        "line": {
            "()": "registry_site.server.logs.Formatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
