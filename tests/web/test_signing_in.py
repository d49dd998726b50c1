"""On a server, in a browser that has a passkey: the second factor, recovery codes, the passkey, and sessions."""

import base64
import hmac
import struct
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.cli.conftest import Goodterms
from tests.servers.certificates import Certificates
from tests.servers.front import running_front
from tests.web.browsing import running_site, violations

USER, PASSWORD = "helga@member.test", "seven green looms"
_A_PASSKEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def server(network: Goodterms, committed_db: dict[str, str], certificates: Certificates) -> Iterator[str]:
    """Give the address of the pages on a server behind TLS, with one account."""
    assert network("user", "add", USER, "--role", "owner", "--password", PASSWORD).status == 0
    with running_site(committed_db | {"GOODTERMS_SERVE": "server"}) as site:
        port = int(site.url.rpartition(":")[2].strip("/"))
        with running_front(certificates, port) as front:
            yield f"https://localhost:{front}"


def code_of(secret: str, at: float) -> str:
    """Give the code that an authenticator app shows (RFC 6238)."""
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), "sha1")
    place = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def begin(page: Page, server: str) -> None:
    """Sign in as far as a password leads."""
    page.goto(f"{server}/account/login/")
    page.get_by_label("Email").fill(USER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def leave(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def is_in(page: Page, server: str) -> None:
    expect(page).to_have_url(f"{server}/")
    expect(page.get_by_role("link", name="People", exact=True)).to_be_visible()


def give_code(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm(page: Page) -> None:
    """Say the password again, as it is asked before anything about the account is changed."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def set_up_app(page: Page, server: str) -> tuple[str, list[str]]:
    """Set up an authenticator app; give its secret and the recovery codes."""
    page.goto(f"{server}/settings/")
    page.get_by_role("link", name="Your account").click()
    page.get_by_role("link", name="Two-factor and passkeys").click()
    assert violations(page) == []
    page.get_by_role("link", name="Activate").click()
    confirm(page)
    secret = page.get_by_label("Authenticator secret").input_value()
    page.get_by_label("Authenticator code").fill("000000")
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_text("Incorrect code.")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Authenticator code").fill(code_of(secret, time.time()))
    page.get_by_role("button", name="Activate").click()
    codes = page.get_by_label("Unused codes").input_value().split()
    assert len(codes) == 10
    assert violations(page) == []
    return secret, codes


def enter_by_codes(page: Page, server: str, secret: str, codes: list[str]) -> None:
    """Enter by the app's code and by recovery codes, each of which leads in once."""
    begin(page, server)
    expect(page.get_by_role("heading", name="Your second factor")).to_be_visible()
    assert violations(page) == []
    page.goto(f"{server}/people/")
    expect(page.get_by_role("heading", name="Your second factor")).to_be_visible()
    give_code(page, code_of(secret, time.time()))
    is_in(page, server)
    leave(page)
    begin(page, server)
    give_code(page, codes[0])
    is_in(page, server)
    leave(page)
    begin(page, server)
    give_code(page, codes[0])
    expect(page.get_by_text("Incorrect code.")).to_be_visible()
    give_code(page, codes[1])
    is_in(page, server)


def enter_by_passkey(page: Page, server: str) -> None:
    """Make a passkey and enter by it alone."""
    passkeys = page.context.new_cdp_session(page)
    passkeys.send("WebAuthn.enable")
    passkeys.send("WebAuthn.addVirtualAuthenticator", {"options": _A_PASSKEY})
    page.goto(f"{server}/account/two-factor/webauthn/add/")
    confirm(page)
    page.get_by_label("Name").fill("Laptop")
    assert violations(page) == []
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Security key added.")).to_be_visible()
    leave(page)
    page.get_by_role("button", name="With a passkey").click()
    is_in(page, server)


def test_an_account_is_kept_by_app_recovery_code_and_passkey(server: str, open_page: Callable[..., Page]) -> None:
    """A password alone leads no further than to the second factor, in a German browser as in any."""
    page = open_page(ignore_https_errors=True, locale="de-DE", viewport={"width": 1280, "height": 860})
    begin(page, server)
    is_in(page, server)
    secret, codes = set_up_app(page, server)
    leave(page)
    enter_by_codes(page, server, secret, codes)
    enter_by_passkey(page, server)

    other = open_page(ignore_https_errors=True)
    begin(other, server)
    give_code(other, codes[2])
    is_in(other, server)
    page.goto(f"{server}/account/sessions/")
    expect(page.get_by_role("row")).to_have_count(3)
    assert violations(page) == []
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_text("Nowhere else.")).to_be_visible()
    other.reload()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
