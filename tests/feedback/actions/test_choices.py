"""What people choose on their page is done at once, is theirs alone, and is the only thing that lifts their exit."""

from collections import Counter
from datetime import timedelta

import pytest

from goodterms.artefacts.models import Artefact
from goodterms.delivery.models import Delivery
from goodterms.erasure.actions import erase
from goodterms.exits.actions.links import LinkUnusable
from goodterms.exits.actions.take import take_exit
from goodterms.feedback.actions.choices import ChoiceImpossible, choose, open_page
from goodterms.feedback.actions.opt_ins import (
    OptInImpossible,
    ask_opt_in,
    confirm_opt_in,
    confirm_token,
    page_token,
)
from goodterms.feedback.models import Answer, OptIn
from goodterms.feedback.rules.choices import PersonsChoice
from goodterms.ledger.actions.append import append
from goodterms.ledger.models import Entry
from goodterms.ledger.queries.entries import entries_of
from goodterms.ledger.rules.facts import WHOLE, Fact
from goodterms.ledger.rules.kinds import Actor, Kind, Purpose, Vehicle
from goodterms.lib.canonical import sha256_hex
from goodterms.lib.tokens import Act, Token, make_token
from goodterms.people.models import Person
from goodterms.policy.queries.addresses import address_of
from goodterms.policy.queries.audiences import audience, recipients
from goodterms.policy.queries.decisions import Question, decision_for
from goodterms.policy.rules import Reason, UpdateFacts
from tests.delivery.network import RULEBOOK
from tests.feedback.actions.test_answers import send
from tests.feedback.postman import Postman
from tests.servers.mail import MailServer


@pytest.fixture
def bob(postman: Postman) -> Person:
    """Somebody connected and asked for nothing yet; only the strategy keeps mail from them."""
    (bob,) = postman.network.add("bob")
    return bob


def question(postman: Postman, vehicle: Vehicle, purpose: Purpose) -> Question:
    facts = UpdateFacts(purpose=purpose)
    return Question(facts=facts, vehicle=vehicle, rulebook=RULEBOOK, now=postman.network.clock())


def why(postman: Postman, person: Person, vehicle: Vehicle, purpose: Purpose = Purpose.NETWORKING) -> Reason:
    return decision_for(postman.office.owner, person.pk, question(postman, vehicle, purpose)).reason


def picks(postman: Postman, person: Person, choice: PersonsChoice, **more: object) -> Answer | None:
    link = f"https://ann.test/x/{page_token(postman.office, person)}"
    return choose(postman.office, link, choice, now=postman.network.clock(), **more).answer  # type: ignore[arg-type]


def confirms(postman: Postman, answer: Answer | None) -> Person:
    assert answer
    token = confirm_token(postman.office, OptIn.objects.get(uid=answer.about))
    return confirm_opt_in(postman.office, f"https://ann.test/x/{token}", now=postman.network.clock())


def leaves(postman: Postman, person: Person, kind: Kind) -> None:
    now = postman.network.clock()
    take_exit(postman.office, person, kind, at=now, now=now)


def test_linkedin_only_ends_mail_and_offers_at_once(postman: Postman, bob: Person) -> None:
    picks(postman, bob, PersonsChoice.LINKEDIN)

    assert why(postman, bob, Vehicle.LINKEDIN) is Reason.OPTED_IN
    assert why(postman, bob, Vehicle.EMAIL) is Reason.STOPPED
    assert why(postman, bob, Vehicle.LINKEDIN, Purpose.COMMERCIAL) is Reason.STOPPED


def test_offers_come_only_to_who_said_so(postman: Postman, bob: Person) -> None:
    picks(postman, bob, PersonsChoice.LINKEDIN, offers=True)

    assert why(postman, bob, Vehicle.LINKEDIN, Purpose.COMMERCIAL) is Reason.OPTED_IN


@pytest.mark.parametrize("kind", [Kind.STOPPED, Kind.LEFT])
def test_linkedin_lifts_the_persons_own_exit(postman: Postman, bob: Person, kind: Kind) -> None:
    leaves(postman, bob, kind)
    picks(postman, bob, PersonsChoice.LINKEDIN)

    assert why(postman, bob, Vehicle.LINKEDIN) is Reason.OPTED_IN


