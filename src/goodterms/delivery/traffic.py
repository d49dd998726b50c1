"""Between the rows of what left lately and the values that the rules of pacing know."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.delivery.models import Traffic
from goodterms.delivery.rules.pacing import Lately, Span, Why, current

_MOST_AT_ONCE = 400
WHOLE_ACCOUNT = ""
"""In place of a receiving domain."""


def read_traffic(owner: Owner, account: str, domains: Iterable[str]) -> dict[str, Lately]:
    """Give what left lately, by receiving domain; what is not there has no traffic."""
    found: dict[str, Lately] = {}
    for batch in sql.batches(dict.fromkeys(domains), _MOST_AT_ONCE):
        rows = Traffic.objects.filter(owner=owner, account=account, domain__in=batch)
        found |= {row.domain: traffic_of(row) for row in rows}
    return found


def write_traffic(
    owner: Owner, account: str, traffic: Mapping[str, Lately], *, now: datetime, reply: str | None = None
) -> None:
    """Write what left lately, by receiving domain; a reply where one asked for a pause."""
    rows = [
        Traffic(
            owner=owner,
            account=account,
            domain=domain,
            slots=_written(current(lately, now)),
            not_before=lately.not_before,
            why=lately.why.value if lately.not_before else "",
            back_off_seconds=lately.back_off.total_seconds(),
            reply=reply or "",
            touched_at=now,
        )
        for domain, lately in traffic.items()
    ]
    changed = [
        "slots",
        "not_before",
        "why",
        "back_off_seconds",
        "touched_at",
        *(["reply"] if reply is not None else []),
    ]
    Traffic.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["owner", "account", "domain"], update_fields=changed
    )


def traffic_of(row: Traffic) -> Lately:
    """Give what a row says."""
    slots: Mapping[str, Any] = row.slots
    return Lately(
        slots={Span[name]: {int(number): count for number, count in counts.items()} for name, counts in slots.items()},
        not_before=row.not_before,
        why=Why(row.why) if row.why else Why.GAP,
        back_off=timedelta(seconds=row.back_off_seconds),
    )


def _written(lately: Lately) -> dict[str, dict[int, int]]:
    return {span.name: dict(counts) for span, counts in lately.slots.items()}
