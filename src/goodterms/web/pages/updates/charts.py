"""The curve of a forecast: how many complaints to expect if the safest ones alone are written to."""

from collections.abc import Sequence

from goodterms.forecast.model import Point
from goodterms.web.charts import Chart, chart

_MOST_ROWS = 10


def curve_chart(uid: str, points: Sequence[Point], careful: Point | None) -> Chart:
    """Give the curve as a chart, with the most that can be sent with care marked in it."""
    layers: list[dict[str, object]] = [
        {
            "mark": {"type": "line", "color": "var(--series-1)", "strokeWidth": 2.5},
            "encoding": {
                "x": {"field": "send", "type": "quantitative", "title": "the safest so many"},
                "y": {"field": "expected", "type": "quantitative", "title": "complaints expected"},
            },
        }
    ]
    if careful is not None:
        mark = {"type": "rule", "color": "var(--series-2)", "strokeDash": [5, 4], "strokeWidth": 2}
        layers.append({"mark": mark, "encoding": {"x": {"datum": careful.send}}})
    values = [{"send": point.send, "expected": round(point.expected, 4)} for point in points]
    step = max(1, len(points) // _MOST_ROWS)
    shown = [*points[step - 1 : -1 : step], points[-1]]
    return chart(
        uid,
        "If you write to the safest ones alone",
        f"The expected complaints grow from nobody to {points[-1].expected:.2f} for all {points[-1].send:,} people.",
        {"data": {"values": values}, "layer": layers},
        columns=("send to", "complaints expected", "one or more", "over 0.1 %"),
        rows=[(f"{p.send:,}", f"{p.expected:.3f}", f"{p.any:.0%}", f"{p.over:.0%}") for p in shown],
    )
