"""What reading an archive found, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from goodterms.ledger.rules.kinds import HoldReason
from goodterms.ledger.rules.standing import Connection
from goodterms.people.models import Person
from goodterms.sync.rules import Report

Row = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One kind of change, and whom it is about."""

    what: str
    title: str
    remark: str
    count: int
    rows: Sequence[Row]


_CHANGES: Mapping[str, tuple[str, str]] = {
    "new": ("New connections", "They join your network."),
    "back": ("Back again", "They were not listed for a while, and are now."),
    "absent": (
        "No longer listed",
        "Held: nothing goes to them until a second archive, or you, say that they are gone.",
    ),
    "gone": ("Gone", "The connection is taken for broken; nothing goes to them any more."),
    "renamed": ("Another name or profile address", "The same people under what their profile says now."),
    "new job": ("Another company or position", "What is new with them."),
    "address appeared": ("An e-mail address is shown for the first time", "They can be reached by e-mail."),
    "address changed": ("Another e-mail address", "What goes to them goes there."),
    "address withdrawn": ("The e-mail address is no longer shown", "Nothing goes to it any more."),
    "held": ("Held for your eye", "They may be somebody you know already, or somebody who left."),
    "exit": ("Said in a message that they want out", "Obeyed at once, and for ever."),
}
_HOLDS: Mapping[str, str] = {
    HoldReason.UNCERTAIN_MATCH: "may be somebody known under another name",
    HoldReason.POSSIBLE_LEAVER: "may be somebody who left",
    HoldReason.SHARED_ADDRESS: "has the same address as somebody else",
    HoldReason.CAME_BACK: "was gone, and is listed with the old date",
    HoldReason.UNSURE: "said something that may be a wish to leave",
    HoldReason.ADDRESS_FAILING: "mail to the address comes back again and again",
    HoldReason.BY_HAND: "held by you",
}
_DETAILS = {**_HOLDS, "stop": "no more updates", "leave": "the connection is to be broken"}
_COUNTS: Mapping[str, str] = {
    "connections": "connections listed",
    "new": "new",
    "with_email": "show an e-mail address",
    "invitations": "invitations",
    "messages": "messages",
    "date_only": "accounts closed since, of which only a date is left",
    "suppressed": "left before, and stay out",
}


def changes(report: Report) -> list[Change]:
    """Give every kind of change that a report has rows of."""
    found = []
    for what, count in report.noted.items():
        title, remark = _CHANGES.get(what, (what.capitalize(), ""))
        rows = [
            (kind, who or "somebody without a name", _told(detail)) for kind, who, detail in report.rows if kind == what
        ]
        found.append(Change(what=what, title=title, remark=remark, count=count, rows=rows))
    order = list(_CHANGES)
    return sorted(found, key=lambda change: order.index(change.what) if change.what in order else len(order))


def counts(report: Report) -> list[tuple[int, str]]:
    """Give what was found in numbers, the nothing left out."""
    return [(count, words) for name, words in _COUNTS.items() if (count := getattr(report.counts, name))]


def waiting_words(person: Person, connection: Connection) -> str:
    """Say why nothing goes to somebody whom the newest archive misses, and until when; empty where it lists them."""
    if connection is Connection.ABSENT:
        return f"The newest archive does not list {person}, so nothing goes to them until the next one does."
    if connection is Connection.GONE:
        return f"The connection to {person} is taken for broken, so nothing goes to them until an archive lists it."
    return ""


def hold_words(reason: str) -> str:
    """Say why somebody is held."""
    return _HOLDS.get(reason, reason)


def _told(detail: str) -> str:
    return _DETAILS.get(detail, detail).replace(" -> ", " → ")
