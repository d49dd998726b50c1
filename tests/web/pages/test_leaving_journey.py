"""Whoever leaves by a link stays out, whatever is imported afterwards."""

import urllib.request
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.cli.conftest import Goodterms
from tests.cli.network import EVERYBODY, write_archive
from tests.web.browsing import Site, violations

PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "de-DE"}


def links() -> Callable[[str, str], str]:
    """Give a function that signs a link of somebody in the made-up network."""
    from goodterms import doors  # noqa: PLC0415 -- needs Django set up
    from goodterms.accounts.models import Owner  # noqa: PLC0415
    from goodterms.lib.tokens import Act, Token, make_token  # noqa: PLC0415
    from goodterms.people.models import Person  # noqa: PLC0415

    office = doors.office_of(Owner.objects.get())

    def sign(act: str, first_name: str) -> str:
        uid = Person.objects.get(first_name=first_name).uid
        update = None if act == "choose" else "ab" * 16
        token = Token(owner_number=office.owner.pk, person_uid=uid, update_uid=update, act=Act(act))
        return f"x/{make_token(office.keys.token, token)}"

    return sign


def test_who_leaves_by_link_or_one_click_stays_out(
    network: Goodterms, update: str, site: Site, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    sign = links()
    before = network("update", "audience", update).said["send"]
    phone = open_page(**PHONE)
    for address in (sign("stop", "Alice"), sign("choose", "Alice"), sign("choose", "Alice") + "/kept", "x/none"):
        phone.goto(site.url + address)
        assert violations(phone) == []
        width = phone.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, address
    assert phone.context.cookies() == []

    plain = open_page(java_script_enabled=False)
    plain.goto(site.url + sign("stop", "Alice"))
    plain.get_by_role("button", name="Stop these updates").click()
    assert plain.get_by_role("status").inner_text() == "You get no updates any more. You stay connected."
    plain.get_by_role("link", name="Back to your page").click()
    assert "Now you get no updates." in plain.locator("main").inner_text()
    plain.goto(site.url + sign("leave", "Bob"))
    plain.get_by_role("button", name="Please disconnect").click()

    for _ in range(2):
        post = urllib.request.Request(site.url + sign("stop", "Fay"), data=b"List-Unsubscribe=One-Click")
        with urllib.request.urlopen(post) as answer:
            assert (answer.status, answer.headers.get("Set-Cookie")) == (200, None)

    for folder, day in (("again", "06-01-2026"), ("later", "09-01-2026")):
        network("sync", write_archive(tmp_path / folder, EVERYBODY, day))
    reasons = [network("why", f"{name}@{tree}.example").said["reason"] for name, tree in
               (("alice", "arden"), ("bob", "birch"), ("fay", "fir"))]  # fmt: skip
    assert reasons == ["stopped", "left", "stopped"]
    assert network("update", "audience", update).said["send"] == before - 3
