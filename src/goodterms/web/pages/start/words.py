"""What needs the owner, in words, with the page where it is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from goodterms.ledger.rules.kinds import Vehicle
from goodterms.status.queries import Status
from goodterms.status.rules import Due, Need, Urgency
from goodterms.web.addresses import first_there


@dataclass(frozen=True, kw_only=True)
class Card:
    """One thing that needs the owner, as the overview shows it."""

    sentence: str
    remark: str
    """Why it matters, or what comes of it."""
    deed: str
    """What the link says."""
    url: str
    icon: str
    is_pressing: bool = False


@dataclass(frozen=True, kw_only=True)
class _Form:
    one: str
    many: str
    remark: str
    deed: str
    icon: str
    places: tuple[str, ...]
    """Names of addresses, the first of which there is counts; with a `?` and the state of a list behind it."""
    is_pressing: bool = False


_PLACES = {
    "profile": "Your profile does not say yet what connecting means.",
    "invitation": "No note says in your invitations what connecting means.",
    "welcome": "There is no welcome message for new connections yet.",
    "update": "The foot of your updates has no words of your own yet.",
}
_WORDING_REMARKS = {
    "profile": "Whoever connects from the day on that it does has agreed to your updates.",
    "invitation": "Whoever takes such an invitation has agreed, whatever your profile says.",
    "welcome": "It tells each new connection once more, and lets them say no.",
    "update": "Until then the suggested words stand there.",
}
_AGES = {
    Urgency.SOON: "LinkedIn forgets after some 180 days who invited whom: get a new archive soon.",
    Urgency.NOW: "LinkedIn forgets after some 180 days who invited whom: get a new archive now.",
    Urgency.LATE: "Who invited whom since may be lost already. Get a new archive.",
}
_FORMS = {
    Need.ARCHIVE: _Form(
        one="No archive has been read yet.",
        many="No archive has been read yet.",
        remark="LinkedIn's own archive of your data tells who you are connected to.",
        deed="Get it and read it",
        icon="arrow-down-tray",
        places=("sync",),
        is_pressing=True,
    ),
    Need.WELCOME: _Form(
        one="One new connection waits for your welcome message.",
        many="{count:,} new connections wait for your welcome message.",
        remark="Until they have it they get no updates.",
        deed="Welcome them",
        icon="hand-raised",
        places=("desk", "people?welcome_due"),
    ),
    Need.DISCONNECT: _Form(
        one="One person wants the connection broken.",
        many="{count:,} people want the connection broken.",
        remark="You break it on their LinkedIn profile; the next archive shows that it is done.",
        deed="See who",
        icon="link-slash",
        places=("inbox-leaving", "inbox", "people?left"),
        is_pressing=True,
    ),
    Need.UNSEEN: _Form(
        one="One connection that you broke is shown as gone by no archive yet.",
        many="{count:,} connections that you broke are shown as gone by no archive yet.",
        remark="Get a new archive from LinkedIn and read it.",
        deed="Read one",
        icon="arrow-down-tray",
        places=("sync",),
    ),
    Need.DOUBT: _Form(
        one="One message may be a wish to leave.",
        many="{count:,} messages may be wishes to leave.",
        remark="Unless you decide otherwise they count as one after seven days.",
        deed="Decide",
        icon="question-mark-circle",
        places=("inbox", "people?held"),
        is_pressing=True,
    ),
    Need.COMPLAINT: _Form(
        one="One complaint waits for your answer.",
        many="{count:,} complaints wait for your answer.",
        remark="Whoever complained is never written to again; an honest answer within two days settles most.",
        deed="Answer",
        icon="exclamation-triangle",
        places=("inbox-complaints", "inbox", "people?complained"),
        is_pressing=True,
    ),
    Need.HELD: _Form(
        one="One person is held for your eye.",
        many="{count:,} people are held for your eye.",
        remark="Nothing goes to them until you have looked.",
        deed="Look",
        icon="eye",
        places=("sync-held",),
    ),
    Need.DEPARTURE: _Form(
        one="One person is no longer listed among your connections.",
        many="{count:,} people are no longer listed among your connections.",
        remark="Nothing goes to them. The next archive confirms that they are gone, or you do.",
        deed="See who",
        icon="arrow-right-on-rectangle",
        places=("sync-departures",),
    ),
}


def figures(found: Status) -> list[tuple[str, int, str]]:
    """Give the numbers of the overview: (what, how many, where they are listed)."""
    people = reverse("people")
    told = [
        ("connected", found.people.get("connected", 0), f"{people}?state=connected"),
        (
            "may get an update through LinkedIn",
            found.may_be_sent.get(Vehicle.LINKEDIN, 0),
            f"{people}?state=may_be_sent",
        ),
        ("may get one by e-mail", found.may_be_sent.get(Vehicle.EMAIL, 0), f"{people}?state=may_be_sent&reach=email"),
        ("want no updates", found.people.get("stopped", 0), f"{people}?state=stopped"),
        ("left, or want to", found.people.get("left", 0), f"{people}?state=left"),
    ]
    return [(word, count, url) for word, count, url in told if count or word == "connected"]


def cards(dues: Iterable[Due]) -> list[Card]:
    """Give what needs the owner as cards, the pressing ones first."""
    return sorted((_card(due) for due in dues), key=lambda card: not card.is_pressing)


def _card(due: Due) -> Card:
    if due.need is Need.WORDING:
        place = str(due.place)
        return Card(
            sentence=_PLACES[place],
            remark=_WORDING_REMARKS[place],
            deed="Choose the words",
            url=f"{reverse('terms')}#{place}",
            icon="document-check",
            is_pressing=place == "profile",
        )
    if due.need is Need.OLD_ARCHIVE:
        return Card(
            sentence=f"Your newest archive is {due.count:,} days old.",
            remark=_AGES[due.urgency or Urgency.SOON],
            deed="Read a new one",
            url=reverse("sync"),
            icon="arrow-path",
            is_pressing=due.urgency is not Urgency.SOON,
        )
    form = _FORMS[due.need]
    return Card(
        sentence=(form.one if due.count == 1 else form.many).format(count=due.count),
        remark=form.remark,
        deed=form.deed,
        url=_first_there(form.places),
        icon=form.icon,
        is_pressing=form.is_pressing,
    )


def _first_there(places: Iterable[str]) -> str:
    for place in places:
        name, _, state = place.partition("?")
        found = first_there(name)
        if found:
            return found + (f"?{urlencode({'state': state})}" if state else "")
    return reverse("start")
