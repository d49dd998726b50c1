"""Reasons and verdicts in words, as people read them; programs read the words of the enumerations."""

from collections.abc import Mapping

from goodterms.policy.rules import Reason, Verdict

REASONS: Mapping[Reason, str] = {
    Reason.OPTED_IN: "opted in by their own act",
    Reason.UNDER_TERMS: "connected while the terms stood where they could be read",
    Reason.INCLUDED: "connected before the terms, and included by you",
    Reason.BEFORE_TERMS: "connected before the terms; you may include them knowingly",
    Reason.WELCOME_DUE: "has not had the welcome message yet",
    Reason.ABSENT: "the newest export does not list the connection",
    Reason.UNCERTAIN_MATCH: "may be somebody known under another name",
    Reason.POSSIBLE_LEAVER: "may be somebody who left",
    Reason.SHARED_ADDRESS: "somebody else has the same address",
    Reason.CAME_BACK: "was gone, and is listed again with the old date",
    Reason.UNSURE: "said something that may be an exit: look",
    Reason.HELD_BY_OWNER: "held by you",
    Reason.TOO_SOON: "had an update a short while ago",
    Reason.UNKNOWN: "nobody by that name is known",
    Reason.SUPPRESSED: "is suppressed: somebody with this identity left",
    Reason.ERASED: "was erased, and is never written to again",
    Reason.COMPLAINED: "complained: never again, by no vehicle",
    Reason.LEFT: "wants the connection broken",
    Reason.STOPPED: "wants no updates",
    Reason.GONE: "the connection is gone",
    Reason.NO_BASIS: "there is no connection and no opt-in",
    Reason.NO_OPT_IN: "has not confirmed an opt-in, which commercial updates need",
    Reason.STRATEGY: "the strategy writes to nobody on this basis",
    Reason.NO_ADDRESS: "no address is known for this vehicle",
    Reason.ADDRESS_WITHDRAWN: "no longer shows the address",
    Reason.ADDRESS_BOUNCED: "mail to the address came back for good",
    Reason.ALREADY_SENT: "has this one already",
}

VERDICTS: Mapping[Verdict, str] = {
    Verdict.SEND: "may be sent",
    Verdict.HOLD: "not now",
    Verdict.REFUSE: "no",
}
"""What a verdict means."""
