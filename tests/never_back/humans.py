"""Made-up humans who change, leave and come back, and the archives LinkedIn would write of them."""

import zipfile
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote

OWNER_NAME, OWNER_SLUG = "Olga Owner", "olga-owner"
FAMILY = "family@mail.test"
_CONNECTIONS = "First Name,Last Name,URL,Email Address,Company,Position,Connected On"
_MESSAGES = (
    "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,"
    "CONTENT,FOLDER,ATTACHMENTS,IS MESSAGE DRAFT"
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """What an archive shows of one human."""

    human: int
    slug: str
    email: str
    name: str
    company: str
    connected_on: date

    def line(self) -> str:
        first, _, last = self.name.partition(" ")
        url = f"https://www.linkedin.com/in/{quote(self.slug)}"
        return f"{first},{last},{url},{self.email},{self.company},Weaver,{self.connected_on:%d %b %Y}"


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a human wrote on LinkedIn, under the profile they had when the archive was made."""

    human: int
    slug: str
    name: str
    text: str
    at: datetime

    def line(self) -> str:
        sender = f"{self.name},https://www.linkedin.com/in/{self.slug}"
        owner = f"{OWNER_NAME},https://www.linkedin.com/in/{OWNER_SLUG}"
        return f"c{self.human},,{sender},{owner},{self.at:%Y-%m-%d %H:%M:%S} UTC,,{self.text},INBOX,,No"


@dataclass(frozen=True, kw_only=True)
class Archive:
    """One archive: where it lies and what is in it."""

    path: Path
    rows: tuple[Row, ...]
    messages: tuple[Message, ...]


@dataclass
class Human:
    """Somebody as they are now."""

    shown: Row
    is_listed: bool = True
    renamed: int = 0
    """How often the slug was another one."""
    said: list[Message] = field(default_factory=list)

    def change(self, **values: object) -> None:
        self.shown = replace(self.shown, **values)  # type: ignore[arg-type]

    def take_another_slug(self) -> None:
        self.renamed += 1
        self.change(slug=f"human{self.shown.human}-{self.renamed}")

    def say(self, text: str, at: datetime) -> None:
        row = self.shown
        self.said.append(Message(human=row.human, slug=row.slug, name=row.name, text=text, at=at))


def new_human(number: int, *, name: str, company: str, email: str, on: date) -> Human:
    row = Row(human=number, slug=f"human{number}-0", email=email, name=name, company=company, connected_on=on)
    return Human(row)


def write_archive(folder: Path, humans: list[Human], at: datetime) -> Archive:
    """Write what LinkedIn would give the owner at this moment."""
    folder.mkdir(parents=True)
    rows = tuple(human.shown for human in humans if human.is_listed)
    messages = tuple(replace(said, slug=human.shown.slug) for human in humans for said in human.said)
    path = folder / f"Basic_LinkedInDataExport_{at:%m-%d-%Y}.zip"
    tables = {
        "Connections.csv": [_CONNECTIONS, *(row.line() for row in rows)],
        "messages.csv": [_MESSAGES, *(message.line() for message in messages)],
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, lines in tables.items():
            info = zipfile.ZipInfo(name, at.timetuple()[:6])
            archive.writestr(info, "\n".join(lines))
    return Archive(path=path, rows=rows, messages=messages)


def human_of(slug: str) -> int:
    """Give whose a slug is: no human of these takes another one's."""
    return int(slug.removeprefix("human").partition("-")[0])