def test_mail_goes_to_the_address_they_named_once_they_confirmed_from_there(postman: Postman, bob: Person) -> None:
    leaves(postman, bob, Kind.STOPPED)
    answer = picks(postman, bob, PersonsChoice.EMAIL, address=" Bob@Home.test ")

    assert why(postman, bob, Vehicle.EMAIL) is Reason.STOPPED
    assert (answer and answer.address, answer and answer.state) == ("Bob@home.test", Answer.State.WAITING)
    assert confirms(postman, answer) == bob
    assert why(postman, bob, Vehicle.EMAIL) is Reason.OPTED_IN
    assert why(postman, bob, Vehicle.EMAIL, Purpose.COMMERCIAL) is Reason.STOPPED
    assert why(postman, bob, Vehicle.LINKEDIN) is Reason.STOPPED
    (recipient,) = recipients(postman.office.owner, question(postman, Vehicle.EMAIL, Purpose.NETWORKING))
    assert recipient.address == "Bob@home.test"


def test_what_an_export_no_longer_shows_does_not_take_the_chosen_address_away(postman: Postman, bob: Person) -> None:
    confirms(postman, picks(postman, bob, PersonsChoice.EMAIL, address="bob@home.test"))
    postman.network.tell([bob], Kind.ADDRESS_WITHDRAWN)

    assert why(postman, bob, Vehicle.EMAIL) is Reason.OPTED_IN
    found = address_of(postman.office.owner, bob.pk, Vehicle.EMAIL)
    assert found
    assert found.value == "bob@home.test"


def test_confirming_twice_changes_nothing(postman: Postman, bob: Person) -> None:
    answer = picks(postman, bob, PersonsChoice.EMAIL)
    confirms(postman, answer)
    before = Entry.objects.count()
    confirms(postman, answer)

    assert Entry.objects.count() == before


def test_pressing_the_button_twice_asks_once(postman: Postman, bob: Person) -> None:
    first = picks(postman, bob, PersonsChoice.EMAIL)

    assert picks(postman, bob, PersonsChoice.EMAIL) == first
    assert Answer.objects.count() == 1


@pytest.mark.parametrize("choice", [PersonsChoice.NOTHING, PersonsChoice.DISCONNECT, PersonsChoice.LINKEDIN])
def test_a_yes_does_not_outlive_what_was_chosen_after_it(postman: Postman, bob: Person, choice: PersonsChoice) -> None:
    answer = picks(postman, bob, PersonsChoice.EMAIL)
    picks(postman, bob, choice)

    with pytest.raises(OptInImpossible, match="chose something else"):
        confirms(postman, answer)
    assert why(postman, bob, Vehicle.EMAIL) in {Reason.STOPPED, Reason.LEFT}


@pytest.mark.parametrize(
    ("choice", "reason"), [(PersonsChoice.NOTHING, Reason.STOPPED), (PersonsChoice.DISCONNECT, Reason.LEFT)]
)
def test_nothing_and_disconnect_are_exits(postman: Postman, bob: Person, choice: PersonsChoice, reason: Reason) -> None:
    picks(postman, bob, choice)

    assert [why(postman, bob, vehicle) for vehicle in Vehicle] == [reason] * 3
    exit_ = entries_of(postman.office.owner, [bob.pk])[-1]
    assert (exit_.actor, exit_.scope, exit_.detail) == (Actor.PERSON, WHOLE, {"channel": "page", "chosen": choice})
    link = f"https://ann.test/x/{page_token(postman.office, bob)}"
    assert exit_.evidence == (sha256_hex(link.encode()),)
    assert Artefact.objects.get(sha256=exit_.evidence[0]).person == bob


