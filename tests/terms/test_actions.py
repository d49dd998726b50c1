"""Recognising the terms in what was exchanged, and what stood when."""

from datetime import UTC, datetime, timedelta

import pytest

from goodterms.ledger.queries.entries import entries_of, owner_entries, profile_terms
from goodterms.ledger.rules.bearing import Basis
from goodterms.ledger.rules.facts import Entry
from goodterms.ledger.rules.kinds import Kind
from goodterms.policy.rules import Reason
from goodterms.sync.actions.undo import undo
from goodterms.terms.actions import WordingFaulty, mark_welcomed, put_in_force, take_away
from goodterms.terms.models import Wording
from goodterms.terms.queries import in_force, text_in_force
from goodterms.terms.rules import SUGGESTIONS, Place, holds_wording, suggested
from tests.sync.actions.desk import Desk, row

WELCOME = "Good to be connected, {{ first_name }}! As my profile says, my connections get a personal update from me."
NOTE = "Connecting means that you get my personal updates now and then."
EARLY = row("ann", on="05 Jan 2024")  # before the profile's terms
HEADER = "CONVERSATION ID,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER"
INVITATIONS = "From,To,Sent At,Message,Direction,inviterProfileUrl,inviteeProfileUrl"
DAY = timedelta(days=1)


FILLED = WELCOME.replace("{{ first_name }}", "Ann")
AS_HTML = (
    '<p class="x">Good to be connected, Ann &amp; Bo! As my profile says&#44; my connections get a '
    "personal<br/>update from me.</p>"
)
SHOUTED = "  good to be CONNECTED,\n\n Ann!  As my profile says my connections get a personal   update from me -- P.S."


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (FILLED, True),
        (f"Hello. {FILLED} And you?", True),
        (WELCOME.replace("{{ first_name }}", "Ann-Sophie van der Lee"), True),
        (FILLED.replace("! ", "!</p><p>").replace("get a ", "get<br>a "), True),
        (AS_HTML, True),
        (SHOUTED, True),
        ("As my profile says, my connections get a personal update from me. Good to be connected, Ann!", False),
        ("Good to be connected, Ann!", False),
        ("", False),
    ],
)
def test_a_wording_is_found_letter_by_letter_in_order(text: str, holds: bool) -> None:
    assert holds_wording(text, WELCOME) is holds


@pytest.mark.parametrize("wording", ["", "   ", "{{ first_name }}", "Hello!", "Hi {{ first_name }}, hi"])
def test_a_wording_of_a_few_letters_is_found_nowhere(wording: str) -> None:
    assert not holds_wording(f"{wording} Hello! Hi Ann, hi and much more text", wording)


def test_every_place_has_a_suggestion_that_fits_it() -> None:
    assert all(suggested(place) for place in Place)
    assert all(len(suggestion.text) <= suggestion.limit for suggestion in SUGGESTIONS)


def written(text: str, at: str, slug: str = "ann", name: str = "Ann Lee") -> str:
    """Give a row of messages.csv that the owner wrote."""
    owner = "Olga Owner,https://www.linkedin.com/in/olga-owner"
    return f'c-{slug},{owner},{name},https://www.linkedin.com/in/{slug},{at} UTC,,"{text}",INBOX'


def invitation(text: str, at: str, *, outgoing: bool = True) -> str:
    """Give Invitations.csv with one invitation between the owner and Ann; US Pacific time."""
    sides = [("Olga Owner", "olga-owner"), ("Ann Lee", "ann")]
    (sender, inviter), (to, invitee) = sides if outgoing else sides[::-1]
    url = "https://www.linkedin.com/in/"
    direction = "OUTGOING" if outgoing else "INCOMING"
    return f'{INVITATIONS}\n{sender},{to},"{at}","{text}",{direction},{url}{inviter},{url}{invitee}'


def told(desk: Desk, kind: Kind) -> list[Entry]:
    return [entry for entry in entries_of(desk.office.owner, [desk.person("ann").pk]) if entry.kind is kind]


def put(desk: Desk, place: Place, text: str, *, since: str, until: str = "") -> Wording:
    return put_in_force(
        desk.office.owner,
        place,
        text,
        from_at=datetime.fromisoformat(since).replace(tzinfo=UTC),
        until_at=datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None,
        now=desk.tick(),
    )


