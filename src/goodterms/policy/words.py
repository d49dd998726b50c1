"""Reasons and verdicts in words that fit one person and many; programs read those of the enumerations."""

from collections.abc import Mapping

from goodterms.policy.rules import Reason, Verdict

REASONS: Mapping[Reason, str] = {
    Reason.OPTED_IN: "opted in by their own act",
    Reason.UNDER_TERMS: "connected while the terms stood where they could be read",
    Reason.INCLUDED: "connected before the terms, and included by you",
    Reason.BEFORE_TERMS: "connected before the terms stood anywhere",
    Reason.WELCOME_DUE: "no welcome message yet",
    Reason.ABSENT: "not listed in the newest archive",
    Reason.UNCERTAIN_MATCH: "perhaps known under another name already",
    Reason.POSSIBLE_LEAVER: "perhaps somebody who left",
    Reason.SHARED_ADDRESS: "the address is somebody else's too",
    Reason.CAME_BACK: "gone, then listed again with the old date",
    Reason.UNSURE: "said something that may be an exit",
    Reason.ADDRESS_FAILING: "mail to their address came back again and again",
    Reason.HELD_BY_OWNER: "held by you",
    Reason.TOO_SOON: "had an update a short while ago",
    Reason.UNKNOWN: "nobody is known by that name",
    Reason.SUPPRESSED: "suppressed: somebody with this identity left",
    Reason.ERASED: "erased, and never written to again",
    Reason.COMPLAINED: "complained: never again, by no vehicle",
    Reason.LEFT: "asked for the connection to be broken",
    Reason.STOPPED: "asked for no more updates",
    Reason.GONE: "the connection is gone",
    Reason.NO_BASIS: "no connection and no opt-in",
    Reason.NO_OPT_IN: "no confirmed opt-in, which commercial updates need",
    Reason.STRATEGY: "the strategy writes to nobody on this basis",
    Reason.NO_ADDRESS: "no address known for this vehicle",
    Reason.ADDRESS_WITHDRAWN: "the address is no longer shown",
    Reason.ADDRESS_BOUNCED: "mail to the address came back for good",
    Reason.ALREADY_SENT: "has this one already, or one that says the same",
}

VERDICTS: Mapping[Verdict, str] = {
    Verdict.SEND: "may be sent",
    Verdict.HOLD: "not now",
    Verdict.REFUSE: "no",
}
