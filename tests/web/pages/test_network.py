"""Overview, archives, terms and people, without a browser."""

import csv
import io
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from tests.cli.conftest import Goodterms
from tests.cli.network import ALICE, BOB, DAVE, EVERYBODY, FAY, Made, write_archive


def said(answer: Any) -> str:
    return " ".join(strip_tags(answer.content.decode()).split())


def number_of(network: Goodterms, made: Made) -> int:
    (found,) = network("people", "--search", made.slug).said["people"]
    return int(found["person"])


def give(visitor: Client, path: Path) -> tuple[str, Any]:
    """Upload an archive; give where it was looked at, and the page once that is over."""
    upload = SimpleUploadedFile(path.name, path.read_bytes())
    return _over(visitor, visitor.post("/sync/upload/", {"archive": upload}))


def go_on(visitor: Client, address: str, **post: str) -> tuple[str, Any]:
    """Apply what was looked at."""
    return _over(visitor, visitor.post(f"{address}apply/", post))


def _over(visitor: Client, answer: Any) -> tuple[str, Any]:
    for _ in range(400):
        shown = visitor.get(answer["Location"])
        if "<progress" not in shown.content.decode():
            return answer["Location"], shown
        time.sleep(0.05)
    raise AssertionError(said(shown))


# The overview


def test_without_an_archive_the_overview_says_how_to_get_it(owner: Goodterms, visitor: Client) -> None:
    text = said(visitor.get("/"))
    assert "Get a copy of your data" in text
    assert "within 72 hours" in text
    assert "Drop the archive here" in text


def test_the_overview_links_to_whatever_waits(network: Goodterms, visitor: Client) -> None:
    network("exit", "--leave", ALICE.slug)
    network("hold", FAY.slug)
    answer = visitor.get("/")
    text = said(answer)
    for sentence in (
        "One person wants the connection broken.",
        "One person is held for your eye.",
        "One new connection waits for your welcome message.",
    ):
        assert sentence in text
    assert 'href="/sync/held/"' in answer.content.decode()


def test_the_charts_come_with_their_numbers(network: Goodterms, visitor: Client) -> None:
    part = visitor.get("/charts/", headers={"HX-Request": "true"}).content.decode()
    assert part.count('role="img"') == 2
    assert '<td><time datetime="2026-03-31">31 Mar 2026</time></td><td>0</td><td>5</td><td>1</td>' in part
    assert "<html" not in part
    assert "<html" in visitor.get("/charts/").content.decode()


# Archives


def test_an_archive_is_looked_at_before_it_changes_anything(owner: Goodterms, visitor: Client, tmp_path: Path) -> None:
    address, seen = give(visitor, write_archive(tmp_path, EVERYBODY))
    assert "What it would change" in said(seen)
    assert "New connections 6" in said(seen)
    assert owner("people").said["count"] == 0
    assert uploads(tmp_path) != []

    _, done = go_on(visitor, address)

    assert "Your archive was read" in said(done)
    assert owner("people").said["count"] == 6
    assert uploads(tmp_path) == []
    assert visitor.post(f"{address}apply/").status_code == 404


def test_an_archive_that_is_left_is_gone(owner: Goodterms, visitor: Client, tmp_path: Path) -> None:
    address, _ = give(visitor, write_archive(tmp_path, EVERYBODY))
    left = visitor.post(f"{address}discard/", follow=True)
    assert "Nothing was read" in said(left)
    assert uploads(tmp_path) == []


def test_what_is_no_archive_is_told_so_and_not_kept(owner: Goodterms, visitor: Client, tmp_path: Path) -> None:
    path = tmp_path / "holiday.zip"
    path.write_bytes(b"PK nothing of the kind")
    _, answer = give(visitor, path)
    assert answer.status_code == 422
    assert "That archive could not be read" in said(answer)
    assert uploads(tmp_path) == []
    assert "Choose the archive first" in said(visitor.post("/sync/upload/", follow=True))


def test_an_odd_archive_is_read_only_once_the_owner_has_said_that_it_is_right(
    network: Goodterms, visitor: Client, tmp_path: Path
) -> None:
    address, odd = give(visitor, write_archive(tmp_path / "odd", (ALICE,), "07-01-2026"))
    assert "Something is odd about this archive" in said(odd)
    address, again = go_on(visitor, address, look="1")
    assert "whoever is missing counts as gone" in said(again)
    assert "Gone 5" in said(again)
    assert network("status").said["people"]["connected"] == 6
    go_on(visitor, address)
    assert network("status").said["people"] == {"connected": 1, "gone": 5}


