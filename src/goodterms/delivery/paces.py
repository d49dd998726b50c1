"""Reading the paces: data that comes with Goodterms, chosen by the server's name, by a setting or by the owner."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import time
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from goodterms.config import SettingsFaulty
from goodterms.delivery.rules.pacing import UNLIMITED, Caps, Pace, Ramp

_SHIPPED = Path(__file__).with_name("paces.toml")
OWN_SERVER, UNKNOWN = "own-server", "unknown"
_A_DAY = 86_400
_KEYS = {"like", "account", "domain", "gap_seconds", "hours", "ramp", "connections"}


class PaceFaulty(SettingsFaulty):
    """A pace that was chosen is none, or is in a file that can't be used; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A pace that comes with Goodterms, and what is known of the accounts that it is for."""

    pace: Pace
    about: str
    published: str
    """What the provider publishes, in words."""
    most: Caps
    """The same in figures; 0 where it publishes none."""
    source: str
    read_on: str
    """The month in which it was read."""

    @property
    def name(self) -> str:
        """The pace's name."""
        return self.pace.name


def presets() -> tuple[Preset, ...]:
    """Give the paces that come with Goodterms."""
    return tuple(_preset(name) for name in _shipped()["paces"])


def recognised(*, host: str, user: str = "", is_loopback: bool = False) -> Preset:
    """Give the preset for a mail server or a provider's API, recognised by its host and by who signs in."""
    return _preset(_recognised(host.lower(), user.rpartition("@")[2].lower(), is_loopback=is_loopback))


def pace_of(values: Mapping[str, Any], *, title: str = "") -> Pace:
    """Give the pace that values say, as a file of one's own has them; `like` names what counts where they are silent.

    Raises PaceFaulty.
    """
    try:
        return _written(values, title)
    except (KeyError, TypeError, ValueError, IndexError) as fault:
        raise PaceFaulty(f"This pace can't be used: {_said(fault)}. Nothing was changed.") from None


def values_of(pace: Pace) -> dict[str, Any]:
    """Give all that a pace says, in the form of a file: what `pace_of` takes."""
    return {
        "like": pace.name.rpartition("like ")[2],
        "account": asdict(pace.account),
        "domain": asdict(pace.domain),
        "gap_seconds": list(pace.gap_seconds),
        "hours": [moment.isoformat("minutes") for moment in pace.hours] if pace.hours else None,
        "ramp": asdict(pace.ramp) if pace.ramp else None,
        "connections": pace.connections,
    }


def pace_for(setting: str, *, host: str, user: str = "", is_loopback: bool = False) -> Pace:
    """Give the pace for a mail server: the one that GOODTERMS_PACE names, or the one recognised by its host.

    `setting` is a pace's name, `unlimited`, or a TOML file (its name ends in .toml); raises PaceFaulty.
    """
    if setting.endswith(".toml"):
        return _from_file(Path(setting).expanduser())
    return _named(setting or _recognised(host.lower(), user.rpartition("@")[2].lower(), is_loopback=is_loopback))


def pace_names() -> tuple[str, ...]:
    """Give the names of the paces that come with Goodterms, and `unlimited`."""
    return (*_shipped()["paces"], UNLIMITED.name)


def receiver_of(address: str) -> str:
    """Give who receives mail for an address: its provider where one has several domains, else its domain."""
    domain = address.rpartition("@")[2].lower()
    return _providers().get(domain, domain)


def domains_of(receiver: str) -> Sequence[str]:
    """Give the domains of a receiver, as `receiver_of` names it."""
    return _shipped()["receivers"].get(receiver) or (receiver,)


@cache
def _shipped() -> dict[str, Any]:
    return tomllib.loads(_SHIPPED.read_text(encoding="utf-8"))


@cache
def _providers() -> dict[str, str]:
    return {domain: name for name, domains in _shipped()["receivers"].items() for domain in domains}


def _recognised(host: str, user_domain: str, *, is_loopback: bool) -> str:
    if is_loopback:
        return OWN_SERVER
    for name, values in _shipped()["paces"].items():
        is_user = "users" not in values or user_domain in values["users"]
        if is_user and any(fnmatchcase(host, pattern) for pattern in values["hosts"]):
            return str(name)
    return UNKNOWN


def _named(name: str) -> Pace:
    if name == UNLIMITED.name:
        return UNLIMITED
    values = _shipped()["paces"].get(name)
    if values is None:
        raise PaceFaulty(
            f"GOODTERMS_PACE is '{name}', and no pace is called so. Nothing was sent. It may be a TOML file, or one "
            f"of: {', '.join(pace_names())}."
        )
    return _pace(name, values)


def _from_file(path: Path) -> Pace:
    try:
        return _written(tomllib.loads(path.read_text(encoding="utf-8")), path.stem)
    except (OSError, KeyError, TypeError, ValueError, IndexError) as fault:  # TOML's faults are ValueErrors too
        raise PaceFaulty(
            f"The pace in {path} can't be used: {_said(fault)}. Nothing was sent; mend the file."
        ) from None


def _written(values: Mapping[str, Any], title: str) -> Pace:
    name = str(values.get("like", UNKNOWN))
    base = {} if name == UNLIMITED.name else _shipped()["paces"][name]
    _refuse_strange(values)
    return _pace(f"{title}, like {name}" if title else name, {**base, **values})


def _said(fault: Exception) -> str:
    return f"no pace is called {fault}" if isinstance(fault, KeyError) else str(fault)


def _refuse_strange(values: Mapping[str, Any]) -> None:
    strange = ", ".join(sorted(set(values) - _KEYS))
    if strange:
        raise ValueError(f"there is no {strange}; there are: {', '.join(sorted(_KEYS))}")


def _preset(name: str) -> Preset:
    values = _shipped()["paces"][name]
    return Preset(
        pace=_pace(name, values),
        most=_caps(values.get("most", {})),
        **{key: values[key] for key in ("about", "published", "source", "read_on")},
    )


def _pace(name: str, values: Mapping[str, Any]) -> Pace:
    return Pace(
        name=name,
        account=_caps(values.get("account") or {}),
        domain=_caps(values.get("domain") or {}),
        gap_seconds=_gap(values.get("gap_seconds") or (0, 0)),
        hours=_hours(values.get("hours")),
        ramp=_ramp(values.get("ramp")),
        connections=max(1, _whole(values.get("connections", 4))),
    )


def _gap(values: Sequence[float]) -> tuple[float, float]:
    least, most = float(values[0]), float(values[1])
    if not 0 <= least <= most <= _A_DAY:
        raise ValueError(f"the gap of {least:g} to {most:g} seconds is none within a day; the shorter one comes first")
    return least, most


def _hours(values: Sequence[str] | None) -> tuple[time, time] | None:
    if not values:
        return None
    start, end = time.fromisoformat(values[0]), time.fromisoformat(values[1])
    if start >= end:
        raise ValueError(f"the hours from {start:%H:%M} to {end:%H:%M} hold nothing; they lie within one day")
    return start, end


def _ramp(values: Mapping[str, Any] | None) -> Ramp | None:
    if not values:
        return None
    made = Ramp(first=_whole(values["first"]), factor=float(values["factor"]), until=_whole(values["until"]))
    if made.first < 1 or made.factor <= 1:
        raise ValueError("a warm-up begins with 1 copy or more and grows by a factor above 1")
    return made


def _caps(values: Mapping[str, Any]) -> Caps:
    return Caps(**{span: _whole(cap) for span, cap in values.items()})


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is no whole number from 0 on")
    return value
