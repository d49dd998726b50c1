"""Django's settings for the pages: Goodterms' own, plus what only a browser needs.

The command line leaves them out, so that a command starts without them.
"""

import os
from typing import Any

from csp.constants import NONE, SELF

from goodterms import __version__
from goodterms.settings import *  # noqa: F403 -- the same settings, and more
from goodterms.settings import GOODTERMS, GOODTERMS_HOME
from goodterms.settings import INSTALLED_APPS as _APPS
from goodterms.web.access.secret import read_secret
from goodterms.web.uploads import MOST_OF_A_FORM, folder_of

ON_LAPTOP = os.environ.get("GOODTERMS_SERVE", "laptop") == "laptop"
"""Whether the pages answer on this machine alone, for whoever holds the link that the terminal printed."""

DEBUG = False
SECRET_KEY = read_secret(GOODTERMS_HOME / "keys")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
_PUBLIC = GOODTERMS["GOODTERMS_PUBLIC_URL"]
if _PUBLIC:
    ALLOWED_HOSTS.append(_PUBLIC.partition("://")[2].partition("/")[0].partition(":")[0])
ROOT_URLCONF = "goodterms.web.urls"
ASGI_APPLICATION = "goodterms.web.asgi.application"

INSTALLED_APPS = [
    *_APPS,
    "goodterms.web",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "heroicons",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "goodterms.web.access.account_urls.in_one_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "goodterms.web.access.seen.SeenNowAndThen",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "goodterms.web.faults.FaultPages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "goodterms.web.templatetags.web",
                "heroicons.templatetags.heroicons",
                "django.contrib.humanize.templatetags.humanize",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "goodterms.web.frame.frame",
            ],
        },
    }
]

# Accounts, where others than the person at this machine sign in.
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # as the command line, which starts without Argon2, writes it
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "UserAttributeSimilarityValidator")
]
AUTH_PASSWORD_VALIDATORS[0]["OPTIONS"] = {"min_length": 10}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_ADAPTER = "goodterms.web.access.adapter.MembersOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "enter"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/15m/key", "login": "30/m/ip", "reset_password": False}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Goodterms"
MFA_FORMS = {"add_webauthn": "goodterms.web.access.forms.AddKeyForm"}
USERSESSIONS_TRACK_ACTIVITY = True

# What the browser may load: our own files and nothing written into the page.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_NAME = "goodterms"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not ON_LAPTOP
SECURE_SSL_REDIRECT = not ON_LAPTOP
SECURE_HSTS_SECONDS = 0 if ON_LAPTOP else 31_536_000
# Whether other names under this one speak TLS too is for whoever runs them to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = None if ON_LAPTOP else ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = MOST_OF_A_FORM
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_TEMP_DIR = folder_of(GOODTERMS_HOME)

STATIC_URL = f"static/{__version__}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 300

USE_I18N = True
USE_THOUSAND_SEPARATOR = True
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"), ("pt", "Português")]
