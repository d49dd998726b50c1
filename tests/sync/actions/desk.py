"""An owner at work: archives written of a few words, read, and asked what became of whom."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from goodterms.accounts.actions import make_owner
from goodterms.accounts.keys import read_keys
from goodterms.accounts.office import Office
from goodterms.feedback.actions.exports import sync_and_obey
from goodterms.ledger.models import Standing
from goodterms.ledger.queries.entries import entries_of
from goodterms.ledger.rules.bearing import Bearing
from goodterms.ledger.rules.kinds import Kind, Vehicle
from goodterms.people.models import Identity, Person
from goodterms.people.queries import find_person
from goodterms.policy.queries.audiences import recipients
from goodterms.policy.queries.decisions import Question, decision_for
from goodterms.policy.rulebook import read_rulebook
from goodterms.policy.rules import Decision, UpdateFacts
from goodterms.sync.rules import Report
from goodterms.terms.actions import mark_welcomed, put_in_force
from goodterms.terms.rules import Place
from tests.sync.exports.exports_at_hand import CONNECTIONS_HEADER, write_zip

BEGINNING = datetime(2026, 2, 2, 9, tzinfo=UTC)
TERMS = "Connecting with me means that you get my personal updates now and then."
_MESSAGES = "CONVERSATION ID,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER"
RULEBOOK = read_rulebook("", "connection_opt_in")


def row(slug: str, name: str = "Ann Lee", *, email: str = "", company: str = "Acme", on: str = "05 Jan 2026") -> str:
    """Give a row of Connections.csv."""
    first, _, last = name.partition(" ")
    url = f"https://www.linkedin.com/in/{slug}" if slug else ""
    return f"{first},{last},{url},{email},{company},Weaver,{on}"


@dataclass
class Desk:
    """An owner with terms since long ago, and the clock."""

    folder: Path
    now: datetime = BEGINNING
    read_so_far: int = 0
    office: Office = field(init=False)

    def __post_init__(self) -> None:
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        owner, _ = make_owner(
            home, name="Olga Owner", email="olga@owner.test", profile="olga-owner", strategy="", now=self.now
        )
        self.office = Office(owner=owner, keys=read_keys(home / "keys"), folder=home)
        since = datetime(2025, 1, 1, tzinfo=UTC)
        put_in_force(owner, Place.PROFILE, TERMS, from_at=since, until_at=None, now=self.now)

    def tick(self, **later: int) -> datetime:
        self.now += timedelta(**later) if later else timedelta(minutes=1)
        return self.now

    def write(self, *rows: str, on: str = "", messages: Iterable[str] = (), **tables: str) -> Path:
        """Write an archive made on a day (MM-DD-YYYY; today if not given)."""
        self.read_so_far += 1
        folder = self.folder / f"archive{self.read_so_far}"
        folder.mkdir()
        day = on or f"{self.now:%m-%d-%Y}"
        files = {"Connections.csv": "\n".join([CONNECTIONS_HEADER, *rows])}
        if messages:
            files["messages.csv"] = "\n".join([_MESSAGES, *messages])
        files["made.txt"] = f"{self.now} {self.read_so_far}"  # no two archives of LinkedIn's are the same
        files |= {f"{name}.csv": content for name, content in tables.items()}
        return write_zip(folder / f"Basic_LinkedInDataExport_{day}.zip", files)  # type: ignore[arg-type]

    def read(self, *rows: str, on: str = "", messages: Iterable[str] = (), **options: Any) -> Report:
        """Write an archive and read it."""
        return self.read_path(self.write(*rows, on=on, messages=messages), **options)

    def read_path(self, path: Path, *, dry_run: bool = False, accept_departures: bool = False) -> Report:
        return sync_and_obey(
            self.office,
            path,
            now=self.tick(),
            dry_run=dry_run,
            accept_departures=accept_departures,
            progress=lambda _step: None,
        )

    def person(self, text: str) -> Person:
        found = find_person(self.office.owner, self.office.keys.identity, text)
        assert found, text
        return found

    def bearing(self, text: str) -> Bearing:
        return Bearing.decode(Standing.objects.get(person=self.person(text)).bearing)

    def welcome(self, *texts: str) -> None:
        for text in texts:
            now = self.tick()
            mark_welcomed(self.office.owner, self.person(text).pk, at=now, now=now)

    def question(self, vehicle: Vehicle = Vehicle.EMAIL) -> Question:
        return Question(facts=UpdateFacts(), vehicle=vehicle, rulebook=RULEBOOK, now=self.now)

    def why(self, text: str, vehicle: Vehicle = Vehicle.EMAIL) -> Decision:
        return decision_for(self.office.owner, self.person(text).pk, self.question(vehicle))

    def would_get_it(self) -> set[str]:
        """Give the addresses to which an update would go now."""
        return {one.address for one in recipients(self.office.owner, self.question())}

    def identities(self, text: str) -> dict[str, bool]:
        """Give every name of a person, and whether it is a current one."""
        rows = Identity.objects.filter(person=self.person(text))
        return {identity.value: identity.is_current for identity in rows}

    def kinds(self, text: str) -> list[Kind]:
        """Give what the ledger has of a person."""
        return [entry.kind for entry in entries_of(self.office.owner, [self.person(text).pk])]


def message(slug: str, name: str, text: str, at: str) -> str:
    """Give a row of messages.csv that somebody wrote to the owner."""
    return (
        f"c-{slug},{name},https://www.linkedin.com/in/{slug},Olga Owner,https://www.linkedin.com/in/olga-owner,"
        f"{at} UTC,,{text},INBOX"
    )
