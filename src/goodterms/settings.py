"""Django's settings, made from Goodterms' own (see goodterms.config)."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from goodterms.config import SettingsFaulty, home, read_settings

GOODTERMS: dict[str, str] = read_settings()
GOODTERMS_HOME: Path = home()


def _database(url: str) -> dict[str, Any]:
    if not url:
        return _sqlite(str(GOODTERMS_HOME / "goodterms.sqlite3"))
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path.removeprefix("/")) if parts.path != "/:memory:" else ":memory:")
    if parts.scheme not in {"postgresql", "postgres"}:
        raise SettingsFaulty(
            f"GOODTERMS_DATABASE_URL begins with '{parts.scheme}'; it must be sqlite:///path or postgresql://…"
        )
    return {
        "ENGINE": "goodterms.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def _sqlite(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            # Take the write lock at BEGIN: a transaction that reads and then writes must not find the base moved.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # 16 MB of pages: more is what the system keeps of the file anyway, and would only be kept twice.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16384; "
            # So that INSERT OR REPLACE can't slip past the triggers that refuse deletion.
            "PRAGMA recursive_triggers=ON;",
        },
    }


DATABASES = {"default": _database(GOODTERMS["GOODTERMS_DATABASE_URL"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "goodterms",
]
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # The queue of the workers; its tables come with ours.
    INSTALLED_APPS += ["procrastinate.contrib.django"]
PROCRASTINATE_IMPORT_PATHS = ["goodterms.mailings.workers.tasks"]
AUTH_USER_MODEL = "goodterms.User"
SECRET_KEY = "unused: nothing is signed with it; Goodterms keeps its keys in the data folder"  # noqa: S105
ANYMAIL = {
    "WEBHOOK_SECRET": GOODTERMS["GOODTERMS_WEBHOOK_SECRET"],
    "MAILGUN_WEBHOOK_SIGNING_KEY": GOODTERMS["GOODTERMS_MAILGUN_SIGNING_KEY"],
}
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
DEBUG = False
