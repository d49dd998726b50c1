"""How mail leaves, set up in a browser: a server, a pace that is too fast, and a key of one's own."""

import pytest
from playwright.sync_api import Page, expect

from tests.cli.conftest import Goodterms
from tests.servers.mail import MailServer
from tests.web.browsing import Site, violations


def faults(page: Page) -> list[str]:
    """Give what keeps somebody from using this page, in light and dark, and on a phone."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{page.url}, {scheme}: {fault}" for fault in violations(page)]
    page.set_viewport_size({"width": 390, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    found += [f"{page.url} is {wide} pixels wide on a phone"] if wide > 390 else []
    page.set_viewport_size({"width": 1280, "height": 860})
    return found


@pytest.mark.slow
def test_an_owner_says_how_mail_leaves(network: Goodterms, site: Site, page: Page, mail_server: MailServer) -> None:
    page.goto(f"{site.url}settings/mail/")
    page.get_by_role("link", name="By a mail server").click()
    page.get_by_label("Server for sending").fill(mail_server.url)
    page.get_by_label("User").fill("")
    page.get_by_role("button", name="Try and keep").click()
    expect(page.get_by_text("Kept: the servers answered")).to_be_visible()

    page.goto(f"{site.url}settings/pace/")
    expect(page.get_by_text("may go by e-mail to 3 people now")).to_be_visible()
    page.get_by_label("Mails a day that I send by hand").fill("12")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_text("Limits of your own").click()
    page.get_by_role("group", name="At most, by your account").get_by_label("a day").fill("100")
    page.get_by_role("button", name="Keep these limits").click()
    expect(page.get_by_text("of 100, beside 12 by hand")).to_be_visible()
    page.get_by_text("Limits of your own").click()
    found = faults(page)

    page.goto(f"{site.url}settings/signing/")
    page.get_by_role("button", name="Make it ready").click()
    expect(page.get_by_text("Not seen in the DNS yet.")).to_be_visible()
    assert page.get_by_role("button", name="Copy").count() == 4
    found += faults(page)
    assert found == []
    assert network("pace", "show").said["account"]["day"] == 88