def test_the_last_archive_is_taken_back_and_exits_stay(network: Goodterms, visitor: Client) -> None:
    network("exit", "--stop", ALICE.slug)
    assert "6 new connections go" in said(visitor.get("/sync/undo/"))
    assert "Whoever left by it stays out" in said(visitor.post("/sync/undo/", follow=True))
    assert network("why", ALICE.slug).said["reason"] == "stopped"


def test_departures_are_accepted_by_the_owner(network: Goodterms, visitor: Client, tmp_path: Path) -> None:
    network("sync", write_archive(tmp_path / "later", EVERYBODY[1:], "07-01-2026"))
    assert "Alice Arden" in said(visitor.get("/sync/departures/"))
    marked = visitor.post("/sync/departures/accept/", {"person": number_of(network, ALICE)}, follow=True)
    assert "1 connection is gone" in said(marked)
    assert network("why", ALICE.slug).said["reason"] == "gone"


def test_a_held_match_is_decided_beside_whom_they_may_be(network: Goodterms, visitor: Client, tmp_path: Path) -> None:
    renamed = Made("Alice", "Maple", "05 Mar 2026", "alice@maple.example")
    network("sync", write_archive(tmp_path / "later", (*EVERYBODY[1:], renamed), "07-01-2026"))
    assert "The same as Alice Arden" in said(visitor.get("/sync/held/"))
    known = number_of(network, ALICE)
    told = said(visitor.post(f"/sync/held/{number_of(network, renamed)}/", {"known_as": known}, follow=True))
    assert "are one person now" in told
    assert "does not list" not in told
    assert number_of(network, renamed) == known
    assert network("why", known).said["verdict"] == "send", "the archive that they are held by lists them"
    assert "Nobody is held" in said(visitor.get("/sync/held/"))


def test_who_is_not_listed_is_told_of_when_records_are_joined(
    network: Goodterms, visitor: Client, tmp_path: Path
) -> None:
    network("sync", write_archive(tmp_path / "later", EVERYBODY[1:], "07-01-2026"))
    gus = Made("Gus", "Gorse", "20 Jul 2026")
    network("sync", write_archive(tmp_path / "last", (*EVERYBODY[1:], gus), "08-01-2026"))
    alice, bob = number_of(network, ALICE), number_of(network, BOB)
    told = said(visitor.post(f"/people/{alice}/merge/", {"other": bob}, follow=True))
    assert "so nothing goes to them until an archive lists it" in told


# Terms


def test_words_are_put_in_force_and_taken_away(network: Goodterms, visitor: Client) -> None:
    done = visitor.post(
        "/terms/add/",
        {"place": "invitation", "text": "Connecting means my updates.", "since": "2026-02-01"},
        follow=True,
    )
    assert "These words stand in invitations since 2026-02-01" in said(done)
    (wording,) = [w for w in network("terms", "list").said["terms"] if w["place"] == "invitation"]
    visitor.post(f"/terms/{wording['terms']}/end/", {"until": "2026-03-01"})
    (wording,) = [w for w in network("terms", "list").said["terms"] if w["place"] == "invitation"]
    assert wording["until"].startswith("2026-03-01")


def test_words_without_a_day_are_not_put_in_force(network: Goodterms, visitor: Client) -> None:
    answer = visitor.post("/terms/add/", {"place": "update", "text": "Because we are connected.", "since": ""})
    assert answer.status_code == 422
    assert "This field is required" in said(answer)
    assert "Because we are connected." in said(answer)
    assert len(network("terms", "list").said["terms"]) == 2


def test_suggestions_come_with_their_length(network: Goodterms, visitor: Client) -> None:
    assert "of 200 characters" in said(visitor.get("/terms/"))


# People


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("", ["Alice", "Bob", "Carol", "Dave", "Eve", "Fay"]),
        ("?q=bob+birch", ["Bob"]),
        ("?basis=connected_before_terms", ["Dave"]),
        ("?reach=linkedin", ["Eve"]),
        ("?state=welcome_due", ["Carol"]),
        ("?sort=connected&q=e", ["Fay", "Eve", "Carol", "Bob", "Alice", "Dave"]),
        ("?basis=nonsense&sort=nonsense&page=99", ["Alice", "Bob", "Carol", "Dave", "Eve", "Fay"]),
    ],
)
def test_people_are_found_narrowed_and_sorted(
    network: Goodterms, visitor: Client, asked: str, names: list[str]
) -> None:
    text = said(visitor.get(f"/people/{asked}", headers={"HX-Request": "true"}))
    places = [text.find(name) for name in names]
    assert -1 not in places
    assert places == sorted(places)
    assert f"{len(names)} {'person' if len(names) == 1 else 'people'}" in text


