"""What every door begins with, be it a command or a page: the owner's office, rulebook, copies and pace."""

import secrets
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from goodterms.accounts.keys import read_keys
from goodterms.accounts.mail import list_must_be_outside, list_server_address, mail_addresses
from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.config import home, read_settings
from goodterms.delivery.actions.pacing import Pacer
from goodterms.delivery.copies import Copies
from goodterms.delivery.own_pace import pace_in_force, zone_of
from goodterms.delivery.vehicles.list_server.address import read_list_server
from goodterms.delivery.vehicles.list_server.server import ListServer
from goodterms.delivery.vehicles.transport import Transport, carry_one, letter_of
from goodterms.delivery.ways import Way, read_way
from goodterms.exits.actions.reconcile import reconcile_where_needed
from goodterms.feedback.actions.answers import count_waiting, send_answers
from goodterms.feedback.actions.pending import expire_pending
from goodterms.ledger.actions.seal import seal
from goodterms.policy.rulebook import read_rulebook
from goodterms.policy.rules import Rulebook
from goodterms.updates.message import Mailbox, domain_of, message_id, plain_message
from goodterms.updates.models import Update
from goodterms.updates.signing import Signer, read_signer
from goodterms.updates.signing_keys import signer_for

_LOOK_SECONDS = 0.5


def now() -> datetime:
    """Read the clock: the one place where a door does."""
    return datetime.now(UTC)  # noqa: TID251 -- this is the door


def open_office(owner: Owner, *, tell: Callable[[str], None]) -> Office:
    """Give the owner's office, once the keys fit the database and no exit is forgotten by it.

    `tell` is given a sentence for each thing that had to be mended. Raises KeysWrong where the keys do not fit.
    """
    office = office_of(owner)
    recovered = reconcile_where_needed(office, now=now())
    if recovered:
        tell(f"The database had forgotten {recovered} suppressions, as an older copy does; they were put back.")
    expired = expire_pending(office, now=now())
    if expired:
        tell(f"{expired} doubtful messages had waited for you for seven days: they are exits now.")
    return office


def send_waiting_answers(office: Office) -> Counter[str]:
    """Send the short answers that wait, and seal that; give how many were sent, refused, open, waiting.

    Where no way out is set they wait. Raises RunStopped where it can't be reached, SettingsFaulty where it is none.
    """
    addresses = mail_addresses(office)
    if not addresses.can_send or not count_waiting(office):
        return Counter()
    counts = send_answers(
        office,
        transport_for(office),
        public_url=read_settings()["GOODTERMS_PUBLIC_URL"],
        reply_address=addresses.unsubscribe,
        clock=now,
    )
    seal(office.owner, office.keys, now=now())
    return counts


def send_short_mail(office: Office, address: str, *, subject: str, text: str) -> None:
    """Send one mail that its receiver asked for just now, once; raises RunStopped where the server can't be reached."""
    owner = office.owner
    named = message_id(secrets.token_hex(16), owner.email.rpartition("@")[2])
    message = plain_message(
        text,
        sender=Mailbox(address=owner.email, name=owner.name),
        recipient=Mailbox(address=address),
        subject=subject,
        headers={"Message-ID": named, "Auto-Submitted": "auto-replied"},
        now=now(),
    )
    transport = transport_for(office)
    transport.open()
    try:
        carry_one(transport, letter_of(message, named))
    finally:
        transport.close()


def office_of(owner: Owner) -> Office:
    """Give the owner's office and change nothing. Raises KeysWrong where the keys do not fit the database."""
    return Office(owner=owner, keys=read_keys(home() / "keys", owner.keys_fingerprint), folder=home())


def rulebook_of(office: Office) -> Rulebook:
    """Give the rulebook by which the owner's updates go out."""
    return read_rulebook(read_settings()["GOODTERMS_RULEBOOK"], office.owner.strategy)


def copies_of(office: Office, update: Update) -> Copies:
    """Give the copies of an update, as the settings say where ways out lead."""
    return Copies(
        update=update,
        token_key=office.keys.token,
        unsubscribe_address=mail_addresses(office).unsubscribe,
        public_url=read_settings()["GOODTERMS_PUBLIC_URL"],
        signer=signer_of(office),
    )


def signer_of(office: Office) -> Signer | None:
    """Give what signs the owner's mail: their own key, else that of the settings; None where its way out signs."""
    provider = mail_addresses(office).provider
    return None if provider else signer_for(office) or installations_signer(office)


def installations_signer(office: Office) -> Signer | None:
    """Give what signs by the keys of the settings; None without a selector there."""
    settings = read_settings()
    selector = settings["GOODTERMS_DKIM_SELECTOR"]
    if not selector:
        return None
    path = Path(settings["GOODTERMS_DKIM_KEYS"] or home() / "keys" / "dkim.pem").expanduser()
    domain = settings["GOODTERMS_DKIM_DOMAIN"] or office.owner.email.rpartition("@")[2]
    return read_signer(path, selector=selector, domain=domain_of(domain))


def way_of(office: Office) -> Way:
    """Give the way that the owner's mail leaves by; raises SettingsFaulty where there is none."""
    return read_way(mail_addresses(office))


def transport_for(office: Office) -> Transport:
    """Give what carries a few letters of the owner's, which no pace counts; raises SettingsFaulty."""
    return way_of(office).transport(1)


def pacer_for(office: Office, way: Way, *, should_stop: Callable[[], bool] = lambda: False) -> Pacer:
    """Give what keeps the pace of the account that mail leaves by; raises PaceFaulty."""
    return Pacer(
        owner=office.owner,
        account=f"{way.user or office.owner.email} {way.host}".lower(),
        pace=pace_in_force(office.owner, way).pace,
        zone=zone_for(office),
        rest=lambda until: wait_until(until, should_stop),
    )


def paced_transport(office: Office, *, should_stop: Callable[[], bool] = lambda: False) -> tuple[Transport, Pacer]:
    """Give what carries an owner's updates, and the pace that they keep; raises SettingsFaulty."""
    way = way_of(office)
    pacer = pacer_for(office, way, should_stop=should_stop)
    return way.transport(pacer.pace.connections), pacer


def list_server_of(office: Office) -> ListServer:
    """Give the list that the owner's posts go to; raises ListServerFaulty where there is none."""
    return read_list_server(list_server_address(office), must_be_outside=list_must_be_outside(office))


def wait_until(until: datetime, should_stop: Callable[[], bool] = lambda: False) -> None:
    """Wait until a moment, or until asked to stop; a clock that is set back meanwhile lengthens nothing."""
    over_at = time.monotonic() + (until - now()).total_seconds()
    while not should_stop() and (left := min(over_at - time.monotonic(), (until - now()).total_seconds())) > 0:
        time.sleep(min(left, _LOOK_SECONDS))


def zone_for(office: Office) -> tzinfo:
    """Give the time zone of the owner's day: as they named it, else this machine's."""
    return zone_of(office.owner) or local_zone()


def local_zone() -> tzinfo:
    """Give the time zone of this machine, summer time included."""
    try:
        with Path("/etc/localtime").open("rb") as file:
            return ZoneInfo.from_file(file, key="local")
    except (OSError, ValueError):
        offset = now().astimezone().utcoffset() or timedelta(0)
        return timezone(offset) if offset else UTC
