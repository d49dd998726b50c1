"""The way from the first visit to the first archive, and on to the people, in a browser."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.cli.conftest import Goodterms
from tests.cli.network import EVERYBODY, write_archive
from tests.web.browsing import Site, violations

expect.set_options(timeout=30_000)  # a busy machine is no fault of the pages


def test_from_the_first_visit_to_a_person_by_hand_and_by_key(page: Page, goodterms: Goodterms, tmp_path: Path) -> None:
    """Who one is, the archive dropped in, its preview, what was found, the terms, the people."""
    page.get_by_label("Your name").fill("Olga Owner")
    page.get_by_label("Your e-mail address").fill("olga@owner.test")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Get a copy of your data")).to_be_visible()
    assert violations(page) == []

    page.get_by_label("Drop the archive here").set_input_files(write_archive(tmp_path, EVERYBODY))
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What it would change")
    assert violations(page) == []
    page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your archive was read")
    assert violations(page) == []

    page.get_by_role("link", name="Say what connecting means").click()
    section = page.locator("#profile")
    section.get_by_label("The words").fill("Connecting with me means personal updates now and then.")
    expect(section.locator("[data-length]")).to_have_text("55")
    section.get_by_label("It stands there since").fill("2026-01-01")
    section.get_by_role("button", name="They stand there").click()
    expect(page.get_by_text("These words stand on your profile since 1 January 2026")).to_be_visible()

    page.get_by_role("link", name="People", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="People")).to_be_visible()
    page.wait_for_load_state()  # the keys are heard once the scripts are there
    page.keyboard.press("/")
    page.keyboard.type("birch")
    expect(page.get_by_text("1 person")).to_be_visible()
    expect(page).to_have_url(re.compile("q=birch"))
    page.get_by_label("Search").fill("")
    expect(page.get_by_text("6 people")).to_be_visible()
    page.get_by_label("Sort by").select_option("connected")
    expect(page.locator("tbody th").first).to_contain_text("Fay Fir")
    page.get_by_label("Search").blur()
    page.wait_for_load_state("networkidle")
    for key in "jjjk":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Eve Elm")
    assert violations(page) == []


def test_the_overview_draws_its_charts_in_the_colours_of_the_night(
    network: Goodterms, site: Site, page: Page, open_page: Callable[..., Page]
) -> None:
    page.goto(site.url)
    expect(page.get_by_role("img", name=re.compile("Your connections over time"))).to_be_visible()
    fills = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        fills[scheme] = page.evaluate(
            "getComputedStyle(document.querySelector('.chart [fill=\"var(--series-1)\"]')).fill"
        )
        assert violations(page) == []
    assert fills == {"light": "rgb(15, 107, 99)", "dark": "rgb(92, 196, 182)"}