def test_the_list_is_given_as_a_file_that_runs_nothing(network: Goodterms, visitor: Client, tmp_path: Path) -> None:
    bad = Made("=cmd()", "Zed", "05 Mar 2026")
    network("sync", write_archive(tmp_path / "later", (*EVERYBODY, bad), "07-01-2026"))
    answer = visitor.get("/people/people.csv?q=zed")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["first name"] for row in rows] == ["'=cmd()"]
    assert rows[0]["profile"].startswith("https://www.linkedin.com/in/")
    assert "attachment" in answer["Content-Disposition"]


def test_a_person_is_shown_with_reasons_and_proof(network: Goodterms, visitor: Client) -> None:
    number = number_of(network, DAVE)
    answer = visitor.get(f"/people/{number}/")
    text = said(answer)
    assert "connected before the terms stood anywhere" in text
    assert "Include knowingly" in text
    assert "Connection listed by an export" in text
    assert "leaf " in text
    assert f'href="/proof/{number}/"' in answer.content.decode()


def test_what_is_done_on_a_persons_page_is_done(network: Goodterms, visitor: Client) -> None:
    number = number_of(network, DAVE)
    page = f"/people/{number}/"
    visitor.post(f"{page}note/", {"text": "Looks for a loom.", "kind": "seeks"})
    visitor.post(f"{page}tie/", {"strength": "0.9", "every": "30"})
    visitor.post(f"{page}release/", {"include": "1"})
    assert network("why", number).said["reason"] == "included_by_owner"
    visitor.post(f"{page}hold/")
    assert network("why", number).said["reason"] == "held_by_owner"
    visitor.post(f"{page}release/")
    (tie,) = network("tie", number).said["ties"]
    assert (tie["strength"], tie["cadence_days"], tie["notes"][0]["text"]) == (0.9, 30, "Looks for a loom.")
    assert "Looks for a loom." in said(visitor.get(page))

    heard = visitor.post(
        f"{page}exit/", {"way": "left", "only": "", "heard": "On the phone: no more, please."}, follow=True
    )
    assert "Remove the connection on their profile" in said(heard)
    assert "On the phone: no more, please." in said(heard)
    assert network("why", number).said["reason"] == "left"
    visitor.post(f"{page}gone/")
    assert network("status").said["people"]["left"] == 1


def test_a_stop_may_be_for_one_vehicle(network: Goodterms, visitor: Client) -> None:
    number = number_of(network, ALICE)
    visitor.post(f"/people/{number}/exit/", {"way": "stopped", "only": "email", "heard": ""})
    assert network("why", number).said["reason"] == "stopped"
    assert network("why", number, "--vehicle", "linkedin").said["verdict"] == "send"


def test_two_records_are_joined_and_parted_after_a_look(network: Goodterms, visitor: Client) -> None:
    alice, bob = number_of(network, ALICE), number_of(network, BOB)
    assert "Bob Birch" in said(visitor.get(f"/people/{alice}/merge/?q=bob"))
    assert "An exit of either is an exit of the one they are." in said(
        visitor.get(f"/people/{alice}/merge/?other={bob}")
    )
    visitor.post(f"/people/{alice}/merge/", {"other": bob})
    assert number_of(network, BOB) == alice
    assert "Bob Birch" in said(visitor.get(f"/people/{alice}/split/"))
    visitor.post(f"/people/{alice}/split/")
    assert number_of(network, BOB) == bob


def test_a_person_is_erased_after_a_page_that_says_what_that_is(network: Goodterms, visitor: Client) -> None:
    number = number_of(network, ALICE)
    assert "This can’t be undone" in said(visitor.get(f"/people/{number}/erase/"))
    assert network("why", number).said["reason"] != "erased"
    visitor.post(f"/people/{number}/erase/")
    assert network("why", number).said["reason"] == "erased"
    assert "Everything known of this person was destroyed" in said(visitor.get(f"/people/{number}/"))


