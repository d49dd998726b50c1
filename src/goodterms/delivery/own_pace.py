"""How fast an owner's mail may leave: as they chose, else as a setting says, else as their server is recognised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from goodterms.accounts.choices import Choice, is_fixed, make_sure_it_is_open
from goodterms.accounts.models import Owner
from goodterms.config import SettingsFaulty, read_settings
from goodterms.delivery.models import OwnPace
from goodterms.delivery.paces import OWN_SERVER, UNKNOWN, PaceFaulty, Preset, pace_for, pace_of, recognised
from goodterms.delivery.rules.own_pace import Excess, Origin, beside, beyond
from goodterms.delivery.rules.pacing import Pace
from goodterms.delivery.ways import Way
from goodterms.delivery.words import excess_words

OWN_TITLE = "your own"
_MOST_BY_HAND = 1_000_000


class PaceTooFast(SettingsFaulty):
    """A pace goes over what the provider publishes, and whoever chose it has not said that they know."""


@dataclass(frozen=True, kw_only=True)
class PaceInForce:
    """The pace of an owner's account, and why it is this one."""

    pace: Pace
    """With room for what they send beside Goodterms."""
    whole: Pace
    """Without that."""
    origin: Origin
    provider: Preset
    """What is known of the account that mail leaves by."""
    by_hand_a_day: int

    @property
    def excess(self) -> list[Excess]:
        """Where it goes over what the provider publishes."""
        return beyond(self.pace, self.provider.most, self.by_hand_a_day)


def pace_in_force(owner: Owner, way: Way) -> PaceInForce:
    """Give the pace at which an owner's mail leaves by a way; raises PaceFaulty."""
    own = own_pace(owner)
    user, setting = way.user or owner.email, read_settings()["GOODTERMS_PACE"]
    provider = recognised(host=way.host, user=user, is_loopback=way.is_loopback)
    pace = _own(own.values) if own.values else pace_for(setting, host=way.host, user=user, is_loopback=way.is_loopback)
    return PaceInForce(
        pace=beside(pace, own.by_hand_a_day),
        whole=pace,
        origin=Origin.OWN if own.values else Origin.SETTING if setting else _origin_of(provider),
        provider=provider,
        by_hand_a_day=own.by_hand_a_day,
    )


def own_pace(owner: Owner) -> OwnPace:
    """Give what an owner chose of pace; one that says nothing where they chose nothing or may not."""
    found = None if is_fixed(Choice.PACE) else OwnPace.objects.filter(owner=owner).first()
    return found or OwnPace(owner=owner)


def choose_pace(owner: Owner, values: Mapping[str, Any], way: Way, *, is_knowing: bool = False, now: datetime) -> None:
    """Keep an owner's own pace, in the form of a file; none means the one that is recognised.

    Raises PaceFaulty, and PaceTooFast where it goes over what the provider of the way publishes, unless `is_knowing`.
    """
    make_sure_it_is_open(Choice.PACE)
    if values and not is_knowing:
        _make_sure_it_is_not_too_fast(owner, _own(values), way)
    elif values:
        _own(values)
    OwnPace.objects.update_or_create(owner=owner, defaults={"values": dict(values), "changed_at": now})


def say_habits(owner: Owner, *, by_hand_a_day: int, zone: str, now: datetime) -> None:
    """Keep what an owner sends beside Goodterms, and in which time zone their day is; raises PaceFaulty."""
    make_sure_it_is_open(Choice.PACE)
    if not 0 <= by_hand_a_day <= _MOST_BY_HAND:
        raise PaceFaulty(f"{by_hand_a_day:,} mails a day by hand can't be. Nothing was changed.")
    if zone and zone not in zones():
        raise PaceFaulty(f"'{zone}' is no time zone, such as Europe/Vienna. Nothing was changed.")
    kept = {"by_hand_a_day": by_hand_a_day, "zone": zone, "changed_at": now}
    OwnPace.objects.update_or_create(owner=owner, defaults=kept)


def zone_of(owner: Owner) -> ZoneInfo | None:
    """Give the time zone that an owner named; None where they named none."""
    zone = own_pace(owner).zone
    return ZoneInfo(zone) if zone else None


@cache
def zones() -> tuple[str, ...]:
    """Give the names of the time zones of places, as IANA has them."""
    return tuple(
        sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "System")))
    )


def _make_sure_it_is_not_too_fast(owner: Owner, pace: Pace, way: Way) -> None:
    by_hand = own_pace(owner).by_hand_a_day
    provider = recognised(host=way.host, user=way.user or owner.email, is_loopback=way.is_loopback)
    found = beyond(beside(pace, by_hand), provider.most, by_hand)
    if found:
        raise PaceTooFast(
            f"{'; '.join(excess_words(one) for one in found)}. For {provider.about} the provider publishes: "
            f"{provider.published} ({provider.source}, read {provider.read_on}). Accounts that send more are blocked. "
            "Nothing was changed."
        )


def _own(values: Mapping[str, Any]) -> Pace:
    is_preset = set(values) == {"like"}
    return pace_of(values, title="" if is_preset else OWN_TITLE)


def _origin_of(provider: Preset) -> Origin:
    return {OWN_SERVER: Origin.ON_THIS_MACHINE, UNKNOWN: Origin.UNKNOWN}.get(provider.name, Origin.RECOGNISED)
