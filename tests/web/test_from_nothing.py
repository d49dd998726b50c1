"""From the first start to the first send, with real mail servers behind; and whoever answers stop stays out."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from tests.cli.network import ALICE, BOB, EVERYBODY, FAY, PROFILE, WELCOME, write_archive
from tests.conftest import Goodterms
from tests.servers.certificates import Certificates
from tests.servers.dovecot import PASSWORD, USER, Dovecot, running_dovecot
from tests.servers.mail import MailServer
from tests.web.browsing import Site, violations


@pytest.fixture
def dovecot(certificates: Certificates) -> Iterator[Dovecot]:
    with running_dovecot(certificates) as server:
        yield server


def begin(page: Page) -> None:
    page.get_by_label("Your name").fill("Olga Owner")
    page.get_by_label("Your e-mail address").fill("olga@owner.test")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Get a copy of your data")).to_be_visible()


def say_terms(page: Page, site: Site) -> None:
    page.goto(f"{site.url}terms/")
    for place, words in (("profile", PROFILE), ("welcome", WELCOME)):
        section = page.locator(f"#{place}")
        if place != "profile":  # that one is open already
            section.get_by_text("Choose the words").click()
        section.get_by_label("The words").fill(words)
        section.get_by_label("It stands there since").fill("2026-01-01")
        section.get_by_role("button", name="They stand there").click()
        expect(section.get_by_text("in force")).to_be_visible()


def read_archive(page: Page, site: Site, archive: Path) -> None:
    page.goto(f"{site.url}sync/")
    page.get_by_label("Drop the archive here").set_input_files(archive)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What it would change")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your archive was read")


def enter_servers(page: Page, smtp: str, imap: str, password: str) -> None:
    page.get_by_label("Server for sending (SMTP)").fill(smtp)
    page.get_by_label("Mailbox for answers (IMAP)").fill(imap)
    page.get_by_label("User").fill(USER)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Try and keep").click()


def set_up_mail(page: Page, site: Site, smtp: str, dovecot: Dovecot) -> None:
    """Set up the mail servers; what is wrong with one is told, and nothing is kept before both are right."""
    page.goto(f"{site.url}settings/mail/")
    page.get_by_role("link", name="By a mail server").click()
    imap = f"imap://127.0.0.1:{dovecot.port}"
    enter_servers(page, smtp, imap, "wrong")
    expect(page.locator(".message.error")).to_have_count(2)
    expect(page.locator(".message.error").filter(has_text="The mailbox")).to_contain_text("password")
    assert violations(page) == []
    enter_servers(page, smtp, "imap://127.0.0.1:9", PASSWORD)
    expect(page.locator(".message.error")).to_contain_text("The mailbox")
    expect(page.locator(".message.error")).to_contain_text("Nothing was kept")
    enter_servers(page, smtp, imap, PASSWORD)
    expect(page.get_by_text("Kept")).to_be_visible()


def send_the_first(page: Page, site: Site) -> None:
    page.goto(f"{site.url}updates/")
    page.keyboard.press("n")
    page.get_by_label("Subject").fill("News from the loom")
    page.get_by_label("Text").fill("Hello {{ first_name }},\n\nI moved to the harbour. How are you?\n\nOlga")
    expect(page.frame_locator("iframe").get_by_text("Hello Alice,")).to_be_visible()
    page.get_by_role("button", name="Done writing").click()
    page.get_by_role("link", name="Send s").click()
    page.get_by_role("button", name="Send to 3 people").click()


def test_from_the_first_start_to_the_first_send_and_whoever_answers_stop_stays_out(
    site: Site,
    page: Page,
    *,
    goodterms: Goodterms,
    goodterms_cli: Goodterms,
    start_mail_server: Callable[..., MailServer],
    dovecot: Dovecot,
    tmp_path: Path,
) -> None:
    """Everything by hand in the browser: who one is, the archive, the terms, the servers, an update, the answers."""
    smtp = start_mail_server(login=(USER, PASSWORD))
    begin(page)
    read_archive(page, site, write_archive(tmp_path, EVERYBODY))
    say_terms(page, site)
    set_up_mail(page, site, f"smtp://127.0.0.1:{smtp.url.rpartition(':')[2]}", dovecot)
    send_the_first(page, site)
    if connection.vendor == "postgresql":  # there the pages leave it to the workers
        assert goodterms_cli("work", "--once").status == 0
    expect(page.get_by_role("heading", name="Sent", exact=True)).to_be_visible()
    got = [address for mail in smtp.received for address in mail.receivers]
    assert sorted(got) == [ALICE.email, BOB.email, FAY.email]

    dovecot.deliver(f"From: <{ALICE.email}>\nTo: {USER}\nMessage-ID: <1@x.test>\n\nPlease stop.".encode())
    page.goto(f"{site.url}inbox/")
    page.get_by_role("button", name="Check the mailbox now").click()
    expect(page.get_by_text("no more updates: obeyed")).to_be_visible()
    page.get_by_role("link", name="To the inbox").click()
    expect(page.get_by_role("link", name="Alice Arden")).to_be_visible()

    read_archive(page, site, write_archive(tmp_path / "later", EVERYBODY, "09-01-2026"))
    said = goodterms("why", ALICE.slug).said
    assert (said["verdict"], said["reason"]) == ("refuse", "stopped")
