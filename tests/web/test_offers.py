"""Nobody is offered what they may not do: every form and link of every page, as each role."""

import re

import pytest
from django.urls import Resolver404, resolve

from tests.cli.conftest import Goodterms
from tests.web.test_roles import _member

_LINK = re.compile(r'<a [^>]*href="(/[^"#?]*)')
_FORM = re.compile(r'<form[^>]*method="post"[^>]*>', re.DOTALL)
_ACTION = re.compile(r' action="(/[^"#?]*)')
_ORDER = ["viewer", "helper", "owner"]


@pytest.mark.parametrize("role", ["viewer", "helper"])
def test_no_page_offers_what_its_reader_may_not_do(network: Goodterms, update: str, role: str) -> None:
    member = _member(role)
    seen, waiting, offered = set(), ["/"], set()
    while waiting:
        address = waiting.pop(0)
        view = _view(address)
        if view is None or view[0] in seen:
            continue
        seen.add(view[0])
        page = member.get(address).content.decode()
        links = _LINK.findall(page)
        offered |= {(view[0], link) for link in links if not _may(role, link, posts=False)}
        actions = [_ACTION.search(form) for form in _FORM.findall(page)]
        targets = [found[1] if found else address for found in actions]
        offered |= {(view[0], action) for action in targets if not _may(role, action, posts=True)}
        waiting += links
    assert {"start", "people-person", "updates-update", "desk", "inbox", "settings"} <= seen
    assert "\n".join(map(str, sorted(offered))) == ""


def _view(address: str) -> tuple[str, object] | None:
    try:
        found = resolve(address, "goodterms.web.urls")
    except Resolver404:
        return None
    return (found.url_name or "", found.func) if hasattr(found.func, "role") or address == "/" else None


def _may(role: str, address: str, *, posts: bool) -> bool:
    view = _view(address)
    if view is None or address == "/":
        return True
    needed = str(getattr(view[1], "role", "viewer"))
    needed = "helper" if posts and needed == "viewer" else needed
    return _ORDER.index(role) >= _ORDER.index(needed)
