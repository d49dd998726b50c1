"""A small network for the command line: six people, each there for one reason."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

WELCOME = "Thank you for connecting. My connections get a personal update from me now and then."
PROFILE = "Connecting with me means that you get my personal updates."
OWNER_URL = "https://www.linkedin.com/in/olga-owner"


@dataclass(frozen=True)
class Made:
    """A connection as it is written into an archive."""

    first: str
    last: str
    connected_on: str
    email: str = ""
    company: str = "Acme"
    is_welcomed: bool = True

    @property
    def slug(self) -> str:
        """The last part of the profile's address."""
        return f"{self.first}-{self.last}".lower()

    @property
    def url(self) -> str:
        """The profile's address."""
        return f"https://www.linkedin.com/in/{self.slug}"


ALICE = Made("Alice", "Arden", "05 Mar 2026", "alice@arden.example")
BOB = Made("Bob", "Birch", "06 Mar 2026", "bob@birch.example")
CAROL = Made("Carol", "Cedar", "07 Mar 2026", "carol@cedar.example", is_welcomed=False)
DAVE = Made("Dave", "Dogwood", "01 Feb 2020", "dave@dogwood.example")
EVE = Made("Eve", "Elm", "08 Mar 2026")
FAY = Made("Fay", "Fir", "09 Mar 2026", "fay@fir.example")
EVERYBODY = (ALICE, BOB, CAROL, DAVE, EVE, FAY)


def write_archive(folder: Path, people: tuple[Made, ...], day: str = "06-01-2026") -> Path:
    """Write an archive of the day (MM-DD-YYYY) with these connections and their welcome messages."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"Basic_LinkedInDataExport_{day}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Connections.csv", _connections(people))
        archive.writestr("messages.csv", _messages(people))
    return path


def _connections(people: tuple[Made, ...]) -> str:
    header = "First Name,Last Name,URL,Email Address,Company,Position,Connected On"
    rows = [f"{p.first},{p.last},{p.url},{p.email},{p.company},Weaver,{p.connected_on}" for p in people]
    return "\n".join(['Notes:\n"Some addresses are left out."\n', header, *rows])


def _messages(people: tuple[Made, ...]) -> str:
    header = (
        "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,"
        "CONTENT,FOLDER"
    )
    rows = [
        f'2-{p.slug},,Olga Owner,{OWNER_URL},{p.first} {p.last},{p.url},2026-03-20 10:00:00 UTC,,"{WELCOME}",INBOX'
        for p in people
        if p.is_welcomed
    ]
    return "\n".join([header, *rows])
