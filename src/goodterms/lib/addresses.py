"""E-mail addresses and profile addresses: one normal form to know them by, a wider one to suppress them by."""

import re
import unicodedata
from urllib.parse import unquote

from email_validator import EmailNotValidError, validate_email

_PROFILE = re.compile(r"^(?:https?://)?(?:[\w-]+\.)?linkedin\.com/in/(?P<slug>[^/?#\s]+)", re.IGNORECASE)
_SLUG = re.compile(r"^[^\s/@?#<>\"]{2,300}$")
_INVISIBLE = {"Cf", "Cc"}
_DOTLESS_DOMAINS = {"gmail.com", "googlemail.com"}


def normalise_email(text: str) -> str | None:
    """Give an address with its domain in lower case and its A-label form undone, or None where it is none.

    The local part keeps its case: RFC 5321 section 2.4 leaves it to the receiving host.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=True)
    except EmailNotValidError:
        return None
    return found.normalized


def widen_email(address: str) -> str:
    """Give the form under which an address is suppressed: case, plus-tag and Gmail's dots do not matter.

    It matches more than it must, on purpose: a wrong match costs a message, a missed one costs a promise.
    """
    local, _, domain = unicodedata.normalize("NFKC", address).casefold().rpartition("@")
    local = local.partition("+")[0]
    if domain in _DOTLESS_DOMAINS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def normalise_profile(text: str) -> str | None:
    """Give the decoded lower-case slug of a LinkedIn profile address, or None where it is none.

    Connections.csv percent-encodes it, Invitations.csv and messages.csv write it raw; endorsements leave out the scheme.
    """
    match = _PROFILE.match(text.strip())
    return normalise_slug(match["slug"]) if match else None


def normalise_slug(text: str) -> str | None:
    """Give the decoded lower-case form of a bare slug, or None where it can't be one."""
    slug = unicodedata.normalize("NFC", unquote(text.strip())).rstrip("/")
    return slug.lower() if _SLUG.match(slug) and ":" not in slug else None


def widen_slug(slug: str) -> str:
    """Give the form under which a profile is suppressed: compatibility forms, case and invisible signs do not matter."""
    folded = unicodedata.normalize("NFKC", slug).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign) not in _INVISIBLE)


def profile_url(slug: str) -> str:
    """Give the address of the profile with this slug."""
    return f"https://www.linkedin.com/in/{slug}"