def test_fewer_makes_updates_rare_in_counts_and_for_each(postman: Postman, bob: Person) -> None:
    (eve,) = postman.network.add("eve")
    picks(postman, bob, PersonsChoice.FEWER)
    postman.network.tell([bob, eve], Kind.UPDATE_ACCEPTED)
    owner, asked = postman.office.owner, question(postman, Vehicle.EMAIL, Purpose.NETWORKING)

    assert why(postman, bob, Vehicle.EMAIL) is Reason.TOO_SOON
    assert (audience(owner, asked).send, audience(owner, asked).hold) == (1, {Reason.TOO_SOON: 1})
    assert {one.person for one in recipients(owner, asked)} == {eve.pk}
    postman.network.clock.now += timedelta(days=91)
    later = question(postman, Vehicle.EMAIL, Purpose.NETWORKING)
    assert audience(owner, later).send == 2


def test_fewer_is_no_way_back(postman: Postman, bob: Person) -> None:
    leaves(postman, bob, Kind.STOPPED)
    with pytest.raises(ChoiceImpossible, match="can't be fewer"):
        picks(postman, bob, PersonsChoice.FEWER)

    assert why(postman, bob, Vehicle.EMAIL) is Reason.STOPPED


@pytest.mark.parametrize("choice", [PersonsChoice.EMAIL, PersonsChoice.LINKEDIN, PersonsChoice.FEWER])
def test_nothing_lifts_a_complaint(postman: Postman, bob: Person, choice: PersonsChoice) -> None:
    answer = picks(postman, bob, PersonsChoice.EMAIL)
    leaves(postman, bob, Kind.COMPLAINED)
    with pytest.raises(ChoiceImpossible, match="for good"):
        picks(postman, bob, choice)
    with pytest.raises(OptInImpossible):
        confirms(postman, answer)
    with pytest.raises(OptInImpossible):
        ask_opt_in(postman.office, bob, vehicle=Vehicle.LINKEDIN, now=postman.network.clock())

    assert why(postman, bob, Vehicle.EMAIL) is Reason.COMPLAINED


def test_who_complained_may_still_have_the_connection_broken(postman: Postman, bob: Person) -> None:
    leaves(postman, bob, Kind.COMPLAINED)
    picks(postman, bob, PersonsChoice.DISCONNECT)

    assert Kind.LEFT in {entry.kind for entry in entries_of(postman.office.owner, [bob.pk])}


def test_nobody_comes_back_from_erasure(postman: Postman, bob: Person) -> None:
    answer = picks(postman, bob, PersonsChoice.EMAIL)
    erase(postman.office, bob, now=postman.network.clock())
    before = Entry.objects.count()
    for choice in (PersonsChoice.EMAIL, PersonsChoice.LINKEDIN, PersonsChoice.FEWER):
        with pytest.raises(LinkUnusable, match="nothing is known here any more"):
            picks(postman, bob, choice)
    for choice in (PersonsChoice.NOTHING, PersonsChoice.DISCONNECT):
        picks(postman, bob, choice)
    with pytest.raises(LinkUnusable):
        confirms(postman, answer)

    assert Entry.objects.count() == before
    assert set(OptIn.objects.values_list("address", flat=True)) == {""}
    assert set(Answer.objects.values_list("address", flat=True)) == {""}


@pytest.mark.parametrize("act", [Act.COPY, Act.CONFIRM])
def test_no_other_token_opens_the_page(postman: Postman, bob: Person, act: Act) -> None:
    """Those travel in headers, or stand for one thing alone; they let nobody in."""
    token = make_token(postman.office.keys.token, Token(person_uid=bob.uid, act=act, update_uid="ab" * 16))
    before = Entry.objects.count()
    for choice in PersonsChoice:
        with pytest.raises(LinkUnusable):
            choose(postman.office, token, choice, now=postman.network.clock())
    with pytest.raises(LinkUnusable):
        open_page(postman.office, token)

    assert Entry.objects.count() == before


def test_a_page_token_confirms_nothing(postman: Postman, bob: Person) -> None:
    picks(postman, bob, PersonsChoice.EMAIL)
    with pytest.raises(LinkUnusable):
        confirm_opt_in(postman.office, page_token(postman.office, bob), now=postman.network.clock())


