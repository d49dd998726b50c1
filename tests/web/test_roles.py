"""Every address is walked as nobody, as each role, and as another owner."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.cli.conftest import Goodterms

# Pages for whoever comes, each with its reason.
OPEN = {
    "enter": "says how one gets in",
    "enter-by-link": "the link is the key",
    "leave": "ends a session",
    "accept-invitation": "the link is the key",
    "start-begin": "asks a signed-in user without an owner who they are",
    "start-restore": "puts everything back for a signed-in user, where there is no owner",
}
THEIRS = ("account_", "mfa_", "usersessions_")
"""Pages of allauth, which keeps its own doors."""


def _walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield str(pattern.name), prefix + str(pattern.pattern), pattern.callback


def _addresses() -> list[tuple[str, str, Any]]:
    found = _walk(get_resolver("goodterms.web.urls").url_patterns)
    return [
        (name, path, view)
        for name, path, view in found
        if name not in OPEN
        and not name.startswith(THEIRS)
        and not path.startswith("api/")  # its calls are walked in tests/api
        and not getattr(view, "is_public", False)
    ]


def _filled(path: str, number: int = 1) -> str:
    return "/" + re.sub(r"<int:\w+>", str(number), re.sub(r"<str:\w+>", "page", path))


def _ask(client: Client, view: Any, address: str) -> Any:
    return client.post(address) if view.writes else client.get(address)


def test_every_page_has_a_role() -> None:
    assert [name for name, _, view in _addresses() if name != "start" and not hasattr(view, "role")] == []


def test_nobody_gets_in_without_signing_in(network: Goodterms) -> None:
    stranger = Client(headers={"host": "localhost"})
    for _, path, view in _addresses():
        answer = _ask(stranger, view, _filled(path)) if hasattr(view, "role") else stranger.get(_filled(path))
        assert (answer.status_code, answer["Location"]) == (302, "/enter/"), path


@pytest.mark.parametrize("role", ["viewer", "helper"])
def test_a_role_does_what_it_may_and_no_more(network: Goodterms, role: str) -> None:
    order = ["viewer", "helper", "owner"]
    member = _member(role)
    walked = {"allowed": 0, "refused": 0}
    for name, path, view in _addresses():
        if not hasattr(view, "role"):
            continue
        answer = _ask(member, view, _filled(path))
        may = order.index(role) >= order.index("helper" if view.writes and view.role == "viewer" else str(view.role))
        assert (answer.status_code == 403) is not may, (name, answer.status_code)
        walked["allowed" if may else "refused"] += 1
    assert min(walked.values()) > 0


def test_a_viewer_changes_nothing_by_post_on_any_page(network: Goodterms) -> None:
    viewer = _member("viewer")
    for name, path, view in _addresses():
        if hasattr(view, "role"):
            assert viewer.post(_filled(path)).status_code == 403, name


def test_get_is_refused_where_a_page_writes(network: Goodterms, visitor: Client) -> None:
    for name, path, view in _addresses():
        if getattr(view, "writes", False):
            assert visitor.get(_filled(path)).status_code == 405, name


def test_what_is_one_owners_is_nothing_to_another(network: Goodterms) -> None:
    """Every address with a number in it, asked by another owner's member with this owner's numbers."""
    people = network("people").said["people"]
    numbers = [person["person"] for person in people]
    _member("viewer")
    stranger = _member("owner", of="other@owner.test")
    for name, path, view in _addresses():
        if "<int:" in path:
            assert _ask(stranger, view, _filled(path, numbers[0])).status_code in {302, 404}, name
    for place in ("/people/", "/proof/?q=a"):
        body = stranger.get(place).content.decode()
        assert all(person["name"] not in body for person in people if person["name"])


def test_what_a_helper_does_is_written_down(network: Goodterms, visitor: Client) -> None:
    helper = _member("helper")
    helper.post("/proof/dossier/")
    visitor.post("/proof/seal/")
    page = visitor.get("/settings/members/").content.decode()
    assert "helper@member.test" in page
    assert page.count('<td class="soft">/proof/dossier/</td>') == 1
    assert "/proof/seal/" not in page


def _member(role: str, of: str = "") -> Client:
    from goodterms import doors  # noqa: PLC0415 -- needs Django set up
    from goodterms.accounts.actions import invite, make_owner  # noqa: PLC0415
    from goodterms.accounts.models import Membership  # noqa: PLC0415
    from goodterms.accounts.queries import the_owner  # noqa: PLC0415
    from goodterms.config import home  # noqa: PLC0415

    if of:
        owner, _ = make_owner(home(), name="Other", email=of, profile="", strategy="connection_opt_in", now=doors.now())
    else:
        owner = the_owner()
    user = invite(owner, f"{role}@member.test", Membership.Role(role), now=doors.now())
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
