"""desk list, next, sent, not-sent, skip."""

from typing import Any

import click

from goodterms.accounts.office import Office
from goodterms.cli.context import command, copies_of, now, open_office, person_named, rulebook_of
from goodterms.cli.output import Refused, answer, strong, table
from goodterms.desk.actions import look_again, mark_not_sent, mark_sent, skip
from goodterms.desk.queries import message_for, queue_of, sent_by_hand, today, what_was_seen
from goodterms.terms.queries import text_in_force
from goodterms.terms.rules import Place
from goodterms.updates.actions import add_welcome
from goodterms.updates.models import Update
from goodterms.updates.queries import get_update

_UPDATE = click.argument("update", metavar="UPDATE|welcome")


@click.group()
def desk() -> None:
    """Write to people by hand through LinkedIn: one at a time, the strongest ties first.

    UPDATE is an update, or the word welcome for the welcome message. Goodterms never touches LinkedIn: you send.
    """


@command("next")
@_UPDATE
def next_(update: str) -> None:
    """Show who is next for UPDATE, with their profile's address and the message to send."""
    office = open_office()
    moment, rulebook, one = now(), rulebook_of(office), _update(office, update)
    queue, day = queue_of(office.owner, one, rulebook, now=moment), today(office.owner, rulebook, now=moment)
    counts = {"waiting": queue.waiting, "skipped": queue.skipped, "today": day.done, "allowance": day.allowance}
    if queue.first is None:
        answer({**counts, "person": None}, f"Nobody waits for '{one}'.", *_passed_over(queue.skipped, update))
        return
    ready = message_for(copies_of(office, one), _person(office, queue.first), rulebook, now=moment)
    values = {"person": ready.person.pk, "name": str(ready.person), "profile": ready.profile, "text": ready.text}
    answer(
        {**counts, **values, "signs": len(ready.text), "too_long": ready.is_too_long},
        strong(str(ready.person)),
        ready.profile,
        f"\n{ready.text}\n",
        f"{len(ready.text):,} of {ready.most_signs:,} signs; {day.done} of {day.allowance} sent in 24 hours; "
        f"{queue.waiting:,} wait. Sent? goodterms desk sent {update} {ready.person.pk}",
    )


@command("sent")
@_UPDATE
@click.argument("person")
def sent_(update: str, person: str) -> None:
    """Record that you sent PERSON their copy of UPDATE; refused where they may not get it (any more)."""
    office = open_office()
    one, whom = _update(office, update), person_named(office, person)
    delivery = mark_sent(office, copies_of(office, one), whom, rulebook_of(office), now=now())
    answer({"person": whom.pk, "update": one.pk, "message_id": delivery.message_id}, f"{whom} has '{one}'.")


@command("not-sent")
@_UPDATE
@click.argument("person")
def not_sent(update: str, person: str) -> None:
    """Say that what you marked as sent to PERSON did not leave. The ledger keeps both, and the last word counts."""
    office = open_office()
    one, whom = _update(office, update), person_named(office, person)
    found = sent_by_hand(office.owner, one).filter(person=whom).first()
    if found is None:
        raise Refused(f"'{one}' is not marked as sent to {whom} by hand. Nothing was changed.")
    mark_not_sent(office.owner, found, now=now())
    answer({"person": whom.pk, "update": one.pk}, f"{whom} waits for '{one}' again.")


@command("skip")
@_UPDATE
@click.argument("person", required=False)
@click.option("--again", is_flag=True, help="Let everybody passed over come again.")
def skip_(update: str, person: str | None, again: bool) -> None:
    """Pass PERSON over for UPDATE."""
    office = open_office()
    one = _update(office, update)
    if again:
        count = look_again(office.owner, one)
        answer({"update": one.pk, "again": count}, f"{count:,} come again.")
        return
    if person is None:
        raise click.UsageError("Name the person, or say --again.")
    whom = person_named(office, person)
    skip(office.owner, one, whom, now=now())
    answer({"update": one.pk, "person": whom.pk}, f"{whom} is passed over for '{one}'.")


@command("list")
@click.option("--limit", default=50, show_default=True, help="How many to list.")
def list_(limit: int) -> None:
    """List what you marked as sent, the newest first, and what the newest archive shows of it."""
    office = open_office()
    found = what_was_seen(office.owner, list(sent_by_hand(office.owner)[:limit]))
    values = [_values(one.delivery.update, one.delivery.person_id, one.delivery.person.name) | {
        "sent_at": one.delivery.finished_at, "seen": one.seen.value} for one in found]  # fmt: skip
    rows = [(v["update"], v["person"], v["name"], v["sent_at"], v["seen"].replace("_", " ")) for v in values]
    answer({"sent": values}, table(["update", "person", "name", "sent", "in the archive"], rows))


def _values(update: Update, person: int, name: str) -> dict[str, Any]:
    return {"update": update.pk, "person": person, "name": name}


def _update(office: Office, name: str) -> Update:
    if name != "welcome":
        return get_update(office.owner, name)
    moment, owner = now(), office.owner
    text, terms = (text_in_force(owner, place, moment) for place in (Place.WELCOME, Place.UPDATE))
    return add_welcome(owner, text, terms=terms, now=moment)


def _person(office: Office, number: int) -> Any:
    return person_named(office, str(number))


def _passed_over(skipped: int, update: str) -> list[str]:
    return [f"{skipped:,} were passed over: goodterms desk skip {update} --again"] if skipped else []


for _command in (next_, sent_, not_sent, skip_, list_):
    desk.add_command(_command)

COMMANDS = (desk,)
