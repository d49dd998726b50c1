"""Pictures of every page, for looking at: python -m tests.web.screenshots [FOLDER]."""

import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, ViewportSize, expect

from tests.servers.listmonk import TOKEN, USER, Listmonk
from tests.web.browsing import Site, running_browser, running_site

_LAPTOP = ViewportSize(width=1280, height=860)
_PHONE = ViewportSize(width=390, height=844)


def main(folder: Path) -> None:
    """Play the demo, then take its pages."""
    with tempfile.TemporaryDirectory() as stage:
        command = [sys.executable, "-m", "goodterms", "demo", "--size", "1200", "--folder", f"{stage}/demo", "--json"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        os.environ |= {"GOODTERMS_HOME": f"{stage}/demo/home", "DJANGO_SETTINGS_MODULE": "goodterms.web.settings"}
        folder.mkdir(parents=True, exist_ok=True)
        with Listmonk() as monk, running_browser() as browser:
            # What is looked at only; nothing is ever sent by it.
            ways = {"GOODTERMS_SMTP_URL": "smtp://127.0.0.1:1", "GOODTERMS_LIST_SERVER": _list_address(monk)}
            with running_site(os.environ | ways) as site:
                page = browser.new_context(viewport=_LAPTOP, device_scale_factor=1.5).new_page()
                page.goto(site.link)
                page.wait_for_url(lambda url: "/enter/" not in url)
                _write(page, site)
                _take_all(page, site, folder)


def _list_address(monk: Listmonk) -> str:
    number = monk.new_list()
    return f"listmonk+http://{USER}:{quote(TOKEN, safe='')}@127.0.0.1:{monk.port}/{number}"


def _write(page: Page, site: Site) -> None:
    """Begin a draft, so that writing is seen; and leave an update ready, so that sending and posting are."""
    for subject, is_left in (("A mill in Ghent", True), ("What the spring brings", False)):
        page.goto(f"{site.url}updates/")
        page.get_by_role("button", name="Write an update").click()
        page.get_by_label("Subject").fill(subject)
        page.get_by_label("Text").fill("Dear all,\n\nthe third mill runs again, and I have learnt to mend its gears.")
        page.wait_for_timeout(1500)  # it is saved as one writes
        if is_left:
            page.get_by_role("button", name="Done writing").click()
            page.wait_for_url(lambda url: "/drafts/" not in url)


def _take_all(page: Page, site: Site, folder: Path) -> None:
    import django  # noqa: PLC0415 -- its settings are chosen first

    django.setup()
    from tests.web.crawling import every_page  # noqa: PLC0415

    page.emulate_media(reduced_motion="reduce")
    for name, _ in every_page(page, site):
        _settle(page)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=folder / f"{name}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(_PHONE)
        page.screenshot(path=folder / f"{name}-phone.png", full_page=True)
        page.set_viewport_size(_LAPTOP)
        print(name)  # noqa: T201 -- progress


def _settle(page: Page) -> None:
    """Wait for the parts that come after the page, but not for those that go on asking."""
    page.wait_for_load_state("networkidle")
    with suppress(AssertionError):
        expect(page.locator("#content [hx-trigger='every 1s']")).to_have_count(0, timeout=30_000)
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/screenshots"))
