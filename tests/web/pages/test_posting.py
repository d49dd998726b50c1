"""Posting an update to a list from the pages: looked at first, with the gates of every sending, never twice."""

from pathlib import Path
from threading import Event

import pytest
from django.test import Client

from tests.cli.conftest import Goodterms
from tests.servers.listmonk import TOKEN, USER, Listmonk


@pytest.fixture
def a_list(network: Goodterms, listmonk: Listmonk, monkeypatch: pytest.MonkeyPatch) -> Listmonk:
    """A list that is not set up yet, with a stranger on it."""
    number = listmonk.new_list(type_="public")
    address = f"listmonk+http://{USER}:{TOKEN.replace('/', '%2F')}@127.0.0.1:{listmonk.port}/{number}"
    monkeypatch.setenv("GOODTERMS_LIST_SERVER", address)
    listmonk.subscribers[1] = {
        "id": 1, "email": "mallory@strangers.test", "name": "M", "status": "enabled", "lists": {number: "confirmed"}
    }  # fmt: skip
    return listmonk


@pytest.fixture
def news(network: Goodterms, tmp_path: Path) -> str:
    return _added(network, tmp_path, "Hello everybody, I have moved to Lyon. How are you all?")


def _added(network: Goodterms, folder: Path, body: str) -> str:
    path = folder / "list.md"
    path.write_text(f"---\nsubject: News\n---\n{body}\n")
    return str(network("update", "add", path).said["update"])


def _once(visitor: Client, address: str, while_it_says: str) -> str:
    """Give a page once its part that asks again by itself has what it waits for."""
    page = visitor.get(address).content.decode()
    for _ in range(600):
        if while_it_says not in page:
            return page
        Event().wait(0.1)
        page = visitor.get(address).content.decode()
    raise AssertionError(f"{address} still says: {while_it_says}")


def test_without_a_list_no_page_speaks_of_one(network: Goodterms, visitor: Client, news: str) -> None:
    assert "your list" not in visitor.get(f"/updates/{news}/").content.decode()
    assert visitor.get(f"/updates/{news}/post/")["Location"] == "/settings/mail/list/"
    assert visitor.post(f"/updates/{news}/post/")["Location"] == "/settings/mail/list/"


def test_a_post_is_foreseen_made_ready_and_posted_once(
    network: Goodterms, visitor: Client, a_list: Listmonk, news: str
) -> None:
    page = visitor.get(f"/updates/{news}/").content.decode()
    assert "Through your list" in page
    assert "Post to the list" in page
    assert "Alice" in visitor.get(f"/updates/{news}/people/list/send/").content.decode()

    asked = _foreseen(visitor, news)
    assert "The list is not set up for this yet" in asked
    assert not any("alice" in row["email"] for row in a_list.subscribers.values()), "looking changes nothing"
    assert "set up as it must be" in visitor.post(f"/updates/{news}/post/mend/", follow=True).content.decode()
    assert "Set the list right" not in (asked := _foreseen(visitor, news))
    assert _figure(asked, "will be put on it") == "3"
    assert _figure(asked, "will be taken off") == "1"

    visitor.post(f"/updates/{news}/post/")
    page = _once(visitor, f"/updates/{news}/", "Being posted")
    assert "Posted through the list to" in page
    assert _figure(page, "put on it") == "3"
    assert len(a_list.campaigns) == 1
    assert "through your list" in visitor.get(f"/updates/{news}/copies/got/").content.decode()

    again = visitor.post(f"/updates/{news}/post/", follow=True).content.decode()
    assert "Nothing was posted" in again
    assert len(a_list.campaigns) == 1, "nobody gets it twice"


def test_a_text_that_names_its_receiver_is_not_posted(
    network: Goodterms, visitor: Client, a_list: Listmonk, update: str
) -> None:
    asked = _foreseen(visitor, update)
    assert "names its receiver" in asked
    visitor.post(f"/updates/{update}/post/")
    page = _once(visitor, f"/updates/{update}/", "Being posted")
    assert "Not posted to the list" in page
    assert "names its receiver" in page
    assert not a_list.campaigns


def test_what_no_mail_may_say_no_post_may_either(
    network: Goodterms, visitor: Client, a_list: Listmonk, tmp_path: Path
) -> None:
    offer = _added(network, tmp_path, "Dear all, my new book is out. Buy it now for $20 with the code SPRING.")
    assert visitor.get(f"/updates/{offer}/post/")["Location"] == f"/updates/{offer}/"
    assert visitor.post(f"/updates/{offer}/post/")["Location"] == f"/updates/{offer}/"
    assert "Being posted" not in visitor.get(f"/updates/{offer}/").content.decode()
    assert not a_list.campaigns


def test_a_list_that_can_not_be_reached_is_said_and_nothing_is_left_over(
    network: Goodterms, visitor: Client, news: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOODTERMS_LIST_SERVER", "listmonk+http://a:b@127.0.0.1:1/1")
    visitor.post(f"/updates/{news}/post/")
    page = _once(visitor, f"/updates/{news}/", "Being posted")
    assert "Not posted to the list" in page
    assert network("update", "list").said["updates"][0]["copies"] == {}


def test_whoever_left_the_list_is_heard_without_a_post(
    network: Goodterms, visitor: Client, a_list: Listmonk, news: str
) -> None:
    assert "Hear who left it" in visitor.get("/settings/mail/").content.decode()
    visitor.post(f"/updates/{news}/post/mend/")
    assert network("list", "sync").said["added"] == 3
    row = next(row for row in a_list.subscribers.values() if "mallory" not in row["email"])
    row["lists"] = dict.fromkeys(row["lists"], "unsubscribed")
    heard = visitor.post("/settings/mail/list/hear/", follow=True).content.decode()
    assert "1 person left the list" in heard
    assert "Nobody left the list" in visitor.post("/settings/mail/list/hear/", follow=True).content.decode()
    assert network("why", row["email"]).said["verdict"] == "refuse"


def _foreseen(visitor: Client, update: str) -> str:
    page = visitor.get(f"/updates/{update}/post/").content.decode()
    if "Asking the list server" not in page:
        return page
    part = page.partition('hx-get="')[2].partition('"')[0]
    for _ in range(600):
        answer = visitor.get(part, headers={"HX-Request": "true"}).content.decode()
        if "Asking the list server" not in answer:
            return answer
        Event().wait(0.1)
    raise AssertionError("the list server was asked in vain")


def _figure(page: str, words: str) -> str:
    return page.partition(f'<dt>{words}</dt><dd class="number">')[2].partition("<")[0]
