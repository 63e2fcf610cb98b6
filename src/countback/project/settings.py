"""Django's settings, made from the environment and nothing else."""

from __future__ import annotations

import os
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from countback.project import database, environment

ENVIRONMENT = environment.read(os.environ)

SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
DEBUG = False

INSTALLED_APPS = [
    "countback.accounts",
    "countback.audit",
    "countback.ledger",
    "countback.arrangements",
    "countback.worklists",
    "countback.dashboards",
    "countback.alerts",
    "countback.subscriptions",
    "countback.project",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "countback.project.middleware.measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "countback.project.middleware.dated",
    "countback.project.guide.around.toured",
]

ROOT_URLCONF = "countback.project.urls"
WSGI_APPLICATION = "countback.project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "countback.project.navigation.navigation",
                "countback.project.guide.around.guide",
            ]
        },
    }
]

POSTGRES = ENVIRONMENT.data / "postgres"
"""Folder of the database of its own."""

MIRROR = ENVIRONMENT.data / "mirror"
COMPILED = ENVIRONMENT.data / "compiled"
"""Folder of the ledger's mirror."""

TARGETS = "countback.alerts.queries.targets"
"""What gives the dashboards the targets that people set: neither package may know the other."""

REPORTS = "countback.dashboards.sent"
"""What can be sent as a report beside the board pack."""

UPLOADS = ENVIRONMENT.data / "uploads"
"""Folder of files that people sent, until they are imported or given up."""

UPLOAD_BYTES = ENVIRONMENT.upload_bytes
FILE_UPLOAD_TEMP_DIR = ENVIRONMENT.data / "sent"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
STRATEGY = ENVIRONMENT.data / "strategy.toml"
ALERTS_PRIVATE_NETWORKS = ENVIRONMENT.private_networks
SOURCES = ENVIRONMENT.sources
SOURCES_CA = ENVIRONMENT.sources_ca

DATABASES = {"default": database.settings_of(ENVIRONMENT.database_url or database.address(POSTGRES))}

TIME_ZONE = ENVIRONMENT.time_zone.key
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.data / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# People: accounts
INSTALLED_APPS += ["allauth.usersessions", "allauth.socialaccount.providers.openid_connect"]
AUTH_USER_MODEL = "accounts.Person"
ACCESS_GUARD = "countback.accounts.access.needs"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ["email", "name"]}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]  # fmt: skip
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "countback.accounts.entrance.Entrance"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people come by invitation, which is sent to their address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a stranger cannot have us write to any address
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True  # as long as SESSION_COOKIE_AGE says, and no longer
ACCOUNT_LOGIN_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "reset_password": "20/m/ip,3/h/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(ENVIRONMENT.behind_tls)  # the one that ends TLS says who asks
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Countback"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENVIRONMENT.behind_tls  # http://localhost
SOCIALACCOUNT_ADAPTER = "countback.accounts.entrance.OidcEntrance"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form that leads to another site is what form-action forbids
SOCIALACCOUNT_STORE_TOKENS = False
_OIDC = ENVIRONMENT.oidc
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "company",
                "name": "your company account",
                "client_id": _OIDC.known_as,
                "secret": _OIDC.secret,
                "settings": {"server_url": _OIDC.url},
            }
        ]
        if _OIDC
        else [],
    }
}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",  # all processes count attempts together
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Safety
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.behind_tls
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.behind_tls else None
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.behind_tls else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ENVIRONMENT.hosts if ENVIRONMENT.behind_tls]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 << 20
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# Mail
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from
SERVER_EMAIL = parseaddr(ENVIRONMENT.mail_from)[1]
_MAIL = urlsplit(ENVIRONMENT.mail_url or "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if ENVIRONMENT.mail_url else 'console'}.EmailBackend"
EMAIL_HOST = _MAIL.hostname or "localhost"
EMAIL_PORT = _MAIL.port or 25
EMAIL_HOST_USER = unquote(_MAIL.username or "")
EMAIL_HOST_PASSWORD = unquote(_MAIL.password or "")
EMAIL_USE_TLS = _MAIL.scheme == "smtp+tls"
EMAIL_USE_SSL = _MAIL.scheme == "smtps"
EMAIL_TIMEOUT = 20

LOGGING_CONFIG = "countback.project.logs.configure"
LOGGING: dict[str, object] = {}
