"""A made-up network written as LinkedIn writes its archives today."""

import csv
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from hashlib import blake2b
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from goodterms.demo.dice import Dice
from goodterms.demo.network import Network
from goodterms.demo.people import Member, Talk, make_member
from goodterms.lib.addresses import profile_url
from goodterms.sync.exports.clocks import PACIFIC

INVITATION_DAYS = 180
"""LinkedIn's exports forget accepted invitations after that."""

_PREAMBLE = (
    "Notes:\n"
    '"Some connections may come without an address here: members choose whether others may take their '
    "e-mail along. They set it under https://www.linkedin.com/psettings/privacy/email; more is said at "
    'https://www.linkedin.com/help/linkedin/answer/261"\n'
    "\n"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MESSAGE_HEADER = (
    "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,"
    "CONTENT,FOLDER,ATTACHMENTS,IS MESSAGE DRAFT"
)
_GONE_NAME = "LinkedIn Member"

Row = Iterable[str]


def archive_name(day: date) -> str:
    """Give the name LinkedIn gives the first archive of a day."""
    return f"Basic_LinkedInDataExport_{day:%m-%d-%Y}.zip"


def write_archive(network: Network, folder: Path) -> Path:
    """Write the archive LinkedIn would give the owner today, and give its path.

    The same network gives the same bytes. A million connections take a minute or two, and little memory.
    """
    path = folder / archive_name(network.today)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        with _member(archive, network, "Connections.csv") as stream:
            write_connections(network, stream)
        for name, header, rows in _tables(network):
            with _member(archive, network, name) as stream:
                _write(stream, header, rows)
    return path


def _tables(network: Network) -> Iterator[tuple[str, str, Iterable[Row]]]:
    invitation = "From,To,Sent At,Message,Direction,inviterProfileUrl,inviteeProfileUrl"
    profile = (
        "First Name,Last Name,Maiden Name,Address,Birth Date,Headline,Summary,Industry,Zip Code,Geo Location,"
        "Twitter Handles,Websites,Instant Messengers"
    )
    recommendation = "First Name,Last Name,Company,Job Title,Text,Creation Date,Status"
    endorsement = "Endorsement Date,Skill Name,{0} First Name,{0} Last Name,{0} Public Url,Endorsement Status"
    yield "Invitations.csv", invitation, _invitations(network)
    yield "messages.csv", _MESSAGE_HEADER, _messages(network)
    yield "guide_messages.csv", ",".join(_MESSAGE_HEADER.split(",")[:10]), _guide(network)
    yield "Profile.csv", profile, [_profile(network)]
    yield "Email Addresses.csv", "Email Address,Confirmed,Primary,Updated On", [_email(network)]
    yield "Registration.csv", "Registered At,Registration Ip,Subscription Types", [_registration(network)]
    yield "Positions.csv", "Company Name,Title,Description,Location,Started On,Finished On", []
    yield "Recommendations_Given.csv", recommendation, _recommendations(network, "given")
    yield "Recommendations_Received.csv", recommendation, _recommendations(network, "received")
    yield "Endorsement_Given_Info.csv", endorsement.format("Endorsee"), _endorsements(network, "given")
    yield "Endorsement_Received_Info.csv", endorsement.format("Endorser"), _endorsements(network, "received")


def write_connections(network: Network, stream: TextIO) -> None:
    """Write Connections.csv as of today: preamble, newest first, slugs percent-encoded, no final line end."""
    stream.write(f"{_PREAMBLE}First Name,Last Name,URL,Email Address,Company,Position,Connected On")
    writer = csv.writer(_Leading(stream), lineterminator="\n")
    writer.writerows(map(_connection, network.people()))


class _Leading:
    """Writes the line end before a row instead of after it."""

    def __init__(self, stream: TextIO) -> None:
        self._write = stream.write

    def write(self, row: str) -> None:
        """Write one row."""
        self._write("\n" + row[:-1])


def _connection(member: Member) -> Row:
    day = member.connected_on
    on = f"{day.day:02} {_MONTHS[day.month - 1]} {day.year}"
    if member.is_former:
        return ("", "", "", "", "", "", on)
    url = f"https://www.linkedin.com/in/{quote(member.slug, safe='-')}"
    return (
        member.first_name, member.last_name, url, member.email or "", member.company, member.position, on
    )  # fmt: skip


# Invitations


def _invitations(network: Network) -> Iterator[Row]:
    first = network.today - timedelta(days=INVITATION_DAYS)
    for member in _pending(network):
        yield _invitation(network, member)
    for member in network.people():
        if member.connected_on < first:
            return
        if not member.is_former:
            yield _invitation(network, member)


def _pending(network: Network) -> Iterator[Member]:
    """Give people who have not answered the owner's invitation; they are none of the network's."""
    for place in range(min(40, len(network) // 50 + 1)):
        number = 10**9 + place
        on = network.today - timedelta(days=Dice(network.seed, "pending", place, network.today).roll(150))
        yield make_member(network.seed, number, on)


def _invitation(network: Network, member: Member) -> Row:
    owner = network.owner
    sides = [(owner.name, profile_url(owner.slug)), (member.name, profile_url(member.slug))]
    is_outgoing = member.is_invited_by_owner or member.number >= 10**9
    if not is_outgoing:
        sides.reverse()
    (sender, inviter), (recipient, invitee) = sides
    note = member.note if member.number < 10**9 else ""
    direction = "OUTGOING" if is_outgoing else "INCOMING"
    return (sender, recipient, _pacific(member.invited_at), note, direction, inviter, invitee)


def _pacific(moment: datetime) -> str:
    there = moment.astimezone(PACIFIC)
    half = "AM" if there.hour < 12 else "PM"
    return f"{there.month}/{there.day}/{there:%y}, {there.hour % 12 or 12}:{there:%M} {half}"


# Messages


def _messages(network: Network) -> Iterator[Row]:
    for member in network.people():
        talks = network.talks(member)
        conversation = _conversation(network, member) if talks else ""
        for talk in reversed(talks):
            yield _message(network, member, talk, conversation)


def _conversation(network: Network, member: Member) -> str:
    digest = blake2b(f"{network.seed}:{member.number}".encode(), digest_size=42).digest()
    return f"2-{b64encode(digest).decode()}"


def _message(network: Network, member: Member, talk: Talk, conversation: str) -> Row:
    owner = (network.owner.name, profile_url(network.owner.slug))
    other = (_GONE_NAME, "") if member.is_former else (member.name, profile_url(member.slug))
    (sender, sender_url), (to, to_url) = (owner, other) if talk.is_from_owner else (other, owner)
    return (
        conversation, "", sender, sender_url, to, to_url, f"{talk.at:%Y-%m-%d %H:%M:%S} UTC", "", talk.text,
        "INBOX", "", "No",
    )  # fmt: skip


def _guide(network: Network) -> list[Row]:
    name = network.owner.name
    return [
        (
            "guide-1",
            "",
            name,
            "",
            "Guide",
            "",
            f"{network.today} 08:00:00 UTC",
            "",
            "How do I say no?",
            "INBOX",
        )
    ]


# The owner, and praise


def _profile(network: Network) -> Row:
    owner = network.owner
    holds = network.wording.since <= network.today
    summary = f"{owner.about}  {network.wording.profile}" if holds else owner.about
    return (
        owner.first_name, owner.last_name, "", "", "", owner.headline, summary, "Textile Manufacturing", "",
        "Ghent, Flemish Region, Belgium", "", "[COMPANY:https://ferrante.example]", "",
    )  # fmt: skip


def _email(network: Network) -> Row:
    return (network.owner.email, "Yes", "Yes", "Not Available")


def _registration(network: Network) -> Row:
    joined = network.spans[0].start - timedelta(days=30)
    return (f"{joined.month}/{joined.day}/{joined:%y}, 9:41 AM", "203.0.113.7", "Basic")


def _some(network: Network, purpose: str, share: float) -> Iterator[Member]:
    """Give a few members for a purpose, at most 200."""
    found = 0
    for number in range(min(network.spans[0].count, 20_000)):
        if found < 200 and number not in network.gone and Dice(network.seed, purpose, number).falls(share):
            member = network.member(number)
            found += 1
            if not member.is_former:
                yield member


def _recommendations(network: Network, direction: str) -> Iterator[Row]:
    for member in _some(network, f"recommendation {direction}", 0.002):
        text = "We built three looms together, and I would do it again."
        created = _pacific(member.accepted_at + timedelta(days=20))
        yield (member.first_name, member.last_name, member.company, member.position, text, created, "VISIBLE")


def _endorsements(network: Network, direction: str) -> Iterator[Row]:
    for member in _some(network, f"endorsement {direction}", 0.01):
        at = f"{member.accepted_at + timedelta(days=3):%Y/%m/%d %H:%M:%S} UTC"
        url = f"www.linkedin.com/in/{member.slug}"
        yield (at, "Weaving", member.first_name, member.last_name, url, "ACCEPTED")


# Files


@contextmanager
def _member(archive: zipfile.ZipFile, network: Network, name: str) -> Iterator[TextIO]:
    day = network.today
    info = zipfile.ZipInfo(name, (day.year, day.month, day.day, 12, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w") as stream, TextIOWrapper(stream, "utf-8", newline="") as text:
        yield text


def _write(stream: TextIO, header: str, rows: Iterable[Row]) -> None:
    stream.write(header + "\n")
    csv.writer(stream, lineterminator="\n").writerows(rows)
