"""Invitations.csv: who invited whom in the last 180 days, and what waits."""

from dataclasses import dataclass

from goodterms.lib.addresses import normalise_profile
from goodterms.sync.exports.clocks import Told
from goodterms.sync.exports.layout import FileKind, Layout, columns, read_when
from goodterms.sync.exports.tables import RawRow, Remark

_IS_OUTGOING = {"OUTGOING": True, "INCOMING": False}


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation to connect; slugs only in exports since the 2020s."""

    line: int
    raw: str
    sender: str
    recipient: str
    sent: Told | None
    note: str
    is_outgoing: bool | None
    """None where the export doesn't say."""
    inviter_slug: str | None
    invitee_slug: str | None


def _read(raw: RawRow, cells: tuple[str, ...], remark: Remark) -> InvitationRow | None:
    sender, recipient, sent, note, direction, inviter, invitee, _ = cells
    return InvitationRow(
        raw.line,
        raw.text,
        sender.strip(),
        recipient.strip(),
        read_when(raw, sent, remark),
        note.strip(),
        _IS_OUTGOING.get(direction.strip().upper()),
        normalise_profile(inviter),
        normalise_profile(invitee),
    )


INVITATIONS = Layout(
    FileKind.INVITATIONS,
    frozenset({"invitations"}),
    columns(
        sender="from",
        recipient="to",
        sent="sentat",
        note="message",
        direction="direction",
        inviter="inviterprofileurl",
        invitee="inviteeprofileurl",
    ),
    frozenset({"sender", "recipient", "sent"}),
    _read,
)
