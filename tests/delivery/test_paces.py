"""Which pace is kept by which mail account."""

import tomllib
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from goodterms.delivery.paces import PaceFaulty, domains_of, pace_for, pace_names, pace_of, receiver_of, values_of
from goodterms.delivery.rules.pacing import UNLIMITED, Caps


@pytest.mark.parametrize(
    ("host", "user", "name"),
    [
        ("smtp.gmail.com", "alice@gmail.com", "gmail"),
        ("SMTP.GMAIL.COM", "Alice@GoogleMail.com", "gmail"),
        ("smtp.gmail.com", "alice@home.example", "google-workspace"),
        ("smtp-mail.outlook.com", "alice@hotmail.com", "outlook"),
        ("smtp.office365.com", "alice@outlook.com", "outlook"),
        ("smtp.office365.com", "alice@home.example", "microsoft-365"),
        ("smtp.mail.me.com", "alice", "icloud"),
        ("smtp.fastmail.com", "alice@fastmail.example", "fastmail"),
        ("email-smtp.eu-central-1.amazonaws.com", "AKIA", "amazon-ses"),
        ("email.eu-central-1.amazonaws.com", "amazon-ses", "amazon-ses"),
        ("vpce-1-2.email.eu-central-1.vpce.amazonaws.com", "amazon-ses", "amazon-ses"),
        ("smtp.postmarkapp.com", "token", "postmark"),
        ("mail.home.example", "alice@home.example", "unknown"),
    ],
)
def test_the_pace_is_recognised_by_the_server_and_who_signs_in(host: str, user: str, name: str) -> None:
    assert pace_for("", host=host, user=user).name == name


def test_a_server_on_this_machine_is_the_owners_own() -> None:
    assert pace_for("", host="127.0.0.1", is_loopback=True).name == "own-server"


def test_the_owner_may_name_another() -> None:
    assert pace_for("unlimited", host="smtp.gmail.com", user="a@gmail.com") is UNLIMITED
    assert pace_for("known-server", host="smtp.gmail.com", user="a@gmail.com").name == "known-server"


def test_each_pace_says_where_it_is_from_and_bounds_what_is_sent() -> None:
    shipped = tomllib.loads((Path(__file__).parents[2] / "src/goodterms/delivery/paces.toml").read_text())["paces"]
    assert (*shipped, "unlimited") == pace_names()
    for name, values in shipped.items():
        assert all(values[key] for key in ("about", "published", "source"))
        assert values["read_on"] >= "2026-01"
        assert not pace_for(name, host="").is_unlimited


def test_a_file_of_the_owners_own_replaces_single_values(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('like = "gmail"\naccount = { day = 400 }\nhours = ["06:30", "22:00"]\n')
    pace = pace_for(str(path), host="smtp.gmail.com")
    assert (pace.name, pace.account, pace.hours) == ("mine, like gmail", Caps(day=400), (time(6, 30), time(22)))
    assert pace.gap_seconds == (20, 60)


@pytest.mark.parametrize("name", pace_names())
def test_a_pace_is_written_and_read_back(name: str) -> None:
    pace = pace_for(name, host="")
    assert pace_of(values_of(pace), title="mine") == replace(pace, name=f"mine, like {name}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('like = "nobody"', "no pace is called 'nobody'"),
        ("account = { week = 3 }", "week"),
        ("account = { day = -1 }", "-1 is no whole number"),
        ("gap_seconds = [20, inf]", "none within a day"),
        ("gap_seconds = [60, 20]", "the shorter one comes first"),
        ("speed = 3", "there is no speed; there are: account"),
        ('hours = ["08:00", "never"]', "never"),
        ("like = ", "can't be used"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(PaceFaulty, match=said):
        pace_for(str(path), host="smtp.gmail.com")


def test_a_name_that_nothing_has_says_which_there_are() -> None:
    with pytest.raises(PaceFaulty, match=r"GOODTERMS_PACE is 'fast'.*gmail, google-workspace"):
        pace_for("fast", host="smtp.gmail.com")


def test_domains_of_one_provider_are_one_receiver() -> None:
    assert receiver_of("Bob@GoogleMail.com") == receiver_of("carol@gmail.com") == "google"
    assert receiver_of("dan@birch.example") == "birch.example"
    assert list(domains_of("google")) == ["gmail.com", "googlemail.com"]
    assert list(domains_of("birch.example")) == ["birch.example"]
