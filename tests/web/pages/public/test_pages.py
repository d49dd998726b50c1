"""By a signed link anybody chooses what they get, without signing in; opening it changes nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.staticfiles import finders
from django.test import Client

from goodterms.delivery.models import Delivery
from goodterms.exits.models import Suppression
from goodterms.feedback.actions.opt_ins import confirm_token
from goodterms.feedback.models import OptIn
from goodterms.feedback.queries import leavers
from goodterms.ledger.rules.kinds import Actor, Kind, Purpose, Vehicle
from goodterms.lib.tokens import Act, Token, make_token
from goodterms.people.models import Person
from goodterms.policy.queries.decisions import Question, decision_for
from goodterms.policy.rules import UpdateFacts
from goodterms.web.pages.public import kept as kept_page
from tests.delivery.network import RULEBOOK
from tests.feedback.postman import Postman
from tests.web.pages.public.conftest import Link

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ACTS = ("stop", "leave", "choose")


def rows() -> dict[str, int]:
    """Count every row of every table."""
    return {model.__name__: model._default_manager.count() for model in apps.get_models()}


def why(postman: Postman, person: Person, vehicle: Vehicle = Vehicle.EMAIL) -> str:
    facts = UpdateFacts(purpose=Purpose.NETWORKING)
    question = Question(facts=facts, vehicle=vehicle, rulebook=RULEBOOK, now=postman.network.clock())
    return str(decision_for(postman.network.owner, person.pk, question).reason)


@pytest.mark.parametrize("act", [*ACTS, "copy", "confirm"])
def test_looking_changes_nothing_whatever_looks(link: Link, anybody: Client, act: str) -> None:
    before = rows()
    for path in ("", "/copy", "/kept", "/kept.json", "/erase"):
        for method in ("get", "head", "options", "put", "delete", "patch"):
            answer = getattr(anybody, method)(link(act) + path)
            assert answer.status_code in {200, 403, 404, 405}
            assert not answer.cookies
    assert rows() == before


def test_the_way_out_is_the_first_button_and_works_at_once(
    postman: Postman, bob: Person, link: Link, anybody: Client
) -> None:
    page = anybody.get(link("stop")).content.decode()
    assert page.index("Stop these updates") < page.index("By e-mail") < page.index("Fewer updates")

    answer = anybody.post(link("stop"), {"choice": "nothing"})

    assert "You get no updates any more. You stay connected." in answer.content.decode()
    assert why(postman, bob) == "stopped"


def test_leave_asks_the_owner_to_break_the_connection(
    postman: Postman, bob: Person, link: Link, anybody: Client
) -> None:
    assert anybody.get(link("leave")).content.decode().count("Please disconnect") == 1
    assert "Ann has been asked" in anybody.post(link("leave"), {"choice": "disconnect"}).content.decode()
    assert [leaver.person for leaver in leavers(postman.network.owner)] == [bob.pk]


@pytest.mark.parametrize("act", ACTS)
def test_one_click_is_answered_alike_however_often_it_comes(
    postman: Postman, bob: Person, link: Link, anybody: Client, act: str
) -> None:
    counted = []
    for _ in range(3):
        answer = anybody.post(link(act), ONE_CLICK)
        assert (answer.status_code, answer.content) == (200, b"Done.\n")
        counted.append(rows())
    assert counted[0] == counted[2]
    assert why(postman, bob) in {"stopped", "left"}


def test_a_link_counts_again_once_its_exit_was_lifted(
    postman: Postman, bob: Person, link: Link, anybody: Client
) -> None:
    anybody.post(link("stop"), ONE_CLICK)
    anybody.post(link("choose"), {"choice": "linkedin"})
    assert why(postman, bob, Vehicle.LINKEDIN) == "opted_in"

    anybody.post(link("stop"), ONE_CLICK)
    assert why(postman, bob, Vehicle.LINKEDIN) == "stopped"


def test_a_link_by_which_linkedin_was_chosen_still_stops_everything(
    postman: Postman, bob: Person, link: Link, anybody: Client
) -> None:
    anybody.post(link("stop"), {"choice": "linkedin"})
    assert why(postman, bob, Vehicle.LINKEDIN) == "opted_in"
    anybody.post(link("stop"), ONE_CLICK)
    assert why(postman, bob, Vehicle.LINKEDIN) == "stopped"


def test_who_left_is_not_brought_back_by_a_link_that_stands_in_a_mail(
    postman: Postman, bob: Person, link: Link, anybody: Client
) -> None:
    anybody.post(link("stop"), ONE_CLICK)
    assert "LinkedIn messages only" not in anybody.get(link("stop")).content.decode()

    assert anybody.post(link("stop"), {"choice": "linkedin"}).status_code == 422
    assert why(postman, bob, Vehicle.LINKEDIN) == "stopped"


def test_mail_begins_once_the_address_was_confirmed(postman: Postman, bob: Person, link: Link, anybody: Client) -> None:
    anybody.post(link("stop"), ONE_CLICK)
    answer = anybody.post(link("choose"), {"choice": "email", "address": "bob@home.example"})
    assert "b…@home.example" in answer.content.decode()
    assert why(postman, bob) == "stopped"

    confirm = f"/x/{confirm_token(postman.office, OptIn.objects.get())}"
    assert "Yes, write to me" in anybody.get(confirm).content.decode()
    assert "From now on you get updates from Ann" in anybody.post(confirm).content.decode()
    assert why(postman, bob) == "opted_in"


def test_a_link_that_stands_in_mails_lets_nobody_back_at_a_strange_address(
    postman: Postman, bob: Person, link: Link, anybody: Client
) -> None:
    anybody.post(link("stop"), ONE_CLICK)
    answer = anybody.post(link("stop"), {"choice": "email", "address": "mallory@strangers.example"})
    assert answer.status_code == 422
    assert "leave the field empty for the address that is known here" in answer.content.decode()
    assert not OptIn.objects.exists()
    assert why(postman, bob) == "stopped"


def test_a_yes_from_before_an_exit_is_not_confirmed(postman: Postman, bob: Person, link: Link, anybody: Client) -> None:
    anybody.post(link("choose"), {"choice": "email"})
    anybody.post(link("stop"), ONE_CLICK)
    answer = anybody.post(f"/x/{confirm_token(postman.office, OptIn.objects.get())}")
    assert answer.status_code == 422
    assert "you chose something else" in answer.content.decode()
    assert why(postman, bob) == "stopped"


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"choice": "email", "address": "no address"}, "That is no e-mail address"),
        ({"choice": "everything"}, "Nothing was chosen"),
        ({}, "Nothing was chosen"),
    ],
)
def test_what_cannot_be_done_changes_nothing_and_says_so(
    link: Link, anybody: Client, posted: dict[str, str], said: str
) -> None:
    before = rows()
    answer = anybody.post(link("choose"), posted)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert rows() == before


def test_a_forged_or_altered_link_changes_nothing_and_says_so_calmly(link: Link, anybody: Client) -> None:
    genuine = link("stop")
    altered = genuine[:-3] + ("a" if genuine[-3] != "a" else "b") + genuine[-2:]
    before = rows()
    for address in (altered, "/x/" + "a" * 61, "/x/nonsense", "/x/ä", link("copy")):
        for answer in (anybody.get(address), anybody.post(address, ONE_CLICK)):
            assert answer.status_code == 404
            assert "This link leads nowhere" in answer.content.decode()
    assert rows() == before


def test_a_link_of_another_owner_is_none(postman: Postman, bob: Person, anybody: Client) -> None:
    token = make_token(postman.network.keys.token, Token(owner_number=99, person_uid=bob.uid, act=Act.STOP))
    assert anybody.post(f"/x/{token}", ONE_CLICK).status_code == 404


def test_the_way_out_holds_though_nobody_is_known_by_it(postman: Postman, anybody: Client) -> None:
    network = postman.network
    token = make_token(network.keys.token, Token(owner_number=network.owner.pk, person_uid=12345, act=Act.STOP))
    assert "Stop these updates" in anybody.get(f"/x/{token}").content.decode()
    assert anybody.post(f"/x/{token}", ONE_CLICK).status_code == 200
    assert Suppression.objects.count() == 1


def test_who_complained_is_offered_nothing(postman: Postman, bob: Person, link: Link, anybody: Client) -> None:
    postman.network.tell([bob], Kind.COMPLAINED)
    page = anybody.get(link("choose")).content.decode()
    assert "that ends them for good" in page
    assert "<button" not in page
    assert anybody.post(link("choose"), {"choice": "linkedin"}).status_code == 422


def test_pages_are_small_stay_unseen_and_name_nobody_else(link: Link, anybody: Client) -> None:
    style = Path(str(finders.find("web/public.css"))).stat().st_size
    for address in (link("stop"), link("choose"), link("choose") + "/kept", link("choose") + "/erase", "/x/none"):
        answer = anybody.get(address)
        page = answer.content.decode()
        assert len(answer.content) + style < 20_000
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"] == "no-store"
        assert "<script" not in page
        assert "alice" not in page.lower()
    assert "bob@people.test" not in anybody.get(link("stop")).content.decode()


@pytest.mark.parametrize("act", ["stop", "leave"])
def test_what_is_kept_is_not_shown_to_a_link_that_is_passed_on(link: Link, anybody: Client, act: str) -> None:
    for path in ("/kept", "/kept.json", "/erase"):
        answer = anybody.get(link(act) + path)
        assert answer.status_code == 403
        assert "bob" not in answer.content.decode().lower()
    assert anybody.post(link(act) + "/erase", {"sure": "yes"}).status_code == 403


def test_the_own_link_is_mailed_to_the_known_address_and_to_nobody_who_left(
    postman: Postman, bob: Person, link: Link, anybody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(kept_page, "send_soon", lambda _office, address, words: sent.append((address, words.text)))
    assert "b…@people.test" in anybody.get(link("stop") + "/kept").content.decode()
    for _ in range(3):
        assert anybody.post(link("stop") + "/kept").status_code == 200
    assert [address for address, _ in sent] == ["bob@people.test"] * 2
    own = next(word for word in sent[0][1].split() if "/x/" in word).partition("localhost")[2]
    assert anybody.get(own + "/kept").status_code == 200
    postman.network.clock.now += timedelta(days=2)
    monkeypatch.setenv("GOODTERMS_PUBLIC_URL", "https://terms.example/")
    anybody.post(link("stop") + "/kept")
    assert f"https://terms.example{own}" in sent.pop()[1]
    monkeypatch.delenv("GOODTERMS_PUBLIC_URL")

    anybody.post(link("stop"), ONE_CLICK)
    assert "people.test" not in anybody.get(link("stop") + "/kept").content.decode()
    assert anybody.post(link("stop") + "/kept").status_code == 403
    assert len(sent) == 2


def test_one_sees_what_is_kept_takes_it_along_and_erases_it(
    postman: Postman, bob: Person, link: Link, anybody: Client
) -> None:
    mine = link("choose")
    assert "bob@people.test" in anybody.get(mine + "/kept").content.decode()
    kept = anybody.get(mine + "/kept.json")
    assert kept["Content-Disposition"].startswith("attachment")
    assert kept.json()["person"]["identities"] == ["bob@people.test"]
    assert "alice" not in kept.content.decode().lower()
    assert anybody.post(mine + "/erase").content.decode().count("Erase all of it") == 1
    assert Person.objects.get(pk=bob.pk).erased_at is None

    assert "destroyed" in anybody.post(mine + "/erase", {"sure": "yes"}).content.decode()

    assert Person.objects.get(pk=bob.pk).first_name == ""
    assert Suppression.objects.filter(person=bob).exists()
    assert anybody.get(mine).status_code == 404
    assert anybody.post(mine, {"choice": "linkedin"}).status_code == 404


def test_erasing_oneself_is_told_as_ones_own_act(postman: Postman, bob: Person, link: Link, anybody: Client) -> None:
    from goodterms.ledger.models import Entry  # noqa: PLC0415

    anybody.post(link("choose") + "/erase", {"sure": "yes"})
    assert Entry.objects.get(kind=Kind.ERASED).actor == Actor.PERSON


def test_the_receiver_reads_the_update_on_a_page(postman: Postman, bob: Person, link: Link, anybody: Client) -> None:
    sent = postman.send(bob)
    uid = sent.update.uid
    page = anybody.get(link("stop", update=uid) + "/copy").content.decode()
    assert sent.update.subject in page
    assert "style=" not in page
    assert anybody.get(link("stop") + "/copy").status_code == 404  # no such update
    (carol,) = postman.network.add("carol")
    assert anybody.get(link("stop", carol, uid) + "/copy").status_code == 404
    Delivery.objects.update(state=Delivery.State.QUEUED)
    assert anybody.get(link("stop", update=uid) + "/copy").status_code == 404
