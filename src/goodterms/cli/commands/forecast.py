"""forecast, compare.

What needs NumPy is imported where it is used: it takes a quarter of a second to load, and every command would wait.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from goodterms.cli.commands.updates import update_
from goodterms.cli.context import command, now, open_office, rulebook_of
from goodterms.cli.output import answer, strong, table
from goodterms.config import read_settings
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.updates.queries import get_update

if TYPE_CHECKING:
    from goodterms.forecast.backtest import Fit
    from goodterms.forecast.compare import Comparison, Way
    from goodterms.forecast.model import Drawn
    from goodterms.forecast.queries import Forecast

_VEHICLE = click.Choice([Vehicle.EMAIL.value, Vehicle.LINKEDIN.value])


@command("forecast")
@click.argument("update", metavar="UPDATE|backtest")
@click.option("--vehicle", type=_VEHICLE, default=Vehicle.EMAIL.value, show_default=True)
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same answer.")
def forecast_(update: str, vehicle: str, seed: int) -> None:
    """Forecast complaints, exits and bounces of UPDATE by a vehicle; or say how well past forecasts fitted.

    Most of it is judgement until your own history says more: the answer says how much, and always gives intervals.
    """
    from goodterms.forecast.queries import forecast  # noqa: PLC0415
    from goodterms.forecast.replay import replay  # noqa: PLC0415

    office = open_office()
    rulebook = rulebook_of(office)
    if update == "backtest":
        fits = replay(office.owner, rulebook=rulebook, now=now())
        answer({"fits": {name: _fit(fit) for name, fit in fits.items()}}, *_fit_lines(fits.items()))
        return
    one = get_update(office.owner, update)
    found = forecast(office.owner, one, Vehicle(vehicle), rulebook=rulebook, now=now(), seed=seed)
    answer(_values(found), *_lines(found))


@command("accept")
@click.argument("update")
@click.argument("text")
@click.option("--vehicle", type=_VEHICLE, default=Vehicle.EMAIL.value, show_default=True)
def accept_(update: str, text: str, vehicle: str) -> None:
    """Say why UPDATE goes to everybody although its forecast holds it; it goes into the ledger with the forecast."""
    from goodterms.forecast.actions import accept_forecast  # noqa: PLC0415
    from goodterms.forecast.queries import forecast  # noqa: PLC0415

    office = open_office()
    one = get_update(office.owner, update)
    found = forecast(office.owner, one, Vehicle(vehicle), rulebook=rulebook_of(office), now=now())
    accept_forecast(office.owner, one, found, text, now=now())
    expected = _complaints(found).expected
    values = {"update": one.pk, "gate": found.gate.value, "people": found.people, "expected": expected}
    answer(
        {**values, "text": text.strip()},
        f"Kept in the ledger: update {one.pk} goes to {found.people:,} people with {expected:.1f} complaints expected.",
    )


update_.add_command(accept_)


def _values(found: Forecast) -> dict[str, Any]:
    return {
        "people": found.people,
        **{outcome.value: _drawn(drawn) for outcome, drawn in found.outcomes.items()},
        "gate": found.gate.value,
        "observed_share": found.heard,
        "drivers": [
            {"factor": driver.factor, "log_odds": round(driver.log_odds, 3), "share": round(driver.share, 3)}
            for driver in found.drivers
        ],
        "curve": [
            {"send": p.send, "keep": p.keep, "expected": p.expected, "any": p.any, "over": p.over}
            for p in _complaints(found).curve
        ],
        "careful": {"send": found.careful.send if found.careful else 0, "keep": found.keep},
    }


def _complaints(found: Forecast) -> Drawn:
    return next(iter(found.outcomes.values()))


def _drawn(drawn: Drawn) -> dict[str, float]:
    return {
        "expected": drawn.expected,
        "p05": drawn.low,
        "p50": drawn.middle,
        "p95": drawn.high,
        "any": drawn.any,
        "over_0.1_percent": drawn.over_low,
        "over_0.3_percent": drawn.over_high,
        "prior_share": drawn.prior_share,
    }


def _lines(found: Forecast) -> list[Any]:
    if not found.people:
        return ["Nobody would get it, so nothing is forecast."]
    rows = [
        (outcome.value, f"{d.expected:.2f}", f"{d.low:.0f} - {d.high:.0f}", f"{d.any:.0%}", f"{d.prior_share:.0%}")
        for outcome, d in found.outcomes.items()
    ]
    moves = [(d.factor, f"{d.log_odds:+.2f}", f"{d.share:.0%}") for d in found.drivers]
    careful = found.careful.send if found.careful else 0
    return [
        strong(f"To {found.people:,} people. Gate: {found.gate.value}."),
        table(["outcome", "expected", "5 to 95 %", "at least one", "by judgement"], rows),
        table(["complaints move with", "log-odds", "share"], moves),
        f"With care: send to the safest {careful:,}, keep {found.people - careful:,} back.",
        f"Of complaints you would hear about {found.heard:.0%}: hearing of none is no proof.",
    ]


def _fit(fit: Fit) -> dict[str, Any]:
    return {
        "sendings": fit.sendings,
        "observed": fit.observed,
        "expected": fit.expected,
        "ratio_low": fit.low,
        "ratio_high": None if math.isinf(fit.high) else fit.high,
        "coverage": fit.coverage,
        "scores": _scores(fit),
    }


def _scores(fit: Fit) -> dict[str, Any] | None:
    found = fit.scores
    if found is None:
        return None
    return {
        "brier": found.brier,
        "log_loss": found.log_loss,
        "log_loss_of_the_mean": found.base_log_loss,
        "log_loss_by_judgement_alone": fit.prior_log_loss,
        "spiegelhalter_z": found.z,
        "bins": [{"count": one.count, "told": one.told, "came": one.came} for one in found.bins],
    }


def _score_row(name: str, fit: Fit) -> tuple[str, ...]:
    found = fit.scores
    if found is None:
        return (name, "-", "-", "-", "-", "-")
    bins = ", ".join(f"{one.told:.0%}: {one.came:.0%}" for one in found.bins)
    prior = "-" if fit.prior_log_loss is None else f"{fit.prior_log_loss:.3f}"
    z = "-" if found.z is None else f"{found.z:+.2f}"
    return (name, f"{found.brier:.3f}", f"{found.log_loss:.3f}", prior, z, bins)


def _fit_lines(found: Iterable[tuple[str, Fit]]) -> list[Any]:
    fits = list(found)
    rows = [
        (name, fit.sendings, fit.observed, f"{fit.expected:.1f}", _ratio(fit), _share(fit.coverage))
        for name, fit in fits
    ]
    columns = ["outcome", "sendings", "came", "expected", "came / expected, 95 %", "within 90 % interval"]
    scores = ["anything at all", "Brier", "log-loss", "by judgement alone", "z", "told: came"]
    told = table(scores, [_score_row(name, fit) for name, fit in fits])
    return [
        table(columns, rows),
        told,
        "Complaints are too rare in one network to judge by; exits and bounces tell more.",
    ]


def _ratio(fit: Fit) -> str:
    return f"{fit.low:.2f} - {fit.high:.2f}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


@command("compare")
@click.option("--a-year", default=12, show_default=True, type=click.IntRange(1, 366), help="How many updates a year.")
def compare_(a_year: int) -> None:
    """Compare the strategies on your own network: reach, risk over a year, hand work, defence; and which to take."""
    from goodterms.forecast.compare import compare  # noqa: PLC0415

    office = open_office()
    path = read_settings()["GOODTERMS_RULEBOOK"]
    found = compare(office.owner, rulebook_path=path, a_year=a_year, now=now())
    answer(_comparison(found), *_comparison_lines(found))


def _comparison(found: Comparison) -> dict[str, Any]:
    network = found.network
    return {
        "network": {
            "size": network.size,
            "under_terms": network.under_terms,
            "before_terms": network.before_terms,
            "opted_in": network.opted_in,
        },
        "ways": [_way(way, found) for way in found.ways],
        "recommended": found.recommended,
        "reasons": list(found.reasons),
        "limits": found.limits,
    }


def _way(way: Way, found: Comparison) -> dict[str, Any]:
    return {
        "strategy": way.strategy,
        "vehicle": way.vehicle.value,
        "reach": way.reach,
        "complaints": _points(way.complaints, way),
        "exits": _points(way.exits, way),
        "hours": round(way.hours, 1),
        "days_to_send": way.days_to_send,
        "defence": found.defences[way.strategy],
        "first": found.first[way.strategy],
    }


def _points(points: tuple[float, float, float], way: Way) -> dict[str, float] | None:
    return dict(zip(("expected", "p05", "p95"), points, strict=True)) if way.reach else None


def _comparison_lines(found: Comparison) -> list[Any]:
    rows = [
        (w.strategy, w.vehicle.value, f"{w.reach:,}", _span(w.complaints, w), _span(w.exits, w), f"{w.hours:.0f}")
        for w in found.ways
    ]
    words = [(name, text, found.first[name]) for name, text in found.defences.items()]
    return [
        table(["strategy", "vehicle", "reach", "complaints a year", "exits a year", "hours by hand"], rows),
        table(["strategy", "the defence rests on", "first"], words),
        strong(f"Recommended: {found.recommended}."),
        " ".join(found.reasons),
    ]


def _span(points: tuple[float, float, float], way: Way) -> str:
    return f"{points[0]:.1f} ({points[1]:.1f} - {points[2]:.1f})" if way.reach else "-"


COMMANDS = (forecast_, compare_)
