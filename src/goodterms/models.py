"""Every concept's tables, gathered where Django looks for them."""

from goodterms.accounts.models import ApiToken, AuditLine, MailAccount, Membership, Owner, User
from goodterms.artefacts.models import Artefact
from goodterms.delivery.models import Delivery, JournalMark, ListMember, OwnPace, Traffic
from goodterms.desk.models import Skip
from goodterms.exits.models import Suppression
from goodterms.feedback.models import Answer, Asking, Complaint, Feedback, MailboxMark, OptIn
from goodterms.ledger.models import Entry, Leaf, Node, Payload, Seal, Standing
from goodterms.mailings.models import Mailing
from goodterms.people.models import Identity, Person, StrayNumber
from goodterms.sync.models import Export, ExportFile
from goodterms.terms.models import Wording
from goodterms.ties.models import Circle, Exchange, Note, TieChoice, TieSum
from goodterms.updates.models import Draft, SigningKey, Update
from goodterms.webhooks.models import Webhook

__all__ = [
    "Answer",
    "ApiToken",
    "Artefact",
    "Asking",
    "AuditLine",
    "Circle",
    "Complaint",
    "Delivery",
    "Draft",
    "Entry",
    "Exchange",
    "Export",
    "ExportFile",
    "Feedback",
    "Identity",
    "JournalMark",
    "Leaf",
    "ListMember",
    "MailAccount",
    "MailboxMark",
    "Mailing",
    "Membership",
    "Node",
    "Note",
    "OptIn",
    "OwnPace",
    "Owner",
    "Payload",
    "Person",
    "Seal",
    "SigningKey",
    "Skip",
    "Standing",
    "StrayNumber",
    "Suppression",
    "TieChoice",
    "TieSum",
    "Traffic",
    "Update",
    "User",
    "Webhook",
    "Wording",
]
