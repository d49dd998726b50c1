"""What holds for every page that links lead to."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.cli.conftest import Goodterms
from tests.web.browsing import Site, violations
from tests.web.crawling import every_page

_PHONE = ViewportSize(width=390, height=844)
_LAPTOP = ViewportSize(width=1280, height=860)


@pytest.mark.slow
def test_every_page_is_for_everybody_and_fits_a_phone(network: Goodterms, update: str, site: Site, page: Page) -> None:
    """No violation of WCAG 2.2 AA in light or dark, and nothing to scroll sideways for on a phone."""
    faults, names = [], []
    for name, address in every_page(page, site):
        names.append(name)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            faults += [f"{name} ({address}), {scheme}: {fault}" for fault in violations(page)]
        page.set_viewport_size(_PHONE)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > _PHONE["width"]:
            faults.append(f"{name} ({address}) is {wide} pixels wide on a phone of {_PHONE['width']}")
        page.set_viewport_size(_LAPTOP)
    page.set_viewport_size(_PHONE)
    page.goto(site.url)
    for place in ("People", "Settings"):
        if place == "Settings":
            expect(page.get_by_role("link", name=place)).to_be_hidden()
            page.get_by_text("More", exact=True).click()
            expect(page.get_by_role("button", name="Sign out")).to_be_visible()
            faults += violations(page)
        page.get_by_role("link", name=place, exact=True).click()
        expect(page.get_by_role("heading", level=1, name=place)).to_be_visible()
    assert {"start", "people", "people-person", "proof", "settings"} <= set(names)
    assert faults == []
