"""What a person may choose on their page, and what each choice leaves open."""

from enum import StrEnum

from goodterms.ledger.rules.facts import Scope
from goodterms.ledger.rules.kinds import Purpose, Vehicle


class PersonsChoice(StrEnum):
    """What a person chooses to get. The list is closed."""

    EMAIL = "email"
    """Updates by e-mail, to an address of their choice, once they have confirmed it from there."""
    LINKEDIN = "linkedin"
    """Updates as LinkedIn messages only."""
    FEWER = "fewer"
    """As now, but less often."""
    NOTHING = "nothing"
    """No updates; they stay connected."""
    DISCONNECT = "disconnect"
    """The connection is to be broken."""


_REACHED_BY = {PersonsChoice.EMAIL: Vehicle.EMAIL, PersonsChoice.LINKEDIN: Vehicle.LINKEDIN}


def scope_of(choice: PersonsChoice, *, offers: bool) -> Scope:
    """Give what somebody says yes to who chooses e-mail or LinkedIn; offers only where they want them as well."""
    purposes = frozenset(Purpose) if offers else frozenset({Purpose.NETWORKING})
    return Scope(vehicles=frozenset({_REACHED_BY[choice]}), purposes=purposes)


def left_out(yes: Scope) -> tuple[Scope, ...]:
    """Give what a yes leaves out, as the stops that go with it: a yes to one way is a no to the others."""
    vehicles = frozenset(Vehicle) - yes.vehicles if yes.vehicles else frozenset()
    purposes = frozenset(Purpose) - yes.purposes if yes.purposes else frozenset()
    stops = (Scope(vehicles=vehicles), Scope(purposes=purposes))
    return tuple(stop for stop in stops if not stop.is_whole)
