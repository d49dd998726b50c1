"""Reviews of stored updates, and whether they may be sent."""

from collections.abc import Iterable
from functools import lru_cache

from goodterms.accounts.models import Owner
from goodterms.ledger.queries.entries import owner_entries
from goodterms.ledger.rules.kinds import Kind, Purpose
from goodterms.lib.faults import Fault
from goodterms.review.draft import draft_of
from goodterms.review.reviewing import Review, review
from goodterms.review.rules import Reads, find_purpose
from goodterms.review.setting import Setting
from goodterms.updates.models import Update


class DraftRefused(Fault):
    """An update can't be sent as it is; the message says why and what to do."""


def review_of(update: Update, *, jurisdictions: tuple[str, ...] = (), earlier: Iterable[str] = ()) -> Review:
    """Review a stored update; `earlier` are the bodies of updates sent before."""
    owner = update.owner
    setting = Setting(
        owner_name=owner.name or owner.email,
        postal_address=owner.postal_address,
        terms=update.footer,
        jurisdictions=jurisdictions,
        earlier=tuple(earlier),
    )
    return review(draft_of(update.subject, update.body, Purpose(update.purpose)), setting)


def deciding_purpose(update: Update) -> Purpose:
    """Give the purpose an update is decided by: what reads commercial is so, whatever is declared or explained.

    A welcome message tells newcomers the owner's terms and is what its kind says.
    """
    if update.purpose == Purpose.COMMERCIAL or update.kind == Update.Kind.WELCOME:
        return Purpose(update.purpose)
    return _purpose_found(update.subject, update.body)


@lru_cache(maxsize=64)
def _purpose_found(subject: str, body: str) -> Purpose:
    return find_purpose(draft_of(subject, body, Purpose.NETWORKING)).purpose


def explanation_of(owner: Owner, update: Update) -> str | None:
    """Give the owner's newest explanation why an update is networking."""
    entries = owner_entries(owner, Kind.UPDATE_EXPLAINED)
    said = [entry.detail["text"] for entry in entries if entry.detail["update"] == update.uid]
    return said[-1] if said else None


def is_unexplained(owner: Owner, update: Update) -> bool:
    """Say whether the owner must say first why an update is networking."""
    if update.kind == Update.Kind.WELCOME:
        return False
    return review_of(update).needs_explanation and explanation_of(owner, update) is None


def make_sure_it_may_go(owner: Owner, update: Update, *, earlier: Iterable[str] = ()) -> None:
    """Raise DraftRefused where an update must be mended, or explained, before it is sent.

    `earlier` are what all its receivers have had, as the members of a list: then it must not say the same once more.
    """
    if update.kind == Update.Kind.WELCOME:
        return
    found = review_of(update, earlier=earlier)
    stops = [finding for finding in found.stops if not finding.rule.startswith("tone.")]
    stops += [finding for finding in found.findings if finding.rule == "repeated.same"]
    if stops:
        why = " ".join(f"{finding.rule}: {finding.reason} {finding.remedy}" for finding in stops)
        raise DraftRefused(f"Nothing was sent. {why}")
    if found.needs_explanation and explanation_of(owner, update) is None:
        is_mixed = found.purpose.reads is Reads.MIXED
        typed = f'To say so: goodterms update explain {update.pk} "..."' if is_mixed else ""
        raise DraftRefused(_unexplained(found), typed=typed)


def _unexplained(found: Review) -> str:
    offers = "; ".join(finding.reason for finding in found.purpose.offers[:3])
    way = "Leave it out, or declare purpose: commercial (it then goes to confirmed opt-ins only)"
    if found.purpose.reads is Reads.MIXED:
        way += ", or say why it is networking"
    return f"Nothing was sent. The update says it is networking and reads {found.purpose.reads}: {offers} {way}."
