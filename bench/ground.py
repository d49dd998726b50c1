"""The owner and the made-up people that benchmarks stand on."""

import csv
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEADER = ("First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On")
_FIRST = ("Ada", "Bo", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana", "Ida", "Jon", "Kim", "Lea", "Max", "Noa")
_LAST = ("Adams", "Brown", "Clark", "Diaz", "Evans", "Ford", "Green", "Hall", "Ito", "Jones", "Kaya", "Lopez")
_MESSAGE_HEADER = (
    "CONVERSATION ID", "CONVERSATION TITLE", "FROM", "SENDER PROFILE URL", "TO", "RECIPIENT PROFILE URLS", "DATE",
    "SUBJECT", "CONTENT", "FOLDER", "ATTACHMENTS", "IS MESSAGE DRAFT",
)  # fmt: skip


def begin() -> None:
    """Set Django up and make the tables in the data folder."""
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def clock() -> Callable[[], float]:
    """Give the clock for reading and reckoning: the processor's time where the database works in this process too.

    So other work on the machine does not show. PostgreSQL works in processes of its own.
    """
    from goodterms import sql  # noqa: PLC0415 - Django is set up by then

    return time.perf_counter if sql.is_postgresql() else time.process_time


def make_office() -> Any:
    """Make the owner; give the office (goodterms.accounts.office), whose type is known once Django is set up."""
    from goodterms.accounts.actions import make_owner  # noqa: PLC0415 - the tables exist once Django is set up
    from goodterms.accounts.keys import read_keys  # noqa: PLC0415
    from goodterms.accounts.office import Office  # noqa: PLC0415

    home = settings.GOODTERMS_HOME
    owner, _ = make_owner(
        home, name="Alice Adams", email="alice@home.example", profile="alice-adams", strategy="connection_opt_in",
        now=NOW,
    )  # fmt: skip
    return Office(owner=owner, keys=read_keys(home / "keys"), folder=home)


def connections(count: int, *, promoted: int = 0) -> Iterator[tuple[str, ...]]:
    """Give rows of Connections.csv; the first `promoted` have another position."""
    for number in range(count):
        first, last = _FIRST[number % len(_FIRST)], _LAST[number % len(_LAST)]
        day = date(2012, 1, 1) + timedelta(days=number % 5_000)
        email = f"{first}.{number}@mail.example".lower() if number % 33 == 0 else ""
        yield (
            first, f"{last} {number}", f"https://www.linkedin.com/in/{first.lower()}-{number}", email,
            f"Company {number % 4_000}", "Director" if number < promoted else f"Position {number % 300}",
            day.strftime("%d %b %Y"),
        )  # fmt: skip


def messages(count: int, people: int) -> Iterator[tuple[str, ...]]:
    """Give rows of messages.csv, by turns from the owner and to them."""
    owner = ("Alice Adams", "https://www.linkedin.com/in/alice-adams")
    for number in range(count):
        place = number * 7 % people
        first = _FIRST[place % len(_FIRST)]
        other = (
            f"{first} {_LAST[place % len(_LAST)]} {place}",
            f"https://www.linkedin.com/in/{first.lower()}-{place}",
        )
        sender, receiver = (owner, other) if number % 2 else (other, owner)
        at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=number * 37)
        yield (
            f"conversation-{place}", "", *sender, *receiver, at.strftime("%Y-%m-%d %H:%M:%S UTC"), "",
            f"How are you? This is number {number}.", "INBOX", "", "No",
        )  # fmt: skip


def write_csv(path: Path, header: tuple[str, ...], rows: Iterator[tuple[str, ...]], *, preamble: str = "") -> Path:
    """Write a table as LinkedIn does."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(preamble)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def write_archive(folder: Path, name: str, *, people: int, message_count: int, promoted: int = 0) -> Path:
    """Write an archive of connections and messages."""
    preamble = 'Notes:\n"Some addresses are left out."\n\n'
    tables = {
        "Connections.csv": write_csv(
            folder / "connections.csv", HEADER, connections(people, promoted=promoted), preamble=preamble
        ),
        "messages.csv": write_csv(folder / "messages.csv", _MESSAGE_HEADER, messages(message_count, people)),
    }
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for inner, path in tables.items():
            archive.write(path, inner)
    return folder / name


def add_willing_people(owner: int, count: int) -> dict[str, object]:
    """Add people who may all be written to by e-mail; give what stands in the standing of each."""
    from django.db import transaction  # noqa: PLC0415

    from goodterms import sql  # noqa: PLC0415
    from goodterms.ledger.models import Standing  # noqa: PLC0415
    from goodterms.ledger.rules.bearing import Basis, Bearing  # noqa: PLC0415
    from goodterms.ledger.rules.standing import Connection, Email  # noqa: PLC0415
    from goodterms.people.models import Identity, Person  # noqa: PLC0415

    bearing = Bearing(
        connection=Connection.CONNECTED, basis=Basis.CONFIRMED_OPT_IN, welcomed=True, email=Email.USABLE
    ).encode()
    state, at = '{"connection": "connected", "email": "usable"}', sql.moment(NOW)
    blank = dict.fromkeys(("company", "position", "slug", "email", "name_key", "folded"), "")
    first = (Person.objects.order_by("-id").values_list("id", flat=True).first() or 0) + 1
    for numbers in sql.batches(range(first, first + count), 50_000):
        with transaction.atomic():
            people = ((n, owner, n, f"Anna{n % 50}", f"L{n}", *blank.values(), at) for n in numbers)
            sql.insert_rows(Person, ("id", "owner_id", "uid", "first_name", "last_name", *blank, "created_at"), people)
            named = ((owner, n, "email", f"p{n}@mail.example", f"{n:064}", True, "owner", at) for n in numbers)
            columns = ("owner_id", "person_id", "kind", "value", "key", "is_current", "source", "seen_at")
            sql.insert_rows(Identity, columns, named)
            standings = ((n, owner, state, bearing) for n in numbers)
            sql.insert_rows(Standing, ("person_id", "owner_id", "state", "bearing"), standings)
    sql.execute("ANALYZE")
    return {"bearing": bearing, "state": state, "last_update_at": None}
