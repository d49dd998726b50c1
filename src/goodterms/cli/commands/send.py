"""send, unknown, resolve; and sending the welcome message, which is a send like any other."""

from typing import Any

import click

from goodterms.accounts.mail import mail_addresses
from goodterms.accounts.office import Office
from goodterms.cli.commands.updates import audience_lines, audience_values, count_audience
from goodterms.cli.context import command, copies_of, now, open_office, rulebook_of
from goodterms.cli.output import Refused, answer, progress, strong, table
from goodterms.delivery.actions.resolve import resolve
from goodterms.delivery.actions.send import Sent, send
from goodterms.delivery.drain import drain_on_signals
from goodterms.delivery.models import Delivery
from goodterms.delivery.queries import copy_named, count_waiting, unknown_copies
from goodterms.delivery.rules.outcomes import RunOutcome
from goodterms.delivery.vehicles.email.server import read_server
from goodterms.delivery.vehicles.email.transport import SmtpTransport
from goodterms.delivery.vehicles.transport import RunStopped
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.policy.rules import Reason
from goodterms.policy.words import REASONS
from goodterms.updates.models import Update
from goodterms.updates.queries import get_update

BY_EMAIL = click.option(
    "--vehicle", type=click.Choice([Vehicle.EMAIL.value]), default=Vehicle.EMAIL.value, show_default=True
)
DRY_RUN = click.option("--dry-run", is_flag=True, help="Show whom it would go to, and send nothing.")


@command("send")
@click.argument("update")
@BY_EMAIL
@DRY_RUN
def send_(update: str, vehicle: str, dry_run: bool) -> None:
    """Send UPDATE to everybody who may have it; again, only what is still owed.

    Each person's standing is looked at once more in the moment before their copy leaves. Ctrl-C ends it in order.
    """
    office = open_office()
    send_update(office, get_update(office.owner, update), Vehicle(vehicle), dry_run=dry_run)


def send_update(office: Office, update: Update, vehicle: Vehicle, *, dry_run: bool) -> None:
    """Send an update or a welcome message, or count whom it would go to, and print what came of it."""
    if dry_run:
        found = count_audience(office, update, vehicle, at=now())
        answer({**audience_values(found), "dry_run": True}, *audience_lines(found))
        return
    server = read_server(mail_addresses(office).smtp)
    with progress() as shown, drain_on_signals() as should_stop:
        task = shown.add_task(f"sending '{update.subject}'", total=None)

        def planned(waiting: int) -> None:
            shown.update(task, total=waiting)

        def went_on(outcome: RunOutcome) -> None:
            shown.update(task, completed=_done(outcome))

        try:
            sent = send(
                office,
                copies_of(office, update),
                SmtpTransport(server),
                rulebook=rulebook_of(office),
                clock=now,
                worker="cli",
                planned=planned,
                progress=went_on,
                should_stop=should_stop,
            )
        except RunStopped as stop:
            raise Refused(str(stop), _values(stop.sent) if isinstance(stop.sent, Sent) else {}) from stop
    answer(_values(sent), *_lines(office, update, sent))


def _done(outcome: RunOutcome) -> int:
    return outcome.accepted + outcome.deferred + outcome.refused + outcome.unknown + sum(outcome.skipped.values())


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


def _lines(office: Office, update: Update, sent: Sent) -> list[Any]:
    outcome = sent.outcome
    others = {"deferred": outcome.deferred, "refused": outcome.refused, "unknown": outcome.unknown}
    told = [f"Accepted {outcome.accepted:,}", *(f"{word} {count:,}" for word, count in others.items() if count)]
    rows = [(f"{count:,}", REASONS[Reason(reason)]) for reason, count in sent.skipped.items()]
    lines: list[Any] = [
        strong(f"{', '.join(told)}, in {outcome.seconds:.1f} s."),
        table(["not sent to", "because"], rows),
    ]
    waiting = count_waiting(office.owner, update)
    if waiting:
        lines.append(f"{waiting:,} copies wait: say the same again later.")
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
