"""Forecasts and comparisons of a small network read from an export."""

from pathlib import Path

import pytest

from tests.conftest import Goodterms

HEADER = "First Name,Last Name,URL,Email Address,Company,Position,Connected On"


@pytest.fixture
def cli(goodterms: Goodterms, tmp_path: Path) -> Goodterms:
    """The commands, with 30 people connected before the terms."""
    goodterms("init", "--name", "Olga Owner", "--email", "olga@owner.test")
    goodterms("terms", "add", "--place", "profile", "--from", "2025-01-01", "--text", "We are connected.")
    rows = [f"Ann{n},Lee,https://www.linkedin.com/in/ann-{n},ann{n}@lee.example,A,B,05 Dec 2019" for n in range(30)]
    path = tmp_path / "Connections.csv"
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    assert goodterms("sync", path).status == 0
    return goodterms


def test_a_forecast_has_intervals_drivers_and_a_curve(cli: Goodterms, tmp_path: Path) -> None:
    path = tmp_path / "draft.md"
    path.write_text("---\nsubject: News\n---\nI moved to Leeds. How are you?\n", encoding="utf-8")
    update = cli("update", "add", path).said["update"]
    assert cli("strategy", "opt_out_list").status == 0

    said = cli("forecast", update, "--vehicle", "email").said

    assert said["people"] == 30
    for outcome in ("complaint", "exit", "negative_reply", "bounce"):
        assert said[outcome]["p05"] <= said[outcome]["p50"] <= said[outcome]["p95"]
    assert said["complaint"]["prior_share"] == 1
    assert said["drivers"][0]["share"] > 0
    assert [point["send"] for point in said["curve"]] == list(range(1, 31))
    assert said["careful"]["send"] + len(said["careful"]["keep"]) == 30
    assert cli("forecast", update, "--vehicle", "email").said == said


def test_strategies_reach_differently_many(cli: Goodterms) -> None:
    said = cli("compare", "--a-year", "6").said
    reach = {way["strategy"]: way["reach"] for way in said["ways"] if way["vehicle"] == "email"}
    assert reach["opt_out_list"] == 30
    assert reach["connection_opt_in"] == reach["opt_in_list"] == reach["posts_only"] == 0
    assert said["network"]["before_terms"] == 30
    assert said["recommended"] == "prequalified_one_off"
    assert said["limits"]["email"]["source"]


def test_an_update_that_is_none_is_told_so(cli: Goodterms) -> None:
    assert cli("forecast", "999").status == 1


@pytest.mark.parametrize("count", [0, 1])
def test_of_nobody_and_of_one_person_nothing_is_sure(goodterms: Goodterms, tmp_path: Path, count: int) -> None:
    """No connection, or one from before the terms, and no history: answers, wide or empty, and no division by zero."""
    goodterms("init", "--name", "Olga Owner", "--email", "olga@owner.test")
    goodterms("terms", "add", "--place", "profile", "--from", "2025-01-01", "--text", "We are connected.")
    row = "Ann,Lee,https://www.linkedin.com/in/ann,ann@lee.example,A,B,05 Dec 2019"
    exported = tmp_path / "Connections.csv"
    exported.write_text("\n".join([HEADER, *[row][:count]]), encoding="utf-8")
    goodterms("sync", exported)
    assert goodterms("strategy", "opt_out_list").status == 0
    path = tmp_path / "draft.md"
    path.write_text("---\nsubject: News\n---\nI moved to Leeds. How are you?\n", encoding="utf-8")

    said = goodterms("forecast", goodterms("update", "add", path).said["update"]).said
    assert said["people"] == count
    assert [point["send"] for point in said["curve"]] == [1] * count
    assert 0 <= said["complaint"]["expected"] < 0.2
    assert said["complaint"]["prior_share"] == 1

    compared = goodterms("compare").said
    assert all(way["reach"] <= count for way in compared["ways"])
    assert compared["recommended"]
    assert goodterms("forecast", "backtest").said["fits"]["complaint"]["coverage"] is None


def test_before_the_terms_everybody_is_held_so_nothing_is_forecast(cli: Goodterms, tmp_path: Path) -> None:
    path = tmp_path / "draft.md"
    path.write_text("---\nsubject: News\n---\nI moved to Leeds. How are you?\n", encoding="utf-8")
    said = cli("forecast", cli("update", "add", path).said["update"]).said
    assert said["people"] == 0
    assert said["complaint"]["expected"] == 0
    assert said["gate"] == "none"
