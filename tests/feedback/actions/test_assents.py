"""A yes by mail counts only where it is authentic, and is confirmed by a further mail."""

from collections.abc import Callable

import pytest

from goodterms.feedback.actions.opt_ins import ask_opt_in, confirm_token, page_token
from goodterms.feedback.models import Answer, Feedback, OptIn
from goodterms.ledger.queries.entries import entries_of
from goodterms.ledger.rules.kinds import Kind, Vehicle
from goodterms.lib.tokens import Act, Token, make_token
from goodterms.people.models import Person
from tests.feedback.postman import Postman, answer

AUTHENTIC = {"Authentication_Results": "mx.owner.test; dkim=pass header.d=people.test"}


@pytest.fixture(autouse=True)
def _trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOODTERMS_AUTHSERV_ID", "mx.owner.test")


@pytest.fixture
def bob(postman: Postman) -> Person:
    (bob,) = postman.network.add("bob")
    return bob


def kinds(postman: Postman, person: Person) -> list[Kind]:
    return [entry.kind for entry in entries_of(postman.office.owner, [person.pk])][3:]


def ask(postman: Postman, person: Person) -> None:
    ask_opt_in(postman.office, person, vehicle=Vehicle.EMAIL, now=postman.network.clock())


@pytest.mark.parametrize("words", ["Yes", "yes please!\n\nBest\nBob", "Ja, gerne.", "Sí", "はい"])
def test_an_authentic_yes_to_what_was_asked_is_an_opt_in_to_be_confirmed(
    postman: Postman, bob: Person, words: str
) -> None:
    ask(postman, bob)
    postman.read(answer(words, **AUTHENTIC))

    assert kinds(postman, bob) == [Kind.OPT_IN_ASKED, Kind.REPLIED, Kind.OPT_IN_GIVEN]
    given = entries_of(postman.office.owner, [bob.pk])[-1]
    assert given.evidence == (Feedback.objects.get().sha256,)
    assert Answer.objects.get().address == "bob@people.test"


def test_subscribing_in_so_many_words_needs_no_request(postman: Postman, bob: Person) -> None:
    postman.read(answer("Please subscribe me", **AUTHENTIC))

    assert kinds(postman, bob) == [Kind.REPLIED, Kind.OPT_IN_GIVEN]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authentication_Results": "mx.evil.test; dkim=pass header.d=people.test"},
        {"Authentication_Results": "mx.owner.test; dkim=fail header.d=people.test"},
        {"Authentication_Results": "mx.owner.test; dkim=pass header.d=evil.test"},
    ],
)
def test_a_yes_that_nobody_vouches_for_asks_for_nothing(postman: Postman, bob: Person, headers: dict[str, str]) -> None:
    ask(postman, bob)
    postman.read(answer("Subscribe", **headers), answer("Yes", **headers))

    assert Kind.OPT_IN_GIVEN not in kinds(postman, bob)
    assert not OptIn.objects.exists()


def test_a_yes_that_was_not_asked_for_is_a_reply(postman: Postman, bob: Person) -> None:
    postman.read(answer("Yes, I will come to your talk", **AUTHENTIC), answer("Yes", **AUTHENTIC))

    assert kinds(postman, bob) == [Kind.REPLIED, Kind.REPLIED]


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "auto-replied"}, {"Return_Path": "<>"}, {"X_Autoreply": "yes"}])
def test_nothing_in_an_automatic_answer_is_consent(postman: Postman, bob: Person, headers: dict[str, str]) -> None:
    ask(postman, bob)
    given = _waiting(postman, bob)
    token = confirm_token(postman.office, given)
    before = kinds(postman, bob)
    mails = [
        answer("Yes", **AUTHENTIC, **headers),
        answer("Yes", Subject=f"confirm {token}", **headers),
        answer("Yes", Subject=f"linkedin {page_token(postman.office, bob)}", **headers),
        answer("Yes", to=f"<{token}@owner.test>", **headers),
    ]
    postman.read(*mails)

    assert kinds(postman, bob) == before


def _waiting(postman: Postman, bob: Person) -> OptIn:
    postman.read(answer("subscribe", **AUTHENTIC))
    return OptIn.objects.get(person=bob)


@pytest.mark.parametrize(
    "mail",
    [
        lambda token: answer("", Subject=f"confirm {token}"),
        lambda token: answer("", Subject=f"Re: confirm {token.upper()}", sender="bob@phone.test"),
        lambda token: answer("yes", to=f"<{token}@owner.test>"),
    ],
)
def test_the_confirmation_is_taken_by_mail_as_well(postman: Postman, bob: Person, mail: Callable[[str], bytes]) -> None:
    raw = mail(confirm_token(postman.office, _waiting(postman, bob)))
    postman.read(raw)
    postman.read(raw)

    assert kinds(postman, bob).count(Kind.OPT_IN_CONFIRMED) == 1
    assert OptIn.objects.get().confirmed_at


@pytest.mark.parametrize("words", ["No", "stop", "Who are you?"])
def test_another_answer_to_the_request_confirms_nothing(postman: Postman, bob: Person, words: str) -> None:
    token = confirm_token(postman.office, _waiting(postman, bob))
    postman.read(answer(words, to=f"<{token}@owner.test>"))

    assert Kind.OPT_IN_CONFIRMED not in kinds(postman, bob)


def test_a_forged_confirmation_changes_nothing(postman: Postman, bob: Person) -> None:
    opt_in = _waiting(postman, bob)
    forged = make_token(b"other key", Token(person_uid=bob.uid, update_uid=opt_in.uid, act=Act.CONFIRM))
    postman.read(answer("", Subject=f"confirm {forged}"), answer("yes", to=f"<{forged}@owner.test>"))

    assert Kind.OPT_IN_CONFIRMED not in kinds(postman, bob)


def test_a_choice_is_taken_by_mail_as_well(postman: Postman, bob: Person) -> None:
    token = page_token(postman.office, bob)
    counts = postman.read(answer("", Subject=f"linkedin {token}", sender="bob@phone.test"))

    assert counts["opt_in"] == 1
    assert kinds(postman, bob)[0] is Kind.OPT_IN_CONFIRMED
    assert entries_of(postman.office.owner, [bob.pk])[-1].evidence == (Feedback.objects.get().sha256,)


def test_mail_by_a_choice_goes_where_it_was_asked_from_once_confirmed(postman: Postman, bob: Person) -> None:
    postman.read(answer("", Subject=f"email {page_token(postman.office, bob)}", sender="bob@phone.test"))

    assert Answer.objects.get().address == "bob@phone.test"


@pytest.mark.parametrize(("word", "kind"), [("nothing", Kind.STOPPED), ("disconnect", Kind.LEFT)])
def test_the_ways_out_among_the_choices_are_exits(postman: Postman, bob: Person, word: str, kind: Kind) -> None:
    counts = postman.read(answer("", Subject=f"{word} {page_token(postman.office, bob)}"))

    assert counts["exit_stop"] + counts["exit_leave"] == 1
    assert kinds(postman, bob) == [kind]


def test_what_could_not_be_obeyed_says_why(postman: Postman, bob: Person) -> None:
    postman.read(answer("stop"))
    postman.read(answer("", Subject=f"fewer {page_token(postman.office, bob)}"))

    assert "can't be fewer" in Feedback.objects.order_by("-id")[0].detail["refused"]


def test_mere_talk_beside_a_token_chooses_nothing(postman: Postman, bob: Person) -> None:
    postman.read(answer("Hello", Subject=f"Is email or linkedin better? {page_token(postman.office, bob)}"))

    assert kinds(postman, bob) == [Kind.REPLIED]
