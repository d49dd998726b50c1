"""Whoever asks to join gets updates once they confirmed; nobody is kept before that, nobody who left is asked."""

from datetime import timedelta

import pytest
from django.test import Client

from goodterms.feedback.actions.joining import joining_link, may_be_asked
from goodterms.feedback.models import Asking
from goodterms.ledger.rules.kinds import Kind
from goodterms.people.models import Identity, Person
from goodterms.web.pages.public import join as page
from tests.feedback.postman import Postman
from tests.web.pages.public.test_pages import rows, why


@pytest.fixture
def sent(postman: Postman, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The mails that the page hands over, instead of sending them."""
    kept: list[tuple[str, str]] = []
    monkeypatch.setattr(page, "send_soon", lambda _office, address, words: kept.append((address, words.text)))
    return kept


def kept() -> dict[str, int]:
    """Count every row but those that count who asks, by keyed hashes and for a day at most."""
    return {name: count for name, count in rows().items() if name != "Asking"}


def ask(postman: Postman, anybody: Client, address: str, **headers: str) -> bytes:
    answer = anybody.post(f"/join/{postman.network.owner.uid}", {"address": address}, **headers)  # type: ignore[arg-type]
    assert answer.status_code == 200
    return bytes(answer.content)


def test_updates_begin_once_the_address_confirmed(
    postman: Postman, anybody: Client, sent: list[tuple[str, str]]
) -> None:
    before = kept()
    assert b"I want these updates" in anybody.get(f"/join/{postman.network.owner.uid}").content
    ask(postman, anybody, "Nora@New.test")
    assert kept() == before
    ((address, text),) = sent
    assert address == "Nora@new.test"
    link = next(word for word in text.split() if "/join/" in word).partition("localhost")[2]
    assert b"Yes, write to me" in anybody.get(link).content
    assert kept() == before

    for _ in range(2):
        assert "From now on you get updates from Ann" in anybody.post(link).content.decode()

    nora = Identity.objects.get(value="Nora@new.test").person
    assert why(postman, nora) == "opted_in"
    assert Person.objects.count() == 1


def test_the_answer_is_the_same_whoever_has_the_address(
    postman: Postman, anybody: Client, sent: list[tuple[str, str]]
) -> None:
    bob, _ = postman.network.add("bob", "alice")
    postman.network.stop(bob)
    answers = {ask(postman, anybody, f"{name}@people.test") for name in ("bob", "alice", "nobody")}
    assert len(answers) == 1
    assert [address for address, _ in sent] == ["alice@people.test", "nobody@people.test"]


@pytest.mark.parametrize("written", ["bob@people.test", "BOB+news@People.test"])
def test_nobody_who_left_is_written_to(
    postman: Postman, anybody: Client, sent: list[tuple[str, str]], written: str
) -> None:
    (bob,) = postman.network.add("bob")
    link = joining_link(postman.office, "bob@people.test", now=postman.network.clock())
    postman.network.stop(bob)
    ask(postman, anybody, written)
    assert sent == []
    assert not may_be_asked(postman.office, written)
    answer = anybody.post(f"/join/{postman.network.owner.uid}/{link}")  # an older mail's link
    assert answer.status_code == 422
    assert why(postman, bob) == "stopped"


def test_who_complained_stays_out(postman: Postman, anybody: Client) -> None:
    (bob,) = postman.network.add("bob")
    link = joining_link(postman.office, "bob@people.test", now=postman.network.clock())
    postman.network.tell([bob], Kind.COMPLAINED)
    assert anybody.post(f"/join/{postman.network.owner.uid}/{link}").status_code == 422
    assert why(postman, bob) == "complained"


def test_a_joining_link_ends_and_is_not_forged(postman: Postman, anybody: Client) -> None:
    owner = postman.network.owner.uid
    link = joining_link(postman.office, "nora@new.test", now=postman.network.clock())
    before = rows()
    for bad in (link[:-2] + "AA", link[::-1], "x", "ä"):
        assert anybody.post(f"/join/{owner}/{bad}").status_code == 404
    assert anybody.post(f"/join/{'0' * 32}/{link}").status_code == 404
    postman.network.clock.now += timedelta(days=8)
    assert anybody.post(f"/join/{owner}/{link}").status_code == 404
    assert rows() == before


def test_an_address_is_asked_twice_a_day_and_a_place_may_ask_twenty_times_an_hour(
    postman: Postman, anybody: Client, sent: list[tuple[str, str]]
) -> None:
    for _ in range(4):
        ask(postman, anybody, "nora@new.test")
    assert len(sent) == 2
    for number in range(16):
        ask(postman, anybody, f"n{number}@new.test")
    path = f"/join/{postman.network.owner.uid}"
    assert anybody.post(path, {"address": "last@new.test"}).status_code == 429
    assert anybody.post(path, {"address": "last@new.test"}, REMOTE_ADDR="192.0.2.1").status_code == 200
    assert "127.0.0.1" not in str(list(Asking.objects.values()))
    assert "new.test" not in str(list(Asking.objects.values()))
    postman.network.clock.now += timedelta(hours=2)
    ask(postman, anybody, "last@new.test")


def test_what_is_no_address_is_said_to_be_none(postman: Postman, anybody: Client) -> None:
    answer = anybody.post(f"/join/{postman.network.owner.uid}", {"address": "nora"})
    assert answer.status_code == 422
    assert anybody.get("/join/nobody").status_code == 404
