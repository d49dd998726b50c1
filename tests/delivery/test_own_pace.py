"""Which pace is in force, and why."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from goodterms import doors
from goodterms.accounts.choices import ChoiceFixed
from goodterms.accounts.office import Office
from goodterms.delivery.own_pace import PaceTooFast, choose_pace, pace_in_force, say_habits
from goodterms.delivery.paces import PaceFaulty
from goodterms.delivery.rules.own_pace import Origin
from goodterms.delivery.rules.pacing import Caps
from goodterms.delivery.ways import Way, server_way
from tests.delivery.network import NOW, Network
from tests.mailings.workshop import office_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(data_folder: Path) -> Office:
    return office_of(Network(data_folder))


@pytest.fixture
def gmail() -> Way:
    return server_way("smtps://ann%40gmail.com:secret@smtp.gmail.com")


def test_the_owners_choice_goes_before_the_setting_and_the_setting_before_what_is_recognised(
    office: Office, gmail: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = pace_in_force(office.owner, gmail)
    assert (found.pace.name, found.origin, found.provider.read_on) == ("gmail", Origin.RECOGNISED, "2026-11")
    monkeypatch.setenv("GOODTERMS_PACE", "unlimited")
    found = pace_in_force(office.owner, gmail)
    assert (found.pace.name, found.origin, found.excess[0].published) == ("unlimited", Origin.SETTING, 500)
    choose_pace(office.owner, {"like": "google-workspace"}, gmail, is_knowing=True, now=NOW)
    found = pace_in_force(office.owner, gmail)
    assert (found.pace.name, found.origin) == ("google-workspace", Origin.OWN)
    choose_pace(office.owner, {"like": "gmail", "account": {"day": 120}, "hours": None}, gmail, now=NOW)
    pace = doors.pacer_for(office, gmail).pace
    assert (pace.name, pace.account, pace.hours, pace.gap_seconds) == (
        "your own, like gmail",
        Caps(day=120),
        None,
        (20, 60),
    )
    choose_pace(office.owner, {}, gmail, now=NOW)
    assert pace_in_force(office.owner, gmail).origin is Origin.SETTING


@pytest.mark.parametrize(
    ("url", "origin"),
    [("smtp://127.0.0.1:25", Origin.ON_THIS_MACHINE), ("smtps://mail.home.example", Origin.UNKNOWN)],
)
def test_a_server_that_is_no_providers_says_so(office: Office, url: str, origin: Origin) -> None:
    assert pace_in_force(office.owner, server_way(url)).origin is origin


def test_what_is_sent_by_hand_comes_off_the_day_and_stays_when_the_pace_changes(office: Office, gmail: Way) -> None:
    say_habits(office.owner, by_hand_a_day=40, zone="America/Lima", now=NOW)
    assert pace_in_force(office.owner, gmail).pace.account == Caps(hour=60, day=210)
    choose_pace(office.owner, {"like": "google-workspace"}, gmail, is_knowing=True, now=NOW)
    assert pace_in_force(office.owner, gmail).pace.account.day == 960
    assert doors.pacer_for(office, gmail).zone == ZoneInfo("America/Lima")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"like": "nobody"}, "no pace is called 'nobody'"),
        ({"like": "gmail", "account": {"day": -1}}, "-1 is no whole number"),
        ({"like": "gmail", "hours": ["20:00", "08:00"]}, "hold nothing"),
        ({"like": "gmail", "gap_seconds": [60, 20]}, "shorter one comes first"),
        ({"like": "gmail", "ramp": {"first": 0, "factor": 2, "until": 9}}, "begins with 1 copy"),
    ],
)
def test_a_pace_that_cannot_be_kept_is_not(office: Office, gmail: Way, values: dict[str, object], said: str) -> None:
    with pytest.raises(PaceFaulty, match=said):
        choose_pace(office.owner, values, gmail, now=NOW)
    assert pace_in_force(office.owner, gmail).origin is Origin.RECOGNISED


@pytest.mark.parametrize(("by_hand", "zone"), [(-1, ""), (5, "Atlantis/Poseidonis")])
def test_habits_that_cannot_be_are_not_kept(office: Office, gmail: Way, by_hand: int, zone: str) -> None:
    with pytest.raises(PaceFaulty, match="Nothing was changed"):
        say_habits(office.owner, by_hand_a_day=by_hand, zone=zone, now=NOW)


def test_a_pace_that_the_host_has_fixed_is_everybodys(
    office: Office, gmail: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_pace(office.owner, {"like": "unlimited"}, gmail, is_knowing=True, now=NOW)
    monkeypatch.setenv("GOODTERMS_FIXED", "pace")
    assert pace_in_force(office.owner, gmail).pace.name == "gmail"
    with pytest.raises(ChoiceFixed):
        choose_pace(office.owner, {"like": "unlimited"}, gmail, is_knowing=True, now=NOW)


def test_more_than_the_provider_publishes_is_kept_knowingly_alone(office: Office, gmail: Way) -> None:
    with pytest.raises(PaceTooFast, match=r"Up to 900 mails a day would leave, and 500 is the most.*500 messages in"):
        choose_pace(office.owner, {"like": "gmail", "account": {"day": 900}}, gmail, now=NOW)
    with pytest.raises(PaceTooFast, match="Nothing would bound what leaves in a day"):
        choose_pace(office.owner, {"like": "unlimited"}, gmail, now=NOW)
    assert pace_in_force(office.owner, gmail).origin is Origin.RECOGNISED
    choose_pace(office.owner, {"like": "gmail", "account": {"day": 900}}, gmail, is_knowing=True, now=NOW)
    assert pace_in_force(office.owner, gmail).excess[0].wanted == 900
