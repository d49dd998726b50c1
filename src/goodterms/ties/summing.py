"""Keeping what exchanges add up to, so that a list of thousands need not read them."""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.ledger.turns import share_turn
from goodterms.people.models import Person
from goodterms.ties.models import TieChoice, TieSum
from goodterms.ties.rules import EPOCH, HALF_LIFE, ONE_SIDED, SATURATION, WEIGHTS

_DAY = timedelta(days=1)
_A_DAY = math.log(2) / (HALF_LIFE / _DAY)
# What is older has long ceased to count, and a number must not become too small to be one.
_OLDEST_DAYS = 20_000


def sum_ties(owner: Owner, persons: Iterable[int], *, now: datetime) -> None:
    """Make the sums of persons anew, those of whoever they were merged into; needed where what they rest on changed.

    Call it in the transaction of that change. An exchange of later than `now` counts as one of now.
    """
    share_turn(owner)
    for batch in sql.batches(sorted(set(persons)), 1_000):
        roots = _hold(owner, batch)
        TieSum.objects.filter(owner=owner, person__in=roots).delete()
        halves = Person.objects.filter(Q(pk__in=roots) | Q(merged_into__in=roots), owner=owner)
        group = sorted(halves.values_list("pk", flat=True))
        if group:
            sql.execute(_statement(owner.pk, group), [sql.moment(now)] * 2)
            _keep_choices(owner, roots)


def _hold(owner: Owner, persons: list[int]) -> list[int]:
    """Give persons and whoever they were merged into; nobody else sums them up until the transaction ends.

    Two that read at once what is there would each leave out what the other adds.
    """
    known = Person.objects.filter(owner=owner).order_by("pk").select_for_update(no_key=True)
    roots = {root for root in known.filter(pk__in=persons).values_list("merged_into_id", flat=True) if root}
    roots = set(known.filter(pk__in=roots - {*persons}).values_list("pk", flat=True)) if roots else roots
    return sorted({*persons, *roots})


def _keep_choices(owner: Owner, roots: list[int]) -> None:
    chosen = TieChoice.objects.filter(owner=owner, person__in=roots, strength__isnull=False, person__merged_into=None)
    for person, strength in chosen.values_list("person_id", "strength"):
        nothing = {"owner": owner, "theirs": 0.0, "ours": 0.0, "then": 0.0, "chosen": strength}
        TieSum.objects.update_or_create(
            owner=owner, person_id=person, defaults={"chosen": strength}, create_defaults=nothing
        )


def _statement(owner: int, group: list[int]) -> str:
    """Give the statement that sums up a group of persons; it takes the moment of now twice."""
    kinds = " ".join(f"WHEN '{kind}' THEN {value!r}" for kind, value in WEIGHTS.items())
    root = "COALESCE(p.merged_into_id, p.id) AS root"
    known = "p.owner_id = said.owner_id AND p.id = person_id"
    mine = f"{known} WHERE p.owner_id = {owner} AND person_id IN ({', '.join(map(str, group))})"
    least = "LEAST" if sql.is_postgresql() else "MIN"
    mutual = f"{2 * (1 - ONE_SIDED)!r} * {least}(theirs, ours) / (theirs + ours)"
    return f"""
        INSERT INTO goodterms_tiesum (person_id, owner_id, theirs, ours, last_at, "then")
        SELECT root, {owner}, theirs, ours, last_at,
          (1 - EXP(-(theirs + ours) / {_grown("last_at")} / {SATURATION!r})) * ({ONE_SIDED!r} + {mutual})
        FROM (
          SELECT root, SUM(CASE WHEN by_owner THEN 0.0 ELSE counts END) AS theirs,
            SUM(CASE WHEN NOT by_owner THEN 0.0 ELSE counts END) AS ours, MAX(at) AS last_at
          FROM (
            SELECT root, by_owner, at, (CASE kind {kinds} END) * {_grown("at")} AS counts
            FROM (
              SELECT {root}, kind, by_owner, at FROM goodterms_exchange said JOIN goodterms_person p ON {mine}
              UNION ALL
              SELECT {root}, kind, NULL, at FROM goodterms_note said JOIN goodterms_person p ON {mine} AND kind = 'met'
            ) AS said
          ) AS counted
          GROUP BY root
        ) AS summed
    """  # noqa: S608 - numbers and words of ours only


def _grown(column: str) -> str:
    """Give what something of a moment counts as of EPOCH where it counted 1 then; one of after now counts as of now."""
    if sql.is_postgresql():
        days = f"EXTRACT(EPOCH FROM LEAST({column}, %s::timestamptz))::float8 / 86400 - {EPOCH.timestamp() / 86400!r}"
        return f"EXP({_A_DAY!r} * GREATEST({days}, -{_OLDEST_DAYS}))"
    days = f"julianday(MIN({column}, %s)) - julianday('{EPOCH:%Y-%m-%d}')"
    return f"EXP({_A_DAY!r} * MAX({days}, -{_OLDEST_DAYS}))"
