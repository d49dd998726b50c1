"""What an owner settles by eye: who somebody is, and what answers a complaint; in a browser."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.cli.conftest import Goodterms
from tests.cli.network import ALICE, EVERYBODY, Made, write_archive
from tests.web.browsing import Site, violations

TWIN = Made("Alina", "Aspen", "05 Mar 2026", "alina@aspen.example")
RENAMED = Made("Alice", "Maple", "05 Mar 2026", "alice@maple.example")


def test_who_is_held_is_decided_beside_whom_they_may_be_and_parted_again(
    network: Goodterms, site: Site, page: Page, tmp_path: Path
) -> None:
    """Two known people may be the one listed anew: nothing goes to them until the owner has said who it is."""
    network("sync", write_archive(tmp_path / "twin", (*EVERYBODY, TWIN), "06-15-2026"))
    network("sync", write_archive(tmp_path / "later", (*EVERYBODY[1:], RENAMED), "07-01-2026"))

    page.goto(site.url)
    expect(page.get_by_text("One person is held for your eye.")).to_be_visible()
    page.locator("li", has_text="held for your eye").get_by_role("link", name="Look").click()
    question = page.locator("section.question")
    expect(question.locator("article")).to_have_count(3)
    expect(question.get_by_role("button", name="The same as Alina Aspen")).to_be_visible()
    assert violations(page) == []
    assert network("why", RENAMED.slug).said["verdict"] == "hold"
    question.get_by_role("button", name="The same as Alice Arden").click()
    expect(page.get_by_text("are one person now")).to_be_visible()
    expect(page.get_by_text("Nobody is held")).to_be_visible()
    one = network("why", RENAMED.slug).said
    assert one["person"] == network("why", ALICE.slug).said["person"]

    page.goto(f"{site.url}people/{one['person']}/")
    page.get_by_role("link", name="part them again").click()
    assert violations(page) == []
    page.get_by_role("button", name="Part them").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert network("why", RENAMED.slug).said["person"] != network("why", ALICE.slug).said["person"]


def test_a_complaint_leads_to_an_answer_and_to_a_dossier_that_anybody_can_check(
    network: Goodterms, site: Site, page: Page, tmp_path: Path
) -> None:
    """It is obeyed as it is recorded; the reply is drafted; page, PDF and data hold the story, and are found sound."""
    page.goto(f"{site.url}inbox/")
    page.get_by_role("link", name="complaints to answer").click()
    page.wait_for_load_state()  # the keys are heard once the scripts are there
    page.keyboard.press("a")
    page.get_by_label("Who complained").fill(ALICE.email)
    page.get_by_label("Who told you").select_option("linkedin")
    page.get_by_label("Their number for it").fill("LI-7")
    page.get_by_label("What was said").fill("Spam!")
    page.get_by_label("What led to it, and what you changed").fill("An old address, taken off.")
    assert violations(page) == []
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Alice Arden complained")
    assert network("why", ALICE.slug).said["reason"] == "complained"
    reply = page.get_by_label("The reply").input_value()
    assert "LI-7" in reply
    assert "An old address, taken off." in reply
    assert violations(page) == []
    page.get_by_role("button", name="I have answered").click()
    expect(page.get_by_text("Noted as answered.")).to_be_visible()

    page.get_by_role("link", name="Alice Arden").click()
    page.get_by_role("link", name="The dossier").click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Open the page").click()
    dossier = opened.value
    expect(dossier.get_by_role("heading", level=1)).to_contain_text("Alice Arden")
    expect(dossier.get_by_text("complained").first).to_be_visible()
    assert violations(dossier) == []
    with page.expect_download() as given:
        page.get_by_role("button", name="Download the PDF").click()
    pdf = given.value.path().read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert b"dossier.json" in pdf
    with page.expect_download() as given:
        page.get_by_role("button", name="Download the JSON").click()
    given.value.save_as(tmp_path / "dossier.json")

    page.goto(f"{site.url}proof/")
    page.get_by_role("link", name="Check a dossier").click()
    page.get_by_label("The dossier").set_input_files(tmp_path / "dossier.json")
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_text("dossier.json is sound")).to_be_visible()
