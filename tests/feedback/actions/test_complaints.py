"""A complaint is an exit for ever on all vehicles, and a case until the owner has answered."""

import re
from datetime import timedelta

from goodterms.feedback.actions.complaints import add_complaint, mark_replied
from goodterms.feedback.queries import case_facts, complaints, pending_items
from goodterms.feedback.rules.complaints import draft_reply
from goodterms.ledger.rules.kinds import HoldReason
from tests.feedback.postman import Postman, complaint


def test_a_report_with_our_token_is_an_exit_and_a_case(postman: Postman) -> None:
    bob, copy = postman.add_and_send("bob")
    counts = postman.read(complaint(copy.message_id, "Original-Rcpt-To: redacted"))
    assert counts["complaint"] == 1
    assert postman.standing(bob).complained_at is not None
    (case,) = complaints(postman.network.owner)
    assert (case.person, case.delivery, case.source) == (bob, copy, "feedback_loop")


def test_a_token_in_a_feedback_id_is_enough(postman: Postman) -> None:
    bob, copy = postman.add_and_send("bob")
    postman.read(complaint("<redacted@owner.test>", f"CFBL-Feedback-ID: {copy.message_id}"))
    assert postman.standing(bob).complained_at is not None


def test_a_report_that_names_an_address_only_holds(postman: Postman) -> None:
    bob, _ = postman.add_and_send("bob")
    postman.read(complaint("<made-up@owner.test>", "Original-Rcpt-To: <bob@people.test>"))
    standing = postman.standing(bob)
    assert standing.complained_at is None
    assert standing.holds == {HoldReason.UNSURE}
    assert [row.person for row in pending_items(postman.network.owner)] == [bob]


def test_not_spam_is_no_complaint(postman: Postman) -> None:
    bob, copy = postman.add_and_send("bob")
    mail = complaint(copy.message_id).replace(b"Feedback-Type: abuse", b"Feedback-Type: not-spam")
    assert postman.read(mail)["complaint"] == 0
    assert postman.standing(bob).complained_at is None


def test_the_reply_says_what_is_on_record_and_claims_no_more(postman: Postman) -> None:
    bob, copy = postman.add_and_send("bob")
    now = postman.network.clock() + timedelta(hours=1)
    case = add_complaint(postman.office, bob, source="abuse_desk", ticket="A-17", words="spam", at=now, now=now)
    text = draft_reply(case_facts(case))

    assert "A-17" in text
    assert "31 January 2024" in text
    assert copy.message_id in text
    assert "suppressed for ever" in text
    assert not re.search(r"compliant|opt-in|opted in|legal|bob@", text, re.IGNORECASE)
    assert postman.standing(bob).complained_at == now


def test_an_answered_complaint_waits_no_more(postman: Postman) -> None:
    bob, _ = postman.add_and_send("bob")
    now = postman.network.clock()
    case = add_complaint(postman.office, bob, source="direct", at=now, now=now)
    assert complaints(postman.network.owner, unanswered=True).count() == 1
    mark_replied(case, now=now)
    assert complaints(postman.network.owner, unanswered=True).count() == 0
