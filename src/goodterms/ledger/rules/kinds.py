"""Every kind of entry, and who can be behind one."""

from enum import StrEnum


class Kind(StrEnum):
    """What an entry says happened. The list is closed: a new kind needs a line in standing.py and in GLOSSARY.md."""

    # About the owner's network as a whole
    EXPORT_IMPORTED = "export_imported"
    """An export was read and applied; its archive's hash is the evidence."""
    EXPORT_UNDONE = "export_undone"
    """An applied export was taken back; its entries no longer count, its exits do."""
    TERMS_IN_FORCE = "terms_in_force"
    """A wording stood in a place from a moment on."""
    PROFILE_SEEN = "profile_seen"
    """An export shows the owner's profile, with the terms or without."""
    UPDATE_EXPLAINED = "update_explained"
    """The owner said why an update that reads mixed or commercial is networking; whatever reads commercial stays so."""
    FORECAST_ACCEPTED = "forecast_accepted"
    """The owner said why an update goes to everybody although its forecast holds it."""
    # The connection
    CONNECTION_SEEN = "connection_seen"
    """An export lists the connection, with its date, for the first time or again."""
    CONNECTION_CHANGED = "connection_changed"
    """An export shows another name, profile address, company or position."""
    CONNECTION_ABSENT = "connection_absent"
    """An export no longer lists the connection: held from now on."""
    CONNECTION_GONE = "connection_gone"
    """A second export or the owner confirmed that the connection is gone."""
    ADDRESS_SEEN = "address_seen"
    """An e-mail address became known."""
    ADDRESS_WITHDRAWN = "address_withdrawn"
    """An export no longer shows the address."""
    ADDRESS_BOUNCED = "address_bounced"
    """Mail to the address came back for good."""
    # What was said
    INVITATION_SEEN = "invitation_seen"
    """An invitation led to the connection; whose, and whether the terms stood in it."""
    EXCHANGE_SEEN = "exchange_seen"
    """Both wrote to each other."""
    WELCOME_SENT = "welcome_sent"
    """The welcome message was accepted by a mail server, or the owner says they sent it."""
    WELCOME_CONFIRMED = "welcome_confirmed"
    """The welcome message was found in the export's messages."""
    UPDATE_ACCEPTED = "update_accepted"
    """A mail server took responsibility for an update, or the owner sent it by hand."""
    UPDATE_CONFIRMED = "update_confirmed"
    """An update sent by hand was found in the export's messages."""
    NOT_SENT = "not_sent"
    """The owner says that what they had marked as sent by hand did not leave."""
    REPLIED = "replied"
    """The person answered."""
    ANSWERED = "answered"
    """The person was told that their exit was obeyed: a short mail, once."""
    # Consent
    OPT_IN_ASKED = "opt_in_asked"
    """The person was asked for an opt-in."""
    OPT_IN_GIVEN = "opt_in_given"
    """The person opted in."""
    OPT_IN_CONFIRMED = "opt_in_confirmed"
    """The person confirmed the opt-in by an authenticated act: the one thing that lifts their own exit."""
    FEWER_WANTED = "fewer_wanted"
    """The person wants updates less often."""
    # The ways out
    STOPPED = "stopped"
    """The person wants no updates and stays connected; may be for some vehicles or purposes."""
    LEFT = "left"
    """The person wants the connection broken."""
    COMPLAINED = "complained"
    """The person complained: an exit for ever on all vehicles."""
    # The owner's hand, and the system's care
    HELD = "held"
    """Nothing may be sent until the owner has looked; the detail says why."""
    RELEASED = "released"
    """The owner looked and lifted a hold, or included somebody knowingly."""
    MERGED = "merged"
    """Two persons were found to be one."""
    SPLIT = "split"
    """They were found to be two after all; the exits of either hold for both."""
    ERASED = "erased"
    """The person's data were destroyed; the suppression stays."""


EXITS = frozenset({Kind.STOPPED, Kind.LEFT, Kind.COMPLAINED, Kind.ERASED})
"""Entries that no undo takes back."""


class Actor(StrEnum):
    """Who did it."""

    OWNER = "owner"
    """The member whose network it is."""
    PERSON = "person"
    """The person whom the entry is about."""
    SYSTEM = "system"
    """Goodterms, or a mail server that answered it."""


class HoldReason(StrEnum):
    """Why nothing may be sent until the owner has looked."""

    UNCERTAIN_MATCH = "uncertain_match"
    """May be somebody known under another name or address."""
    POSSIBLE_LEAVER = "possible_leaver"
    """May be somebody who used a way out."""
    SHARED_ADDRESS = "shared_address"
    """Somebody else has the same e-mail address."""
    CAME_BACK = "came_back"
    """Was gone and is listed again with the old connection date."""
    UNSURE = "unsure"
    """Something came back that may be an exit."""
    ADDRESS_FAILING = "address_failing"
    """Mail to the address came back again and again over weeks."""
    BY_HAND = "by_hand"
    """The owner holds them."""


class Vehicle(StrEnum):
    """How an update travels to a person."""

    EMAIL = "email"
    """A mail to the person's address."""
    LINKEDIN = "linkedin"
    """A LinkedIn message that the owner sends by hand."""
    LIST = "list"
    """A list server."""


class Purpose(StrEnum):
    """What an update is for."""

    NETWORKING = "networking"
    """News of the owner's, of the kind that a profile tells."""
    COMMERCIAL = "commercial"
    """An offer of something for sale."""
