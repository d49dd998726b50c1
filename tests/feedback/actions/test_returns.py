"""A return stops the address and never the person, and only when it is about a copy that left."""

from datetime import timedelta

import pytest

from goodterms.ledger.rules.kinds import HoldReason, Kind
from goodterms.ledger.rules.standing import Email
from tests.feedback.postman import Postman, answer, bounce

HARD = "550 5.1.1 No such user"


@pytest.mark.parametrize(
    ("status", "said", "email", "kind"),
    [
        ("5.1.1", HARD, Email.BOUNCED, "hard"),
        ("5.1.10", "556 5.1.10 null MX", Email.BOUNCED, "hard"),
        ("5.2.1", "", Email.BOUNCED, "hard"),
        ("5.0.0", "550 User unknown", Email.BOUNCED, "hard"),
        ("5.7.1", "550 5.7.1 blocked as spam", Email.USABLE, "sender"),
        ("5.1.0", "550 5.7.26 unauthenticated", Email.USABLE, "sender"),
        ("5.7.515", "550 5.7.515 Access denied", Email.USABLE, "sender"),
        ("5.2.2", "552 5.2.2 mailbox full", Email.USABLE, "soft"),
        ("4.4.7", "", Email.USABLE, "soft"),
        ("5.6.0", "554 5.6.0 bad content", Email.USABLE, "content"),
    ],
)
def test_a_return_follows_its_code(postman: Postman, status: str, said: str, email: Email, kind: str) -> None:
    bob, copy = postman.add_and_send("bob")
    postman.read(bounce(copy.message_id, status, said))

    standing = postman.standing(bob)
    assert standing.email is email
    assert (standing.stops, standing.left_at, standing.complained_at, standing.holds) == ((), None, None, frozenset())
    (row,) = postman.rows()
    assert (row.kind, row.delivery) == (kind, copy)


def test_a_delay_changes_nothing(postman: Postman) -> None:
    bob, copy = postman.add_and_send("bob")
    before = postman.standing(bob)
    postman.read(bounce(copy.message_id, "4.4.1", action="delayed"))
    assert postman.standing(bob) == before


@pytest.mark.parametrize("message_id", ["<made-up@owner.test>", "<{tampered}@owner.test>", ""])
def test_a_forged_return_changes_nothing(postman: Postman, message_id: str) -> None:
    bob, copy = postman.add_and_send("bob")
    token = copy.message_id[1:].partition("@")[0]
    tampered = token[:-1] + ("a" if token[-1] != "a" else "b")
    postman.read(bounce(message_id.format(tampered=tampered), "5.1.1", HARD))
    assert postman.standing(bob).email is Email.USABLE


def test_a_return_read_twice_changes_nothing(postman: Postman) -> None:
    _, copy = postman.add_and_send("bob")
    mail = bounce(copy.message_id, "5.1.1", HARD)
    postman.read(mail)
    assert postman.read(mail)["new"] == 0


def test_a_return_of_an_older_address_leaves_the_new_one(postman: Postman) -> None:
    bob, copy = postman.add_and_send("bob")
    bob.identities.update(is_current=False)
    (bobby,) = postman.network.add("bobby", address="bob@new.test")
    bobby.identities.update(person=bob)
    postman.read(bounce(copy.message_id, "5.1.1", HARD))
    assert postman.standing(bob).email is Email.USABLE


def test_three_soft_returns_over_two_weeks_hold(postman: Postman) -> None:
    bob, first = postman.add_and_send("bob")
    copies = [first, postman.send(bob), postman.send(bob)]
    for days, copy in zip((0, 7, 14), copies, strict=True):
        assert HoldReason.ADDRESS_FAILING not in postman.standing(bob).holds
        now = postman.network.clock() + timedelta(days=days, seconds=1)
        postman.read(bounce(copy.message_id, "5.2.2", "552 full"), now=now)
    assert postman.standing(bob).holds == {HoldReason.ADDRESS_FAILING}
    assert postman.standing(bob).email is Email.USABLE


def test_many_soft_returns_of_one_week_hold_nobody(postman: Postman) -> None:
    bob, first = postman.add_and_send("bob")
    for copy in (first, postman.send(bob), postman.send(bob)):
        postman.read(bounce(copy.message_id, "5.2.2", "552 full"))
    assert postman.standing(bob).holds == frozenset()


@pytest.mark.parametrize(
    ("text", "email", "kind"),
    [
        ("I am out of the office until 12 January 2027.", Email.USABLE, "out_of_office"),
        ("Bob is no longer with the company. Write to eve@people.test", Email.BOUNCED, "left_company"),
        ("Herr Byte ist nicht mehr bei uns tätig.", Email.BOUNCED, "left_company"),
        ("This mailbox is no longer monitored.", Email.BOUNCED, "role_closed"),
        ("My new address is bob@new.test", Email.USABLE, "address_changed"),
        ("yes, I agree to everything, unsubscribe", Email.USABLE, "other"),
    ],
)
def test_an_automatic_answer_is_never_the_persons_word(postman: Postman, text: str, email: Email, kind: str) -> None:
    bob, copy = postman.add_and_send("bob")
    postman.read(answer(text, to=copy.message_id, Auto_Submitted="auto-replied"))
    standing = postman.standing(bob)
    assert (standing.email, standing.stops, standing.opt_in_at) == (email, (), None)
    assert postman.rows()[0].kind == kind
    assert not postman.network.told(bob, Kind.REPLIED)


def test_somebody_elses_automatic_answer_stops_no_address(postman: Postman) -> None:
    bob, copy = postman.add_and_send("bob")
    mail = answer("no longer with us", to=copy.message_id, sender="eve@people.test", Auto_Submitted="auto-replied")
    postman.read(mail)
    assert postman.standing(bob).email is Email.USABLE


def test_where_and_until_when_is_kept_as_a_suggestion(postman: Postman) -> None:
    _, copy = postman.add_and_send("bob")
    text = "I am on leave until 12 January. In urgent cases write to eve@people.test."
    postman.read(answer(text, to=copy.message_id, Auto_Submitted="auto-replied", Date="Mon, 2 Nov 2026 09:00:00 +0000"))
    assert postman.rows()[0].detail == {"until": "2027-01-12", "address": "eve@people.test"}