@pytest.mark.parametrize("first", ["wording", "archive"])
def test_a_welcome_message_is_found_whether_the_wording_or_the_archive_comes_first(desk: Desk, first: str) -> None:
    if first == "wording":
        put(desk, Place.WELCOME, WELCOME, since="2026-01-01")
    desk.read(row("ann"), messages=[written(WELCOME.replace("{{ first_name }}", "Ann"), "2026-01-06 10:00:00")])
    if first == "archive":
        put(desk, Place.WELCOME, WELCOME, since="2026-01-01")

    (entry,) = told(desk, Kind.WELCOME_CONFIRMED)
    assert entry.occurred_at == datetime(2026, 1, 6, 10, tzinfo=UTC)
    assert entry.evidence
    assert desk.bearing("ann").welcomed


def test_what_is_found_once_is_not_told_again(desk: Desk) -> None:
    put(desk, Place.WELCOME, WELCOME, since="2026-01-01")
    message = written(WELCOME.replace("{{ first_name }}", "Ann"), "2026-01-06 10:00:00")
    desk.read(row("ann"), messages=[message])
    put(desk, Place.WELCOME, WELCOME, since="2026-01-02")
    desk.tick(days=3)
    desk.read(row("ann"), messages=[message])

    assert len(told(desk, Kind.WELCOME_CONFIRMED)) == 1


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("2026-01-06T10:00:00", "", True),
        ("2026-01-06T10:00:01", "", False),
        ("2026-01-01", "2026-01-06T10:00:00", False),
        ("2026-01-01", "2026-01-06T10:00:01", True),
    ],
)
def test_a_welcome_message_counts_while_its_wording_is_in_force(
    desk: Desk, since: str, until: str, found: bool
) -> None:
    put(desk, Place.WELCOME, WELCOME, since=since, until=until)
    desk.read(row("ann"), messages=[written(WELCOME.replace("{{ first_name }}", "Ann"), "2026-01-06 10:00:00")])

    assert bool(told(desk, Kind.WELCOME_CONFIRMED)) is found


def test_words_from_before_the_connection_are_no_welcome(desk: Desk) -> None:
    put(desk, Place.WELCOME, WELCOME, since="2025-01-01")
    desk.read(row("ann"), messages=[written(WELCOME.replace("{{ first_name }}", "Ann"), "2026-01-04 10:00:00")])

    assert not desk.bearing("ann").welcomed


@pytest.mark.parametrize(
    ("text", "sent", "outgoing", "basis"),
    [
        (f"Hello Ann. {NOTE}", "1/3/24, 9:00 AM", True, Basis.UNDER_TERMS),
        ("Hello Ann.", "1/3/24, 9:00 AM", True, Basis.BEFORE_TERMS),
        (NOTE, "1/3/24, 9:00 AM", False, Basis.BEFORE_TERMS),  # their own words are not the owner's terms
        (NOTE, "12/1/23, 9:00 AM", True, Basis.BEFORE_TERMS),  # the wording was not in force yet
        (NOTE, "1/9/24, 9:00 AM", True, Basis.BEFORE_TERMS),  # an invitation after the connection did not make it
    ],
)
def test_an_invitation_with_the_terms_makes_a_connection_under_the_terms(
    desk: Desk, text: str, sent: str, outgoing: bool, basis: Basis
) -> None:
    put(desk, Place.INVITATION, NOTE, since="2024-01-01")
    desk.read_path(desk.write(EARLY, Invitations=invitation(text, sent, outgoing=outgoing)))

    assert len(told(desk, Kind.INVITATION_SEEN)) == 1
    assert desk.bearing("ann").basis is basis


def test_the_note_of_an_accepted_invitation_counts_where_it_is_listed_as_a_message(desk: Desk) -> None:
    put(desk, Place.INVITATION, NOTE, since="2023-06-01", until="2023-12-31")
    desk.read(EARLY, messages=[written(f"Hello. {NOTE}", "2024-01-05 18:00:00")])

    assert desk.bearing("ann").basis is Basis.UNDER_TERMS


