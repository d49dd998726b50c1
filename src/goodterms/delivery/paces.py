"""Reading the paces: data that comes with Goodterms, chosen by the mail server's name or by the owner."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import time
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from goodterms.config import SettingsFaulty
from goodterms.delivery.rules.pacing import UNLIMITED, Caps, Pace, Ramp

_SHIPPED = Path(__file__).with_name("paces.toml")
OWN_SERVER, UNKNOWN = "own-server", "unknown"
_KEYS = {"like", "account", "domain", "gap_seconds", "hours", "ramp", "connections"}


class PaceFaulty(SettingsFaulty):
    """GOODTERMS_PACE names no pace, or a file that can't be used; the message says why."""


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
    """Read an owner's own pace: `like` names the one whose values count where the file has none."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        name = str(values.get("like", UNKNOWN))
        base = {} if name == UNLIMITED.name else _shipped()["paces"][name]
        _refuse_strange(values)
        return _pace(f"{path.stem}, like {name}", {**base, **values})
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as fault:
        said = f"no pace is called {fault}" if isinstance(fault, KeyError) else str(fault)
        raise PaceFaulty(f"The pace in {path} can't be used: {said}. Nothing was sent; mend the file.") from None


def _refuse_strange(values: Mapping[str, Any]) -> None:
    strange = ", ".join(sorted(set(values) - _KEYS))
    if strange:
        raise ValueError(f"there is no {strange}; there are: {', '.join(sorted(_KEYS))}")


def _pace(name: str, values: Mapping[str, Any]) -> Pace:
    hours, gap, ramp = values.get("hours"), values.get("gap_seconds", (0, 0)), values.get("ramp")
    return Pace(
        name=name,
        account=_caps(values.get("account", {})),
        domain=_caps(values.get("domain", {})),
        gap_seconds=(float(gap[0]), float(gap[1])),
        hours=(time.fromisoformat(hours[0]), time.fromisoformat(hours[1])) if hours else None,
        ramp=Ramp(first=_whole(ramp["first"]), factor=float(ramp["factor"]), until=_whole(ramp["until"]))
        if ramp
        else None,
        connections=max(1, _whole(values.get("connections", 4))),
    )


def _caps(values: Mapping[str, Any]) -> Caps:
    return Caps(**{span: _whole(cap) for span, cap in values.items()})


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is no whole number from 0 on")
    return value
