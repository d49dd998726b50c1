"""Journeys in a real browser: the first update from first word to mail server, desk and inbox by key."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from tests.cli.conftest import Goodterms
from tests.cli.network import ALICE, BOB, Made, write_archive
from tests.conftest import Ran
from tests.servers.mail import MailServer
from tests.web.browsing import Site, running_site, violations

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWX"


@pytest.fixture
def site(committed_db: dict[str, str], mail_server: MailServer) -> Iterator[Site]:
    """The pages, with a mail server to send by."""
    with running_site(committed_db | {"GOODTERMS_SMTP_URL": mail_server.url}) as running:
        yield running


def test_from_the_first_word_to_the_last_copy(
    network: Goodterms, site: Site, page: Page, mail_server: MailServer, goodterms_cli: Callable[..., Ran]
) -> None:
    page.goto(f"{site.url}updates/")
    page.keyboard.press("n")
    page.get_by_label("Subject").fill("News from the loom")
    page.get_by_label("Text").fill("Hello {{ first_name }},\n\nI moved to the harbour. Come by!!!\n\nOlga")

    # What is found, whom it may go to, and the copy of one of them stand beside the text as one writes.
    expect(page.get_by_role("button", name="“!!!”")).to_be_visible()
    expect(page.get_by_text("by hand through LinkedIn").first).to_be_visible()
    expect(page.frame_locator("iframe").get_by_text("Hello Alice,")).to_be_visible()
    page.get_by_role("button", name="“!!!”").click()
    assert page.evaluate("getSelection().toString()") == "!!!"
    page.get_by_label("Text").fill("Hello {{ first_name }},\n\nI moved to the harbour.\n\nOlga")
    expect(page.get_by_role("button", name="“!!!”")).to_have_count(0)
    page.get_by_label("Look at it as").fill("birch")
    page.get_by_role("button", name="Bob Birch").click()
    expect(page.frame_locator("iframe").get_by_text("Hello Bob,")).to_be_visible()
    assert violations(page) == []

    page.get_by_role("button", name="Send me a test copy").click()
    expect(page.get_by_text("A test copy is on its way")).to_be_visible()
    assert [mail.receivers for mail in mail_server.received] == [("olga@owner.test",)]
    page.get_by_role("button", name="Done writing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("News from the loom")
    page.get_by_role("link", name="Send s").click()
    page.get_by_role("button", name="Send to 3 people").click()
    if connection.vendor == "postgresql":  # there the pages leave it to the workers
        assert goodterms_cli("work", "--once", GOODTERMS_SMTP_URL=mail_server.url).status == 0

    expect(page.get_by_role("heading", name="Sent")).to_be_visible(timeout=20_000)
    expect(page.locator(".figures").get_by_text("3", exact=True)).to_be_visible()
    assert violations(page) == []
    got = sorted(receiver for mail in mail_server.received for receiver in mail.receivers)
    assert got == [ALICE.email, BOB.email, "fay@fir.example", "olga@owner.test"]
    page.get_by_role("link", name="got it").click()
    expect(page.get_by_role("row")).to_have_count(4)


def test_the_desk_is_worked_by_keyboard(owner: Goodterms, tmp_path: Path, site: Site, page: Page) -> None:
    made = tuple(Made(f"{letter}na", "Weaver", "05 Mar 2026", is_welcomed=False) for letter in _LETTERS)
    owner("sync", write_archive(tmp_path, made))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site.url}desk/")
    page.keyboard.press("w")
    names = []
    for number in range(20):
        expect(page.get_by_text(f"{number} of 50 today")).to_be_visible()
        names.append(page.get_by_role("heading", level=1).inner_text())
        page.keyboard.press("c")
        expect(page.get_by_text("Copied")).to_be_visible()
        page.keyboard.press("s")
    expect(page.get_by_text("20 of 50 today")).to_be_visible()
    assert violations(page) == []
    assert "Thank you for connecting" in page.evaluate("navigator.clipboard.readText()")
    profile = page.get_by_role("link", name="Copy and open profile")
    assert profile.get_attribute("rel") == "noopener noreferrer"
    assert (profile.get_attribute("href") or "").startswith("https://www.linkedin.com/in/")

    page.keyboard.press("u")
    expect(page.get_by_text("19 of 50 today")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_text("4 wait")).to_be_visible()
    assert len({one["name"] for one in owner("desk", "list").said["sent"]} & set(names)) == 19
    assert owner("people", "--state", "welcome_due").said["count"] == 5


def test_the_inbox_is_decided_by_key(network: Goodterms, update: str, tmp_path: Path, site: Site, page: Page) -> None:
    for one, words in ((ALICE, "Please cancel our call. <script>alert(1)</script>"), (BOB, "Please cancel our call.")):
        path = tmp_path / f"{one.slug}.eml"
        path.write_text(f"From: <{one.email}>\nTo: olga@owner.test\nMessage-ID: <1@{one.slug}>\n\n{words}")
        assert network("feedback", "read", path).said["pending"] == 1
    page.goto(f"{site.url}inbox/")
    page.keyboard.press("d")
    expect(page.get_by_text("<script>alert(1)</script>")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("o")
    expect(page.get_by_role("link", name="Bob Birch")).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing waits for you")

    assert network("why", ALICE.slug, "--vehicle", "email").said["verdict"] == "send"
    said = network("why", BOB.slug, "--vehicle", "email").said
    assert (said["verdict"], said["reason"]) == ("refuse", "stopped")
