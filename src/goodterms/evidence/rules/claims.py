"""What a dossier says of itself: what it shows and what it cannot, and why something is withheld."""

import csv
import io
from email import message_from_bytes
from email.utils import getaddresses

SHOWS = (
    (
        "Every entry is shown as it stood in the sealed ledger when the newest head was signed: its text "
        "and salt hash to its commitment, and its inclusion proof leads from there to the head's root."
    ),
    (
        "From the oldest head shown to the newest, nothing that was sealed was altered, moved or taken "
        "out: each head is proved to begin with the one before."
    ),
    "The heads and this dossier were signed with the key named in it.",
    "Raw rows and messages that are shown are those that the entries named when they were written.",
)
DOES_NOT_SHOW = (
    "It does not show that an entry was true when it was written. The owner's own installation wrote it.",
    (
        "It does not show that nothing was left out: an entry never written, or not put into this "
        "dossier, leaves no trace in it."
    ),
    (
        "It does not show the time by any clock but the owner's computer, the exports and the mails. Only "
        "a head that somebody else has kept since shows that what it covers is no younger."
    ),
    (
        "It does not show whose key signed it. Compare the key's fingerprint with one got elsewhere: from "
        "the owner, or from an earlier dossier."
    ),
    (
        "The person's name and addresses and the table of deliveries are not in the ledger: only the "
        "signature on this dossier covers them."
    ),
    (
        "Accepted means that a mail server took responsibility, or that the owner says they sent it by "
        "hand; not that it arrived or was read."
    ),
    ("A connection is a courtesy basis, and is called nothing more here. Whether a message was lawful is not said."),
)
ABOUT_OTHERS = "It is not about this person alone. Its hash stays, so that it can be compared when it is shown."
ERASED = "Its content was erased; its hash stays."
NOT_KEPT = "Only its hash is kept here, such as that of a whole archive."


def names_others(kind: str, content: bytes) -> bool:
    """Say whether a raw message names more people than the owner and one other, or may do so."""
    if kind == "messages":
        return _row_names_others(content)
    return kind == "mail" and _mail_names_others(content)


def _row_names_others(content: bytes) -> bool:
    try:
        rows = list(csv.reader(io.StringIO(content.decode()), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return True
    if len(rows) != 1 or len(rows[0]) < 6:
        return True
    row = rows[0]
    # Ten columns and more since 2025, with names in the fifth and profiles in the sixth; seven in 2018.
    names, profiles = (row[4], row[5]) if len(row) >= 10 else (row[1], "")
    return "," in (profiles or names)


def _mail_names_others(content: bytes) -> bool:
    mail = message_from_bytes(content)
    fields = [str(value) for name in ("To", "Cc", "Bcc") for value in mail.get_all(name, [])]
    return len(getaddresses(fields)) > 1
