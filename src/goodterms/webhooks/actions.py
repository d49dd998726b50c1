"""Adding webhooks, and telling them what is new."""

import secrets
import uuid
from collections.abc import Callable, Collection
from datetime import datetime
from urllib.parse import urlsplit

import orjson
from django.db.models import F

from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.accounts.sealing import open_text, seal_text
from goodterms.ledger.queries.entries import entries_after, newest_entry
from goodterms.ledger.rules.kinds import Kind
from goodterms.lib.faults import Fault
from goodterms.lib.moments import write_moment
from goodterms.webhooks.models import Webhook
from goodterms.webhooks.posting import NotTold, post
from goodterms.webhooks.queries import due_webhooks, webhooks_of
from goodterms.webhooks.rules import SIGNATURE, event_of, pause_after, read_kinds, signature

Poster = Callable[[str, bytes, dict[str, str]], None]
"""Posts a body with headers to an address, or raises NotTold."""
_MOST_EVENTS = 100


class WebhookFaulty(Fault):
    """A webhook can't be added or removed as asked."""


def add_webhook(
    office: Office, url: str, *, kinds: Collection[Kind] = (), may_be_local: bool = False, now: datetime
) -> tuple[Webhook, str]:
    """Tell an address of every entry from now on; give the webhook and the secret that signs its messages.

    Only https addresses; `may_be_local` also lets http through to this machine. Raises WebhookFaulty.
    """
    if not _may_be_told(url.strip(), may_be_local=may_be_local):
        raise WebhookFaulty(f"'{url}' is no https address. Nothing was done; events name people, so they go by https.")
    secret = "gw_" + secrets.token_urlsafe(32)
    made = Webhook.objects.create(
        owner=office.owner,
        uid=uuid.uuid4().hex,
        url=url.strip(),
        secret=seal_text(office, secret),
        kinds=",".join(sorted(kinds)),
        last_entry=newest_entry(office.owner),
        due_at=now,
        created_at=now,
    )
    return made, secret


def _may_be_told(url: str, *, may_be_local: bool) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_local = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    return bool(parts.hostname) and (parts.scheme == "https" or (is_local and may_be_local))


def remove_webhook(owner: Owner, number: int) -> None:
    """Tell an address nothing more; raise WebhookFaulty where the owner has no such webhook."""
    deleted, _ = webhooks_of(owner).filter(pk=number).delete()
    if not deleted:
        raise WebhookFaulty(f"There is no webhook {number}. Nothing was done.")


def tell_webhooks(office: Office, *, now: datetime, poster: Poster = post) -> int:
    """Tell every webhook that is due what it does not know yet; give how many messages were taken.

    At least once and in order: what was not taken is told again, after pauses that grow; each event has the number of
    its entry, by which a receiver knows what it has. Call it again and again, as a worker does.
    """
    return sum(_tell(office, webhook, now=now, poster=poster) for webhook in due_webhooks(office.owner, now=now))


def _tell(office: Office, webhook: Webhook, *, now: datetime, poster: Poster) -> int:
    entries = entries_after(office.owner, webhook.last_entry, _MOST_EVENTS)
    if not entries:
        return 0
    kinds = read_kinds(webhook.kinds)
    events = [event_of(entry) for entry in entries if not kinds or entry.kind in kinds]
    mine = Webhook.objects.filter(owner=webhook.owner_id, pk=webhook.pk, last_entry=webhook.last_entry)
    if events:
        body = orjson.dumps({"webhook": webhook.uid, "sent_at": write_moment(now), "events": events})
        headers = {SIGNATURE: signature(open_text(office, webhook.secret), body, now)}
        try:
            poster(webhook.url, body, headers)
        except NotTold as fault:
            due_at = now + pause_after(webhook.failures + 1)
            mine.update(failures=F("failures") + 1, fault=str(fault)[:500], due_at=due_at)
            return 0
    mine.update(last_entry=entries[-1].id, failures=0, fault="", told_at=now)
    return int(bool(events))
