"""The charts of the overview."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from goodterms.accounts.models import Owner
from goodterms.ledger.rules.bearing import Basis
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.policy.rules import Rulebook, Verdict
from goodterms.status.history import Answered, Consent, Grown, Reached, answers, growth, reach
from goodterms.web.charts import Chart, chart

_CONSENTS = {
    Consent.OPTED_IN: ("opted in", "var(--series-3)"),
    Consent.UNDER_TERMS: ("under the terms", "var(--series-1)"),
    Consent.BEFORE_TERMS: ("before the terms", "var(--series-5)"),
}
_BASES = {
    Basis.CONFIRMED_OPT_IN: "confirmed opt-in",
    Basis.OPT_IN: "opt-in",
    Basis.UNDER_TERMS: "under the terms",
    Basis.TWO_WAY: "wrote to each other",
    Basis.BEFORE_TERMS: "before the terms",
}
_VEHICLES = {Vehicle.LINKEDIN: "LinkedIn, by hand", Vehicle.EMAIL: "e-mail"}
_VERDICTS = {
    Verdict.SEND: ("may be sent", "var(--series-1)"),
    Verdict.HOLD: ("not now", "var(--series-2)"),
    Verdict.REFUSE: ("no", "var(--series-5)"),
}
_WARN, _WORST = 0.10, 0.30
"""Per cent of complaints: Google wants senders below the first and never at the second (Email sender guidelines,
February 2024); Yahoo names the second."""


def charts(owner: Owner, rulebook: Rulebook, *, now: datetime) -> list[Chart]:
    """Give the charts that there is something to draw for."""
    grown, reached, answered = growth(owner), reach(owner, rulebook, now=now), answers(owner, now=now)
    found = [
        _growth_chart(grown) if grown else None,
        _reach_chart(reached) if reached else None,
        _answers_chart(answered) if answered else None,
    ]
    return [one for one in found if one is not None]


def _growth_chart(grown: Sequence[Grown]) -> Chart:
    values = [
        {"quarter": one.ends.isoformat(), "who": word, "people": one.counts.get(consent, 0), "order": place}
        for one in grown
        for place, (consent, (word, _)) in enumerate(_CONSENTS.items())
    ]
    spec = {
        "data": {"values": values},
        "mark": {"type": "area", "interpolate": "monotone"},
        "encoding": {
            "x": {"field": "quarter", "type": "temporal", "title": None, "axis": {"grid": False, "tickCount": 6}},
            "y": {"field": "people", "type": "quantitative", "title": "people", "axis": {"tickCount": 5}},
            "color": _colours("who", list(_CONSENTS.values())),
            "order": {"field": "order"},
        },
    }
    last = grown[-1].counts
    told = ", ".join(f"{last.get(consent, 0):,} {word}" for consent, (word, _) in _CONSENTS.items())
    return chart(
        "growth",
        "Your connections over time",
        f"How many of today's connections there were at the end of each quarter. Now: {told}.",
        spec,
        columns=["By the end of", *(word for word, _ in _CONSENTS.values())],
        rows=[(one.ends, *(one.counts.get(consent, 0) for consent in _CONSENTS)) for one in grown],
    )


def _reach_chart(reached: Sequence[Reached]) -> Chart:
    values = [
        {
            "vehicle": _VEHICLES[one.vehicle],
            "basis": _BASES[one.basis],
            "verdict": _VERDICTS[one.verdict][0],
            "people": one.count,
        }
        for one in reached
    ]
    bases = [word for basis, word in _BASES.items() if any(one.basis is basis for one in reached)]
    spec = {
        "data": {"values": values},
        "height": 24 * len(bases),
        "width": 150,
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "column": {
                "field": "vehicle",
                "title": None,
                "sort": list(_VEHICLES.values()),
                "header": {"labelColor": "var(--ink)", "labelFontSize": 13},
            },
            "y": {"field": "basis", "type": "nominal", "title": None, "sort": bases},
            "x": {"field": "people", "type": "quantitative", "title": "people", "axis": {"tickCount": 3}},
            "color": _colours("verdict", list(_VERDICTS.values())),
        },
    }
    sendable = {
        vehicle: sum(one.count for one in reached if one.vehicle is vehicle and one.verdict is Verdict.SEND)
        for vehicle in _VEHICLES
    }
    told = ", ".join(f"{count:,} by {_VEHICLES[vehicle]}" for vehicle, count in sendable.items())
    return chart(
        "reach",
        "Whom you may write to, and by what",
        f"For each vehicle, how many people an update may go to now, by the basis it would rest on: {told}.",
        spec,
        columns=["By", "Basis", "Update", "People"],
        rows=[(v["vehicle"], v["basis"], v["verdict"], v["people"]) for v in values],
    )


def _answers_chart(answered: Sequence[Answered]) -> Chart:
    rates = [(one, 100 * one.exits / one.sent, 100 * one.complaints / one.sent) for one in answered]
    values = [
        {"update": f"{one.sent_on.day} {one.sent_on:%b} {_short(str(one.update))}", "what": what, "rate": rate}
        for one, exits, complaints in rates
        for what, rate in (("exits", exits), ("complaints", complaints))
    ]
    colours = [("exits", "var(--series-2)"), ("complaints", "var(--series-4)")]
    bars = {
        "mark": {"type": "bar"},
        "encoding": {
            "y": {"field": "update", "type": "nominal", "title": None, "sort": None},
            "yOffset": {"field": "what", "sort": ["exits", "complaints"]},
            "x": {"field": "rate", "type": "quantitative", "title": "per cent of the copies", "axis": {"tickCount": 5}},
            "color": _colours("what", colours),
        },
    }
    spec = {
        "data": {"values": values},
        "height": {"step": 16},
        "width": 250,
        "layer": [bars, _line(_WARN, "0.10 %", "right"), _line(_WORST, "0.30 %", "left")],
    }
    worst = max((complaints for _, _, complaints in rates), default=0.0)
    return chart(
        "answers",
        "What came of your updates",
        f"Exits and complaints in per cent of the copies of each update, beside the lines of 0.10 % and 0.30 % "
        f"complaints above which mail providers turn senders away. The most complaints: {worst:.2f} %.",
        spec,
        columns=["Update", "Sent", "Copies", "Exits", "Complaints"],
        rows=[(str(one.update), one.sent_on, one.sent, one.exits, one.complaints) for one in answered],
    )


def _line(at: float, words: str, align: str) -> Mapping[str, object]:
    mark = {"type": "rule", "color": "var(--series-4)", "strokeDash": [4, 3]}
    label = {"type": "text", "text": words, "align": align, "y": -6, "color": "var(--soft)", "fontSize": 11}
    place = {"x": {"datum": at, "type": "quantitative"}}
    return {"data": {"values": [{}]}, "layer": [{"mark": mark, "encoding": place}, {"mark": label, "encoding": place}]}


def _colours(field: str, words: Sequence[tuple[str, str]]) -> Mapping[str, object]:
    scale = {"domain": [word for word, _ in words], "range": [colour for _, colour in words]}
    return {"field": field, "type": "nominal", "scale": scale, "title": None}


def _short(text: str) -> str:
    return text if len(text) <= 18 else f"{text[:17]}…"
