"""Every page that links lead to, one of each kind."""

from collections.abc import Iterator

from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page

from tests.web.browsing import Site


def every_page(page: Page, site: Site) -> Iterator[tuple[str, str]]:
    """Give the name and address of each page that links lead to from the overview, the browser standing on it.

    Of pages with one name, such as those of several people, one is given.
    """
    seen, waiting = set(), [site.url]
    while waiting:
        address = waiting.pop(0)
        name = _name(address, site)
        if not name or name in seen:
            continue
        seen.add(name)
        try:
            answer = page.goto(address)
        except Error as fault:
            if "Download is starting" not in fault.message:
                raise
            continue
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield name, address
        if page.url != address:
            page.goto(address)
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        waiting += [link.partition("#")[0] for link in links if link.startswith(site.url)]


def _name(address: str, site: Site) -> str:
    try:
        return resolve("/" + address.removeprefix(site.url).partition("?")[0], "goodterms.web.urls").url_name or ""
    except Resolver404:
        return ""
