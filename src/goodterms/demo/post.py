"""The post of the story: what the mail catcher caught, and what people answer."""

import mailbox
import re
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from goodterms.demo.catcher import RECEIVER_HEADER, SENDER_HEADER
from goodterms.demo.people import Member

_WAY_OUT = re.compile(r"mailto:\S+\?subject=(stop|leave)%20\S+")


@dataclass(frozen=True, kw_only=True)
class Caught:
    """One mail as it arrived."""

    to: str
    """The receiver in the envelope."""
    sender: str
    """The sender in the envelope."""
    subject: str
    message_id: str
    text: str

    def way_out(self, word: str) -> str:
        """Give the signed address behind a word, stop or leave, at the foot of the mail; empty if there is none."""
        found = (match for match in _WAY_OUT.finditer(self.text) if match[1] == word)
        return next((match[0] for match in found), "")


@dataclass
class Postbag:
    """A Maildir looked into now and then."""

    folder: Path
    _seen: set[str] = field(default_factory=set)

    def count(self) -> int:
        """Count the mails in it, those seen and those new."""
        return sum(1 for _ in (self.folder / "new").iterdir())

    def new(self) -> list[Caught]:
        """Give the mails that came since the last look."""
        maildir = mailbox.Maildir(self.folder, create=False)
        names = sorted(set(maildir.keys()) - self._seen)
        self._seen.update(names)
        return [_read(maildir.get_bytes(name)) for name in names]


def _read(raw: bytes) -> Caught:
    mail = message_from_bytes(raw, policy=policy.default)
    body = mail.get_body(("plain",))
    return Caught(
        to=str(mail[RECEIVER_HEADER]),
        sender=str(mail[SENDER_HEADER]),
        subject=str(mail["Subject"]),
        message_id=str(mail["Message-ID"]),
        text=body.get_content() if body else "",
    )


def write_reply(folder: Path, member: Member, update: Caught, words: str, *, owner: str, at: datetime) -> Path:
    """Write a person's reply by mail, quoting all of the update as mail programs do; gives the file."""
    reply = EmailMessage(policy=policy.SMTP)
    reply["From"] = Address(member.name, addr_spec=update.to)
    reply["To"] = owner
    reply["Subject"] = f"Re: {update.subject}"
    reply["Date"] = format_datetime(at)
    reply["Message-ID"] = f"<reply-{member.number}@{update.to.rpartition('@')[2]}>"
    reply["In-Reply-To"] = reply["References"] = update.message_id
    quoted = "\n".join(f"> {line}" for line in update.text.splitlines())
    reply.set_content(f"{words}\nOn {at:%a, %d %b %Y at %H:%M}, {owner} wrote:\n\n{quoted}\n")
    path = folder / f"{member.slug}.eml"
    path.write_bytes(reply.as_bytes())
    return path
