"""E-mail and profile addresses: one normal form to know them by, a wider one to suppress them by."""

import re
import unicodedata
from urllib.parse import unquote

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

_PROFILE = re.compile(r"^(?:https?://)?(?:[\w-]+\.)?linkedin\.com/in/(?P<slug>[^/?#\s]+)", re.IGNORECASE)
_PLAIN_PROFILE = re.compile(r"https://www\.linkedin\.com/in/(?P<slug>[A-Za-z0-9-]{2,300})/?")
_SLUG = re.compile(r"[^\s\x00-\x1f\x7f-\x9f/@?#<>\"]{2,300}")
_INVISIBLE = {"Cf", "Cc"}
_PLAIN_LABEL = r"(?!..--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN_EMAIL = re.compile(
    rf"(?P<local>[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@(?P<domain>(?:{_PLAIN_LABEL}\.)+(?P<top>[A-Za-z]{{2,63}}))"
)
_SPECIAL_TOPS = {name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES} - {"test"}
_DOTLESS_DOMAINS = {"gmail.com", "googlemail.com"}


def normalise_email(text: str) -> str | None:
    """Give an address with its domain in lower case and its A-label form undone, or None where it is none.

    The local part keeps its case: RFC 5321 section 2.4 leaves it to the receiving host.
    """
    stripped = text.strip()
    plain = _PLAIN_EMAIL.fullmatch(stripped)
    # Nearly all addresses are plain, and asking the validator about them takes ten times as long.
    if plain and len(plain["local"]) <= 64 and len(stripped) <= 254 and plain["top"].lower() not in _SPECIAL_TOPS:
        return f"{plain['local']}@{plain['domain'].lower()}"
    return _validated(stripped)


def _validated(text: str) -> str | None:
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True, allow_smtputf8=True)
    except EmailNotValidError:
        return None
    return found.normalized if "." in found.domain else None


def mask_email(address: str) -> str:
    """Give an address so that its holder knows it and nobody else learns it: the first sign and the domain."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}" if local else ""


def widen_email(address: str) -> str:
    """Give the form under which an address is suppressed.

    Case, compatibility forms, plus-tag, A-labels (RFC 5890) and Gmail's dots do not matter. It matches more
    than it must, on purpose: a wrong match costs a message, a missed one costs a promise.
    """
    local, _, domain = _folded(address).rpartition("@")
    if "xn--" in domain:
        domain = _folded(".".join(map(_without_a_label, domain.split("."))))
    local = local.partition("+")[0]
    if domain in _DOTLESS_DOMAINS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _folded(text: str) -> str:
    # A second time: folding can leave what folds again.
    once = unicodedata.normalize("NFKC", text).casefold()
    return once if once.isascii() else unicodedata.normalize("NFKC", once).casefold()


def _without_a_label(label: str) -> str:
    try:
        return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label


def normalise_profile(text: str) -> str | None:
    """Give the decoded lower-case slug of a LinkedIn profile address, or None where it is none.

    Connections.csv percent-encodes it, Invitations.csv and messages.csv write it raw; endorsements leave out
    the scheme.
    """
    plain = _PLAIN_PROFILE.fullmatch(text)
    if plain:
        return plain["slug"].lower()
    match = _PROFILE.match(text.strip())
    return normalise_slug(match["slug"]) if match else None


def normalise_slug(text: str) -> str | None:
    """Give the decoded lower-case form of a bare slug, or None where it can't be one."""
    slug = unicodedata.normalize("NFC", unquote(text.strip())).rstrip("/")
    return slug.lower() if _SLUG.fullmatch(slug) and ":" not in slug else None


def widen_slug(slug: str) -> str:
    """Give the form under which a profile is suppressed: compatibility forms, case, invisible signs."""
    if slug.isascii() and slug.isprintable():
        return slug.lower()
    return "".join(sign for sign in _folded(slug) if unicodedata.category(sign) not in _INVISIBLE)


def profile_url(slug: str) -> str:
    """Give the address of the profile with this slug."""
    return f"https://www.linkedin.com/in/{slug}"
