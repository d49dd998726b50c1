"""The commands about ties, on a network read from an export."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import Goodterms

HEADER = "First Name,Last Name,URL,Email Address,Company,Position,Connected On"


@pytest.fixture
def ann(goodterms: Goodterms, tmp_path: Path) -> Goodterms:
    """The commands, with one connection."""
    goodterms("init", "--name", "Olga Owner", "--email", "olga@owner.test")
    path = tmp_path / "Connections.csv"
    row = "Ann,Lee,https://www.linkedin.com/in/ann-lee,ann@lee.example,{},Weaver,05 Dec 2025"
    for company in ("Acme", "Bolt"):
        path.write_text(f"{HEADER}\n{row.format(company)}\n", encoding="utf-8")
        assert goodterms("sync", path).status == 0
    return goodterms


def test_a_tie_is_shown_with_its_reasons_and_is_as_the_owner_says(ann: Goodterms) -> None:
    shown = ann("tie", "ann-lee").said["ties"][0]
    assert (shown["strength"], shown["source"]) == (0.1, "nothing_known")
    assert ann("note", "ann-lee", "At the fair", "--met").status == 0
    assert ann("tie", "ann-lee", "--strength", "0.9", "--every", "30").said["ties"][0]["source"] == "owner"
    again = ann("tie", "ann-lee", "--strength", "-1").said["ties"][0]
    assert again["source"] == "exchanges"
    assert again["cadence_days"] == 30
    assert again["notes"][0]["text"] == "At the fair"


def test_a_tie_is_told_in_plain_words(ann: Goodterms, committed_db: dict[str, str]) -> None:
    from goodterms.cli.main import main  # noqa: PLC0415 -- needs Django set up

    printed = CliRunner(env=committed_db).invoke(main, ["tie", "ann-lee"], prog_name="goodterms").stdout
    assert printed.startswith("Ann Lee: 0.")
    assert "[" not in printed


def test_what_is_due_and_what_is_new(ann: Goodterms) -> None:
    said = ann("due").said
    assert said == {"due": [], "silent": []}
    news = ann("news").said["news"]
    assert [(one["name"], one["before"]["company"], one["after"]["company"]) for one in news] == [
        ("Ann Lee", "Acme", "Bolt")
    ]


def test_a_tie_that_cannot_be_kept_is_refused(ann: Goodterms) -> None:
    ran = ann("tie", "ann-lee", "--strength", "7")
    assert ran.status == 1
    assert "from 0 to 1" in ran.said["error"]
    assert ann("note", "nobody@nowhere.test", "x").status == 1


def test_without_exports_there_is_no_news(goodterms: Goodterms) -> None:
    goodterms("init", "--name", "Olga Owner", "--email", "olga@owner.test")
    assert goodterms("news").status == 1
    assert goodterms("due").said == {"due": [], "silent": []}


def test_a_circle_is_kept_listed_and_dropped(ann: Goodterms) -> None:
    kept = ann("circle", "Weavers", "--company", "Bolt", "--every", "30").said["circles"]
    assert [(one["circle"], one["people"], one["cadence_days"]) for one in kept] == [("Weavers", 1, 30)]
    assert ann("circle").said["circles"] == kept
    assert ann("circle", "Ann alone", "--person", "ann-lee", "--every", "9").said["circles"][0]["people"] == 1
    for name in ("Weavers", "Ann alone"):
        assert ann("circle", name, "--every", "0").status == 0
    assert ann("circle").said["circles"] == []
    assert ann("circle", "Weavers", "--every", "0").status == 1
    assert ann("circle", "Nobody", "--every", "5").status == 1
