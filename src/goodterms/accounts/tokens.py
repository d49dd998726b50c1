"""Tokens by which programs use the API: for one owner, with scopes, kept as a hash alone."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from goodterms.accounts.models import ApiToken, Owner
from goodterms.accounts.scopes import Scope
from goodterms.lib.canonical import sha256_hex
from goodterms.lib.faults import Fault

_PREFIX = "gt_"
_TOLD_EVERY = timedelta(minutes=1)
"""How exact the last use is: a row written for each call would make the cheapest call an expensive one."""


class TokenFaulty(Fault):
    """A token can't be made or revoked as asked."""


def add_token(
    owner: Owner, name: str, scopes: Collection[Scope], *, expires_at: datetime | None = None, now: datetime
) -> tuple[ApiToken, str]:
    """Make a token and give it with its text, which nobody can read again. Raises TokenFaulty without a scope."""
    if not scopes:
        raise TokenFaulty(f"A token needs at least one scope: {', '.join(Scope)}. Nothing was done.")
    if expires_at is not None and expires_at <= now:
        raise TokenFaulty(f"{expires_at:%Y-%m-%d %H:%M} is past. Nothing was done; name a moment to come.")
    text = _PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        owner=owner,
        name=name.strip() or "token",
        key=_key(text),
        scopes=",".join(sorted(set(scopes))),
        created_at=now,
        expires_at=expires_at,
    )
    return token, text


def revoke_token(owner: Owner, number: int, *, now: datetime) -> ApiToken:
    """End a token; said again, it changes nothing. Raises TokenFaulty where the owner has none of that number."""
    token = ApiToken.objects.filter(owner=owner, pk=number).first()
    if token is None:
        raise TokenFaulty(f"There is no token {number}. Nothing was done.")
    ApiToken.objects.filter(pk=number, revoked_at=None).update(revoked_at=now)
    token.refresh_from_db()
    return token


def tokens_of(owner: Owner) -> QuerySet[ApiToken]:
    """Give an owner's tokens, the newest first."""
    return ApiToken.objects.filter(owner=owner).order_by("-created_at", "-id")


def token_used(text: str, *, now: datetime) -> ApiToken | None:
    """Give the token that a text is, and note its use; None where there is none, or it has ended."""
    open_ = Q(expires_at=None) | Q(expires_at__gt=now)
    token = ApiToken.objects.filter(open_, key=_key(text), revoked_at=None).select_related("owner").first()
    if token and (token.last_used_at is None or now - token.last_used_at > _TOLD_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _key(text: str) -> str:
    # The text holds 256 random bits, so that a plain hash can't be searched back.
    return sha256_hex(text.encode("utf-8", "surrogatepass"))
