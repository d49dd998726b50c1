"""Every concept's tables, gathered where Django looks for them."""

from goodterms.accounts.models import Owner, User
from goodterms.artefacts.models import Artefact
from goodterms.delivery.models import Delivery, JournalMark
from goodterms.exits.models import Suppression
from goodterms.feedback.models import Complaint, Feedback, MailboxMark
from goodterms.ledger.models import Entry, Leaf, Node, Payload, Seal, Standing
from goodterms.mailings.models import Mailing
from goodterms.people.models import Identity, Person
from goodterms.sync.models import Export, ExportFile
from goodterms.terms.models import Wording
from goodterms.ties.models import Exchange, Note, TieChoice
from goodterms.updates.models import Update

__all__ = [
    "Artefact",
    "Complaint",
    "Delivery",
    "Entry",
    "Exchange",
    "Export",
    "ExportFile",
    "Feedback",
    "Identity",
    "JournalMark",
    "Leaf",
    "MailboxMark",
    "Mailing",
    "Node",
    "Note",
    "Owner",
    "Payload",
    "Person",
    "Seal",
    "Standing",
    "Suppression",
    "TieChoice",
    "Update",
    "User",
    "Wording",
]