def test_no_address_is_said_to_be_one(postman: Postman, bob: Person) -> None:
    with pytest.raises(OptInImpossible, match="no e-mail address"):
        picks(postman, bob, PersonsChoice.EMAIL, address="bob")

    assert not OptIn.objects.exists()


def test_a_look_at_the_page_changes_nothing_and_shows_what_is(postman: Postman, bob: Person) -> None:
    link = page_token(postman.office, bob)
    before = (Entry.objects.count(), Artefact.objects.count(), Delivery.objects.count())
    page = open_page(postman.office, link)

    assert (page.person, page.name, page.address) == (bob, "Bob", "bob@people.test")
    assert (page.choice, page.offers, page.waits_for, page.is_closed) == (None, True, "", False)
    assert (Entry.objects.count(), Artefact.objects.count(), Delivery.objects.count()) == before
    picks(postman, bob, PersonsChoice.FEWER)
    assert open_page(postman.office, link).choice is PersonsChoice.FEWER
    picks(postman, bob, PersonsChoice.LINKEDIN)
    assert (open_page(postman.office, link).choice, open_page(postman.office, link).offers) == ("linkedin", False)
    picks(postman, bob, PersonsChoice.EMAIL, address="bob@home.test")
    assert open_page(postman.office, link).waits_for == "bob@home.test"
    picks(postman, bob, PersonsChoice.NOTHING)
    assert open_page(postman.office, link).choice is PersonsChoice.NOTHING


def test_asking_is_on_record_and_gives_the_page(postman: Postman, bob: Person) -> None:
    token = ask_opt_in(postman.office, bob, vehicle=Vehicle.LINKEDIN, now=postman.network.clock())

    assert open_page(postman.office, token).person == bob
    asked = entries_of(postman.office.owner, [bob.pk])[-1]
    assert (asked.kind, asked.actor, set(asked.scope.vehicles)) == (Kind.OPT_IN_ASKED, Actor.OWNER, {Vehicle.LINKEDIN})


def test_a_yes_alone_lifts_no_exit(postman: Postman, bob: Person) -> None:
    leaves(postman, bob, Kind.STOPPED)
    now = postman.network.clock()
    append(
        postman.office.owner,
        [Fact(kind=Kind.OPT_IN_GIVEN, occurred_at=now, actor=Actor.PERSON, person=bob.pk)],
        now=now,
    )

    assert why(postman, bob, Vehicle.EMAIL) is Reason.STOPPED


def test_nobody_who_left_is_asked_on_another_persons_word(postman: Postman, bob: Person) -> None:
    (eve,) = postman.network.add("eve")
    postman.network.stop(eve)
    with pytest.raises(OptInImpossible, match="No mail can go to that address"):
        picks(postman, bob, PersonsChoice.EMAIL, address="EVE@people.test")
    assert not Answer.objects.exists()
    assert not OptIn.objects.exists()


def test_nobody_is_asked_who_left_before_the_request_could_leave(
    postman: Postman, bob: Person, mail_server: MailServer
) -> None:
    (eve,) = postman.network.add("eve")
    picks(postman, bob, PersonsChoice.EMAIL, address="eve@people.test")
    postman.network.stop(eve)
    assert send(postman, mail_server) == Counter({"refused": 1})
    assert mail_server.received == []


@pytest.mark.parametrize("act", [Act.STOP, Act.LEAVE])
def test_a_link_that_was_passed_on_brings_nobody_back_to_a_strange_address(
    postman: Postman, bob: Person, act: Act
) -> None:
    postman.network.stop(bob)
    token = Token(owner_number=postman.office.owner.pk, person_uid=bob.uid, update_uid="ab" * 16, act=act)
    link, now = make_token(postman.office.keys.token, token), postman.network.clock()
    with pytest.raises(ChoiceImpossible, match="mails are passed on"):
        choose(postman.office, link, PersonsChoice.EMAIL, address="mallory@strangers.test", now=now)
    assert not OptIn.objects.exists()

    answer = choose(postman.office, link, PersonsChoice.EMAIL, address="Bob@people.test", now=now).answer
    confirms(postman, answer)
    assert why(postman, bob, Vehicle.EMAIL) is Reason.OPTED_IN
