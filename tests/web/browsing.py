"""A real browser on the real server, as somebody at their desk or with a phone has them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@dataclass(frozen=True, kw_only=True)
class Site:
    """`goodterms serve`, running."""

    link: str
    """Where it said that it answers: on a laptop the one-time link."""
    errors: list[str]

    @property
    def url(self) -> str:
        """Where its pages begin, with a slash."""
        return self.link.partition("/enter/")[0].rstrip("/") + "/"


@contextmanager
def running_site(environ: dict[str, str], *words: str) -> Iterator[Site]:
    """Give a site that runs until the block ends."""
    command = [sys.executable, "-m", "goodterms", "serve", "--port", "0", "--no-browser", *words]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = process.stdout.readline()
        try:
            found = re.search(r"http://[^\s;]+", printed)
            assert found, f"it does not say where it answers: {printed}"
            yield Site(link=found[0], errors=[])
        finally:
            process.terminate()
            process.wait(timeout=20)


def chromium() -> str:
    """Give the browser's program."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "There is no Chromium; script/packages installs it."
    return found


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Give a headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(_FLAGS), env=dict(os.environ))
        try:
            yield browser
        finally:
            browser.close()


def violations(page: Page) -> list[str]:
    """Give what keeps somebody from using this page (WCAG 2.2 AA and good practice, as axe checks them)."""
    # Colours on their way from one to another are not what anybody reads.
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
    found: dict[str, Any] = Axe().run(page, options=_RULES).response
    return [
        f"{fault['id']}: {fault['help']}: {node['html'][:200]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
