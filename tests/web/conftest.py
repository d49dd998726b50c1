"""Somebody who looks at the pages: quickly without a browser, or with a real one on the real server."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.cli.conftest import network, owner, update
from tests.web.browsing import Site, running_browser, running_site

__all__ = ["network", "owner", "update"]


@pytest.fixture
def visitor(committed_db: dict[str, str]) -> Client:
    """A client signed in as whoever sits at this machine; name it after `owner` or `network` where it needs them."""
    from goodterms import doors  # noqa: PLC0415 -- needs Django set up
    from goodterms.accounts.actions import the_laptops_user  # noqa: PLC0415

    client = Client(headers={"host": "localhost"})
    client.force_login(the_laptops_user(now=doors.now()), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def no_job_outlives_its_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the jobs that pages began end with their test: the next one has another database behind the same numbers."""
    if "committed_db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("committed_db")  # first, so that it is still there when they end
    yield
    from goodterms.web.jobs import JOBS  # noqa: PLC0415

    jobs = list(JOBS._jobs.values())
    for job in jobs:
        job.stop.set()
    until = time.monotonic() + 60
    while time.monotonic() < until and not all(job.is_over for job in jobs):
        time.sleep(0.02)
    JOBS._jobs.clear()


@pytest.fixture
def site(committed_db: dict[str, str]) -> Iterator[Site]:
    """The pages served by a process of its own on the test's database."""
    with running_site(committed_db) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium.

    Playwright keeps an event loop running in this thread as long as its browser lives: so it ends with the module,
    before tests that run a loop of their own, and Django is told that its database may be used beside it.
    """
    with pytest.MonkeyPatch.context() as patch, running_browser() as running:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield running


@pytest.fixture
def page(site: Site, browser: Browser) -> Iterator[Page]:
    """A signed-in page of that site on a laptop's screen; whatever it complains of in its console fails the test."""
    with _opened(browser, {"width": 1280, "height": 860}) as opened:
        opened.goto(site.link)
        opened.wait_for_url(lambda url: "/enter/" not in url)
        yield opened


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a page of its own with Playwright's context options: a phone, no scripts."""
    contexts = []

    def open_(**options: object) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        return context.new_page()

    yield open_
    for context in contexts:
        context.close()


def _is_complaint(message: ConsoleMessage) -> bool:
    """Say whether the browser complains; htmx tells also of what it gave up because the page was left."""
    was_left = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
    return message.type == "error" and not was_left


@contextmanager
def _opened(browser: Browser, viewport: dict[str, int]) -> Iterator[Page]:
    context = browser.new_context(viewport=viewport)  # type: ignore[arg-type]
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
    opened.on("pageerror", lambda fault: complaints.append(str(fault)))
    yield opened
    context.close()
    assert not complaints
