"""send, unknown, resolve; and sending the welcome message, which is a send like any other."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from goodterms.accounts.mail import mail_addresses
from goodterms.accounts.office import Office
from goodterms.cli.commands.mailings import mailing_values
from goodterms.cli.commands.updates import audience_lines, audience_values, count_audience
from goodterms.cli.context import command, copies_of, now, open_office, rulebook_of
from goodterms.cli.output import Refused, answer, strong, table, warn
from goodterms.cli.pace import clock_words
from goodterms.cli.sending import count_words, duration_words, forecast_words, show_sending
from goodterms.delivery.actions.pacing import Pacer
from goodterms.delivery.actions.resolve import resolve
from goodterms.delivery.actions.send import Sent, send
from goodterms.delivery.drain import drain_on_signals
from goodterms.delivery.models import Delivery
from goodterms.delivery.queries import (
    copy_named,
    new_by_receiver,
    next_due_at,
    unknown_copies,
    waiting_by_receiver,
)
from goodterms.delivery.rules.outcomes import RunOutcome
from goodterms.delivery.rules.pacing import Wait, Why
from goodterms.delivery.vehicles.transport import RunStopped
from goodterms.delivery.words import wait_words
from goodterms.doors import paced_transport, pacer_for, way_of, zone_for
from goodterms.feedback.queries import replies_since_update
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.lib.moments import read_moment
from goodterms.mailings.actions.ask import schedule
from goodterms.policy.rules import Reason
from goodterms.policy.words import REASONS
from goodterms.updates.models import Update
from goodterms.updates.queries import get_update

BY_EMAIL = click.option(
    "--vehicle", type=click.Choice([Vehicle.EMAIL.value]), default=Vehicle.EMAIL.value, show_default=True
)
DRY_RUN = click.option(
    "--dry-run", is_flag=True, help="Show whom it would go to and how long it would take, and send nothing."
)


@command("send")
@click.argument("update")
@BY_EMAIL
@DRY_RUN
@click.option(
    "--careful", is_flag=True, help="Send to the safest part only, as the forecast has it, and keep the others back."
)
@click.option("--later", "is_later", is_flag=True, help="Leave it to the workers (goodterms work), and end at once.")
@click.option("--at", "at", metavar="TIME", help="Leave it to the workers, not before this moment (of your time zone).")
def send_(  # noqa: PLR0917 -- click gives each option as an argument
    update: str, vehicle: str, dry_run: bool, careful: bool, is_later: bool, at: str | None
) -> None:
    """Send UPDATE to everybody who may have it; again, only what is still owed.

    Each person's standing is looked at once more in the moment before their copy leaves. Ctrl-C ends it in order.
    The pace of the mail account is kept (GOODTERMS_PACE): short waits are waited for, and told; before a long one, as
    for the next day, it ends and says when to go on. Where the forecast holds the update, nothing is sent until you
    say --careful or goodterms update accept. What workers send with care goes to the part that is careful when its
    time has come.
    """
    office = open_office()
    one = get_update(office.owner, update)
    if not dry_run:
        _tell_of_replies(office, one)
    keep = [] if dry_run else _kept_back(office, one, Vehicle(vehicle), is_careful=careful)
    if (is_later or at) and not dry_run:
        moment = now()
        made = schedule(
            office,
            one,
            read_moment(at, zone_for(office)) if at else moment,
            now=moment,
            asked_by="goodterms send",
            is_careful=careful,
        )
        answer(mailing_values(made), f"Update {one.pk} is left to the workers: goodterms mailing list")
        return
    send_update(office, one, Vehicle(vehicle), dry_run=dry_run, without=keep)


def _tell_of_replies(office: Office, update: Update) -> None:
    count = replies_since_update(office.owner, update).count()
    if count:
        warn(
            f"{count} replies since the last update were taken for no exit. To read them: "
            f"goodterms feedback replies {update.pk}"
        )


def _kept_back(office: Office, update: Update, vehicle: Vehicle, *, is_careful: bool) -> list[int]:
    """Give the persons to keep back, of a careful sending; raise ForecastHolds where nothing may be sent yet."""
    # NumPy takes a quarter of a second to load, and every other command would wait.
    from goodterms.forecast.queries import make_sure_forecast_allows  # noqa: PLC0415
    from goodterms.forecast.rules import Gate  # noqa: PLC0415

    found = make_sure_forecast_allows(
        office.owner, update, vehicle, rulebook=rulebook_of(office), now=now(), is_careful=is_careful
    )
    if found is None:
        return []
    if found.gate is not Gate.NONE:
        warn(f"The forecast: {found.gate}. goodterms forecast {update.pk} says why, and what lowers it.")
    return found.keep if is_careful else []


def send_update(
    office: Office, update: Update, vehicle: Vehicle, *, dry_run: bool, without: Collection[int] = ()
) -> None:
    """Send an update or a welcome message, or count whom it would go to, and print what came of it."""
    if dry_run:
        _show_audience(office, update, vehicle)
        return
    with drain_on_signals() as should_stop:
        transport, pacer = paced_transport(office, should_stop=should_stop)
        with show_sending(office, update, pacer) as shown:
            try:
                sent = send(
                    office,
                    copies_of(office, update),
                    transport,
                    rulebook=rulebook_of(office),
                    clock=now,
                    worker="cli",
                    pacer=pacer,
                    without=without,
                    planned=shown.planned,
                    progress=shown.went_on,
                    should_stop=should_stop,
                )
            except RunStopped as stop:
                raise Refused(
                    stop.at_the_command_line, _values(stop.sent) if isinstance(stop.sent, Sent) else {}
                ) from stop
    rest = _rest(office, update, sent.outcome, pacer)
    answer({**_values(sent), **rest.values()}, *_lines(sent), *rest.lines())


def _show_audience(office: Office, update: Update, vehicle: Vehicle) -> None:
    moment = now()
    found = count_audience(office, update, vehicle, at=moment)
    values: dict[str, Any] = {**audience_values(found), "dry_run": True, "pace": None, "ends_at": None}
    lines = audience_lines(found)
    if mail_addresses(office).can_send:
        pacer = pacer_for(office, way_of(office))
        to_send = waiting_by_receiver(office.owner, update) + new_by_receiver(
            office.owner, update, rulebook_of(office), now=moment
        )
        ends_at = pacer.ends_at(to_send, now=moment) if to_send else None
        values |= {"pace": pacer.pace.name, "ends_at": ends_at}
        lines.append(forecast_words(pacer.pace, ends_at, moment))
    answer(values, *lines)


@dataclass(frozen=True, kw_only=True)
class _Rest:
    """What still waits after a run."""

    waiting: int
    again_at: datetime | None
    """When it makes sense to say the same again."""
    ends_at: datetime | None
    wait: Wait | None
    asked: str
    """The answer by which the mail server asked for a pause, where it did."""

    def values(self) -> dict[str, Any]:
        wait = self.wait and {"until": self.wait.until, "why": self.wait.why, "domain": self.wait.domain}
        return {"waiting": self.waiting, "again_at": self.again_at, "ends_at": self.ends_at, "wait": wait or None}

    def lines(self) -> list[str]:
        if not self.waiting:
            return []
        when = f"after {clock_words(self.again_at)}" if self.again_at else "later"
        lines = [f"{self.waiting:,} wait; say the same again {when}."]
        if self.wait:
            answer_words = f": {self.asked}" if self.wait.why is Why.BACK_OFF and self.asked else ""
            lines.append(f"The pace: {wait_words(self.wait)}{answer_words}.")
        if self.wait and self.ends_at:
            lines.append(f"At this pace the last leaves about {clock_words(self.ends_at)}, if you do each time.")
        return lines


def _rest(office: Office, update: Update, outcome: RunOutcome, pacer: Pacer) -> _Rest:
    moment, waiting = now(), waiting_by_receiver(office.owner, update)
    due_at = next_due_at(office.owner, update)
    times = [at for at in (due_at, outcome.wait.until if outcome.wait else None) if at]
    return _Rest(
        waiting=waiting.total(),
        again_at=max(times) if times and max(times) > moment else None,
        ends_at=pacer.ends_at(waiting, now=moment) if waiting else None,
        wait=outcome.wait,
        asked=pacer.asked(),
    )


def _values(sent: Sent) -> dict[str, Any]:
    outcome = sent.outcome
    return {
        "accepted": outcome.accepted,
        "deferred": outcome.deferred,
        "refused": outcome.refused,
        "unknown": outcome.unknown,
        "skipped": sent.skipped,
        "seconds": round(outcome.seconds, 3),
    }


def _lines(sent: Sent) -> list[Any]:
    outcome = sent.outcome
    rows = [(f"{count:,}", REASONS[Reason(reason)]) for reason, count in sent.skipped.items()]
    lines: list[Any] = [
        strong(f"{count_words(outcome)}, in {duration_words(outcome.seconds)}."),
        table(["not sent to", "because"], rows),
    ]
    if outcome.unknown:
        lines.append("Nobody can say whether the unknown ones arrived; they are never sent again: goodterms unknown")
    return lines


@command()
def unknown() -> None:
    """List the copies of which nobody can say whether they arrived."""
    found = [
        {
            "message_id": copy.message_id,
            "person": copy.person_id,
            "name": copy.person.name,
            "update": copy.update_id,
            "reply": copy.reply,
        }
        for copy in unknown_copies(open_office().owner)
    ]
    rows = [tuple(copy.values()) for copy in found]
    answer({"unknown": found}, table(["message", "person", "name", "update", "last answer"], rows))


@command("resolve")
@click.argument("message_id", metavar="MESSAGE")
@click.option(
    "--as", "as_state", required=True, type=click.Choice(["accepted", "refused", "queued"]), help="What is true of it."
)
def resolve_(message_id: str, as_state: str) -> None:
    """Settle an unknown copy: it arrived, it did not, or it did not and is to be sent again."""
    office = open_office()
    copy = resolve(office.owner, copy_named(office.owner, message_id), Delivery.State(as_state), now=now())
    answer({"message_id": copy.message_id, "state": copy.state}, f"{copy.message_id} is {copy.state} now.")


COMMANDS = (send_, unknown, resolve_)