def test_news_and_who_is_due_are_shown(network: Goodterms, visitor: Client, tmp_path: Path) -> None:
    moved = Made("Alice", "Arden", "05 Mar 2026", "alice@arden.example", company="Loomworks")
    network("sync", write_archive(tmp_path / "later", (moved, *EVERYBODY[1:]), "07-01-2026"))
    assert "company: Acme Loomworks" in said(visitor.get("/people/news/"))
    network("tie", ALICE.slug, "--every", "7")
    assert "Alice Arden" in said(visitor.get("/people/due/"))


def test_a_circle_is_kept_and_dropped(network: Goodterms, visitor: Client) -> None:
    visitor.post("/people/due/circle/", {"name": "Weavers", "company": "Acme", "ties": "weak", "every": "30"})
    assert "Drop Weavers" in said(visitor.get("/people/due/"))
    assert network("circle").said["circles"][0]["cadence_days"] == 30
    visitor.post("/people/due/circle/", {"name": "Weavers", "every": "0"})
    visitor.post("/people/due/no-circle/", {"name": "Weavers"})
    assert network("circle").said["circles"] == []


def test_a_circle_of_thousands_is_shown_a_page_at_a_time(network: Goodterms, visitor: Client, tmp_path: Path) -> None:
    crowd = [Made("Pat", f"Number{n}", "05 Mar 2026") for n in range(60)]
    network("sync", write_archive(tmp_path / "later", (*EVERYBODY, *crowd), "07-01-2026"))
    visitor.post("/people/due/circle/", {"name": "Loose", "ties": "weak", "every": "1"})
    from goodterms.models import Circle  # noqa: PLC0415 -- needs Django set up

    Circle.objects.update(chosen_at=F("chosen_at") - timedelta(days=9))
    first, second = (said(visitor.get(f"/people/due/?page={number}")) for number in (1, 2))
    assert (first + second).count("(Loose)") == len(EVERYBODY) + 60
    assert first.count("(Loose)") == 50


@pytest.mark.parametrize("address", ["/", "/people/", "/people/?q=a", "/people/?sort=tie"])
def test_a_page_asks_the_database_as_often_however_many_people_there_are(
    network: Goodterms, visitor: Client, tmp_path: Path, address: str
) -> None:
    with CaptureQueriesContext(connection) as few:
        visitor.get(address)
    crowd = [Made("Pat", f"Number{n}", "05 Mar 2026") for n in range(60)]
    network("sync", write_archive(tmp_path / "later", (*EVERYBODY, *crowd), "07-01-2026"))
    with CaptureQueriesContext(connection) as many:
        visitor.get(address)
    assert len(many) <= len(few) + 2


def uploads(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "home" / "uploads").iterdir() if path.is_dir()]


@pytest.mark.parametrize("number", ["²", "9" * 30, "-1", "x"])
def test_a_number_that_is_none_names_nobody(network: Goodterms, visitor: Client, update: str, number: str) -> None:
    alice = number_of(network, ALICE)
    assert visitor.get(f"/people/{alice}/merge/", {"other": number}).status_code == 200
    assert visitor.post("/sync/departures/accept/", {"person": number}, follow=True).status_code == 200
    assert visitor.get("/people/news/", {"export": number}).status_code == 200
    assert visitor.get("/updates/", {"discarded": number}).status_code == 200
    assert visitor.get(f"/updates/{update}/", {"as": number}).status_code == 200
    assert visitor.get(f"/updates/{update}/copy/", {"as": number}).status_code == 404
    assert visitor.get(f"/desk/{update}/", {"more": number, "done": number}).status_code == 200
    draft = visitor.get(visitor.post(f"/updates/{update}/again/")["Location"], {"as": number})
    assert draft.status_code == 200


@pytest.mark.postgresql
@pytest.mark.parametrize("address", ["/proof/?q=%00", "/join/%00", "/people/due/no-circle/", "/hooks/of/%00/x/"])
def test_a_sign_that_no_text_holds_is_told(network: Goodterms, visitor: Client, address: str) -> None:
    """SQLite keeps a NUL; PostgreSQL refuses it."""
    ask = visitor.get if address.startswith(("/proof", "/join")) else visitor.post
    answer = ask(address, {"name": "a\0"} if ask == visitor.post else None)
    assert answer.status_code == 422
    assert "a sign that no text holds" in answer.content.decode()
