"""Which strategy to take, by the size of the network and by what its connections were told."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

HUNDREDS = 500
THOUSANDS = 5_000

DEFENCES: Mapping[str, str] = MappingProxyType(
    {
        "connection_opt_in": "Each connected while the profile said what connecting means, and was told again.",
        "opt_out_list": "Each had a way out in every message; nothing was agreed before.",
        "opt_in_list": "Each asked for it by an act of their own.",
        "prequalified_one_off": "Each knew you, and was told what the one message costs and gives.",
        "posts_only": "Nobody was written to.",
    }
)
"""What the defence against a complaint would rest on."""

FIRST: Mapping[str, str] = MappingProxyType(
    {
        "connection_opt_in": "Terms in profile, invitations and welcome messages; and the welcome message sent.",
        "opt_out_list": "Terms for updates with both ways out; each person included knowingly.",
        "opt_in_list": "An invitation to opt in, answered; until then it reaches nobody.",
        "prequalified_one_off": "Ties known from messages, and a word on what reading costs and gives.",
        "posts_only": "Nothing.",
    }
)
"""What must be set up first."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """A network by what matters for a strategy; those who left are not in it."""

    size: int
    under_terms: int
    before_terms: int
    opted_in: int


def advise(network: Network) -> tuple[str, tuple[str, ...]]:
    """Give the strategy to take, and why."""
    if network.size == 0:
        return "connection_opt_in", ("There are no connections yet: terms put up before the first hold for all.",)
    reasons = [*_on_size(network.size), *_on_old(network)]
    if network.under_terms or network.opted_in:
        return "connection_opt_in", tuple(reasons)
    reasons.append("Nobody connected under the terms yet.")
    if network.size < HUNDREDS:
        return "prequalified_one_off", (*reasons, "So few can be asked one by one.")
    return "opt_in_list", (*reasons, "Ask for opt-ins in one prequalified message.")


def _on_size(size: int) -> list[str]:
    if size < HUNDREDS:
        return ["With hundreds of connections you can write by hand, and mostly know them."]
    if size < THOUSANDS:
        return ["With thousands of connections write monthly at most, by e-mail, and keep weak old ties back."]
    return ["With so many connections send in parts, the strongest ties first, and look at what comes back in between."]


def _on_old(network: Network) -> list[str]:
    if not network.before_terms:
        return []
    old = f"{network.before_terms:,} of {network.size:,} ({network.before_terms / network.size:.0%})"
    return [f"{old} connected before the terms: welcome them anew, a few at a time, and write to whoever says yes."]