def test_what_an_archive_showed_of_the_terms_goes_with_it(desk: Desk) -> None:
    put(desk, Place.INVITATION, NOTE, since="2024-01-01")
    desk.read(EARLY)
    desk.tick(days=2)
    desk.read_path(desk.write(EARLY, Invitations=invitation(NOTE, "1/3/24, 9:00 AM")))
    assert desk.bearing("ann").basis is Basis.UNDER_TERMS
    undo(desk.office, now=desk.tick())

    assert desk.bearing("ann").basis is Basis.BEFORE_TERMS


def test_terms_added_later_for_a_time_in_the_past_count_for_those_connected_then(desk: Desk) -> None:
    desk.read(EARLY)
    assert desk.why("ann").reason is Reason.BEFORE_TERMS
    put(desk, Place.PROFILE, "Connecting means updates.", since="2024-01-01", until="2024-02-01")

    assert desk.bearing("ann").basis is Basis.UNDER_TERMS


def test_a_wording_that_is_empty_or_ends_before_it_begins_is_refused(desk: Desk) -> None:
    before = Wording.objects.count()
    for text, until in (("  ", ""), (NOTE, "2024-01-01"), (NOTE, "2023-01-01")):
        with pytest.raises(WordingFaulty, match="Nothing was changed"):
            put(desk, Place.PROFILE, text, since="2024-01-01", until=until)
    assert Wording.objects.count() == before


def test_the_youngest_wording_in_force_stands(desk: Desk) -> None:
    owner = desk.office.owner
    first = put(desk, Place.WELCOME, "First wording of mine", since="2026-01-01")
    second = put(desk, Place.WELCOME, "Second wording of mine", since="2026-01-10", until="2026-01-20")

    days = {day: in_force(owner, Place.WELCOME, datetime(2026, 1, day, tzinfo=UTC)) for day in (1, 10, 19, 20)}
    assert days == {1: first, 10: second, 19: second, 20: first}
    assert in_force(owner, Place.WELCOME, datetime(2025, 12, 31, tzinfo=UTC)) is None
    assert text_in_force(owner, Place.WELCOME, datetime(2025, 12, 31, tzinfo=UTC)) == suggested(Place.WELCOME)


def test_a_welcome_message_sent_by_hand_counts_and_not_from_the_future(desk: Desk) -> None:
    desk.read(row("ann"))
    mark_welcomed(desk.office.owner, desk.person("ann").pk, at=desk.now + DAY, now=desk.now)

    (entry,) = told(desk, Kind.WELCOME_SENT)
    assert entry.occurred_at == desk.now
    assert desk.bearing("ann").welcomed


def test_a_wording_taken_away_covers_who_connected_while_it_stood_and_nobody_later(desk: Desk) -> None:
    wording = put(desk, Place.PROFILE, "Connecting means updates of mine.", since="2024-01-01")
    desk.read(row("ann", on="05 Jan 2024"), row("bo", "Bo Kern", on="05 Mar 2024"))
    assert desk.bearing("bo").basis is Basis.UNDER_TERMS

    take_away(wording, until_at=datetime(2024, 3, 1, tzinfo=UTC), now=desk.tick())

    assert desk.bearing("ann").basis is Basis.UNDER_TERMS
    assert desk.bearing("bo").basis is Basis.BEFORE_TERMS
    stood = profile_terms(desk.office.owner)
    assert [terms.until_at for terms in stood] == [None, datetime(2024, 3, 1, tzinfo=UTC)]
    assert len(owner_entries(desk.office.owner, Kind.TERMS_IN_FORCE)) == 3


@pytest.mark.parametrize(("until", "message"), [("2023-12-31", "lies between"), ("2030-01-01", "lies between")])
def test_a_wording_ends_after_it_began_and_not_in_the_future(desk: Desk, until: str, message: str) -> None:
    wording = put(desk, Place.PROFILE, "Connecting means updates of mine.", since="2024-01-01")
    with pytest.raises(WordingFaulty, match=message):
        take_away(wording, until_at=datetime.fromisoformat(until).replace(tzinfo=UTC), now=desk.now)
    wording.refresh_from_db()
    assert wording.until_at is None


def test_a_wording_ends_once(desk: Desk) -> None:
    wording = put(desk, Place.PROFILE, "Connecting means updates of mine.", since="2024-01-01", until="2024-02-01")
    with pytest.raises(WordingFaulty, match="taken away on 2024-02-01"):
        take_away(wording, until_at=datetime(2024, 1, 15, tzinfo=UTC), now=desk.now)
