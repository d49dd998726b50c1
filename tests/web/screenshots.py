"""Pictures of every page, for looking at: python -m tests.web.screenshots [FOLDER]."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

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
        with running_site(dict(os.environ)) as site, running_browser() as browser:
            page = browser.new_context(viewport=_LAPTOP, device_scale_factor=1.5).new_page()
            page.goto(site.link)
            page.wait_for_url(lambda url: "/enter/" not in url)
            _take_all(page, site, folder)


def _take_all(page: Page, site: Site, folder: Path) -> None:
    import django  # noqa: PLC0415 -- its settings are chosen first

    django.setup()
    from tests.web.crawling import every_page  # noqa: PLC0415

    page.emulate_media(reduced_motion="reduce")
    for name, _ in every_page(page, site):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=folder / f"{name}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(_PHONE)
        page.screenshot(path=folder / f"{name}-phone.png", full_page=True)
        page.set_viewport_size(_LAPTOP)
        print(name)  # noqa: T201 -- progress


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/screenshots"))
