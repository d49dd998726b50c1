"""Entering by the link that the terminal printed."""

from collections.abc import Callable

from django.test import Client
from playwright.sync_api import Page

from tests.cli.conftest import Goodterms
from tests.web.browsing import Site, violations


def test_the_first_visit_asks_who_one_is_and_leads_to_the_overview(page: Page) -> None:
    assert page.get_by_role("heading", level=1).inner_text() == "Who are you?"
    assert violations(page) == []
    page.get_by_label("Your name").fill("Olga Petrov")
    page.get_by_label("Your e-mail address").fill("olga@owner.test")
    page.get_by_role("button", name="Go on").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Hello, Olga Petrov"
    assert violations(page) == []


def test_the_link_works_once(page: Page, site: Site, open_page: Callable[..., Page]) -> None:
    other = open_page()
    other.goto(site.link)
    other.wait_for_selector("text=This link was used already")
    answer = other.goto(site.url)
    assert answer is not None
    assert answer.status == 403


def test_nobody_sees_a_page_without_signing_in(network: Goodterms) -> None:
    stranger = Client(headers={"host": "localhost"})
    for address in ("/", "/people/", "/people/1/"):
        assert stranger.get(address)["Location"] == "/enter/"


def test_a_signed_in_member_sees_their_people(network: Goodterms, visitor: Client) -> None:
    answer = visitor.get("/people/")
    assert answer.status_code == 200
    assert "script-src 'self'" in answer["Content-Security-Policy"]
