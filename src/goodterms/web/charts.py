"""Charts as SVG within the page: drawn by Vega-Lite, coloured by the page's own variables, told to screen readers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_HEIGHT, _WIDTH = 190, 400
_CONFIG: dict[str, Any] = {
    "background": None,
    # To the left more than Vega measures: the reader's letters may be wider.
    "padding": {"left": 26, "top": 4, "right": 8, "bottom": 4},
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--soft)", "titleColor": "var(--soft)", "gridColor": "var(--line)",
        "domainColor": "var(--line)", "tickColor": "var(--line)", "labelFontSize": 12, "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "legend": {
        "labelColor": "var(--ink)", "titleColor": "var(--soft)", "labelFontSize": 12, "orient": "top",
        "title": None, "symbolType": "square", "columns": 3, "labelLimit": 200,
        "columnPadding": 18, "labelOffset": 6,
    },
    "text": {"color": "var(--ink)", "fontSize": 12},
}  # fmt: skip
_INNER = re.compile(r' (?:aria-[a-z]+|role)="[^"]*"')
_HEAD = re.compile(r"<svg [^>]*?(viewBox=\"[^\"]*\")[^>]*>")


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A picture and the same in numbers."""

    uid: str
    title: str
    description: str
    """What one sees in it, for whoever does not."""
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    svg: SafeString


def chart(
    uid: str, title: str, description: str, spec: dict[str, Any], *, columns: Sequence[str], rows: Sequence[Any]
) -> Chart:
    """Give a chart drawn from a Vega-Lite specification whose colours are CSS variables such as `var(--series-1)`.

    `uid` is its name within the page.
    """
    return Chart(
        uid=uid,
        title=title,
        description=description,
        columns=columns,
        rows=rows,
        svg=_labelled(draw(spec), uid, title, description),
    )


def draw(spec: dict[str, Any]) -> str:
    """Give the SVG of a specification; the same one is drawn once in a process."""
    whole = {"width": _WIDTH, "height": _HEIGHT, "config": _CONFIG, **spec}
    return _drawn(orjson.dumps(whole, default=str, option=orjson.OPT_SORT_KEYS))


@lru_cache(maxsize=256)
def _drawn(written: bytes) -> str:
    # Loaded with the first chart: it takes a second and 120 MB.
    import vl_convert  # noqa: PLC0415

    return str(vl_convert.vegalite_to_svg(orjson.loads(written)))


def _labelled(svg: str, uid: str, title: str, description: str) -> SafeString:
    """Make one image with a title of it, in place of the hundred parts that Vega names."""
    bare = _INNER.sub("", svg)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" \\1 role="img" aria-labelledby="{uid}-title {uid}-desc">'
        f'<title id="{uid}-title">{{}}</title><desc id="{uid}-desc">{{}}</desc>'
    )
    named = head.format(*(escape(text).replace("\\", "\\\\") for text in (title, description)))
    return mark_safe(_HEAD.sub(named, bare, count=1))  # noqa: S308 - Vega escapes what it draws; the rest is escaped here
