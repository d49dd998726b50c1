"""What is known of people, in the words of the pages."""

from collections.abc import Mapping

from goodterms.ledger.rules.bearing import Basis, Bearing, Exit
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.ledger.rules.standing import Connection
from goodterms.policy.listing import Reach, Sort, TieClass
from goodterms.policy.rules import Verdict

STATES: Mapping[str, str] = {
    "may_be_sent": "may get updates",
    "welcome_due": "wait for the welcome message",
    "under_terms": "connected under the terms",
    "before_terms": "connected before the terms",
    "opted_in": "opted in",
    "held": "held for your eye",
    "connected": "connected",
    "absent": "no longer listed",
    "gone": "gone",
    "stopped": "want no updates",
    "left": "want the connection broken",
    "complained": "complained",
    "erased": "erased",
}
BASES: Mapping[Basis, str] = {
    Basis.CONFIRMED_OPT_IN: "confirmed opt-in",
    Basis.OPT_IN: "opt-in",
    Basis.UNDER_TERMS: "under the terms",
    Basis.TWO_WAY: "wrote to each other",
    Basis.BEFORE_TERMS: "before the terms",
    Basis.NONE: "none",
}
REACHES: Mapping[Reach, str] = {Reach.EMAIL: "address known", Reach.LINKEDIN: "LinkedIn only"}
TIES: Mapping[TieClass, str] = {TieClass.STRONG: "strong", TieClass.WEAK: "weak", TieClass.UNKNOWN: "nothing known"}
SORTS: Mapping[Sort, str] = {
    Sort.NAME: "name",
    Sort.CONNECTED: "newest connection",
    Sort.TIE: "strongest tie",
    Sort.LAST: "last exchange",
}
VEHICLES: Mapping[Vehicle, str] = {
    Vehicle.LINKEDIN: "LinkedIn message, by hand",
    Vehicle.EMAIL: "e-mail",
    Vehicle.LIST: "list server",
}
TONES: Mapping[Verdict, str] = {Verdict.SEND: "good", Verdict.HOLD: "warn", Verdict.REFUSE: "bad"}
CONNECTIONS: Mapping[Connection, str] = {
    Connection.CONNECTED: "connected",
    Connection.ABSENT: "not listed in the newest archive",
    Connection.GONE: "no longer connected",
    Connection.NONE: "never listed as a connection",
}
_EXITS = {
    Exit.STOPPED: "wants no updates",
    Exit.LEFT: "wants the connection broken",
    Exit.COMPLAINED: "complained",
    Exit.ERASED: "erased",
}


def standing_words(bearing: Bearing) -> str:
    """Say in a few words where somebody stands."""
    return _EXITS.get(bearing.exit) or CONNECTIONS[bearing.connection]
