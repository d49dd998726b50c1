"""Charts within the page."""

import re
from xml.etree import ElementTree as ET

from goodterms.web.charts import chart, draw

SPEC = {
    "data": {"values": [{"what": "a <b>", "count": 3}, {"what": "c", "count": 5}]},
    "mark": {"type": "bar", "color": "var(--series-1)"},
    "encoding": {
        "x": {"field": "what", "type": "nominal"},
        "y": {"field": "count", "type": "quantitative"},
    },
}


def test_a_chart_is_one_image_with_its_words_and_the_pages_colours() -> None:
    made = chart("one", 'What "is" <here>', r"It says \1 & more.", SPEC, columns=["what", "count"], rows=[("a", 3)])

    image = ET.fromstring(made.svg)
    name = "{http://www.w3.org/2000/svg}"
    assert image.get("role") == "img"
    assert image.get("aria-labelledby") == "one-title one-desc"
    assert [image.findtext(f"{name}title"), image.findtext(f"{name}desc")] == [
        'What "is" <here>',
        r"It says \1 & more.",
    ]
    assert sum(part.get("role") is not None for part in image.iter()) == 1
    assert 'fill="var(--series-1)"' in made.svg
    assert "a &lt;b>" in made.svg or "a &lt;b&gt;" in made.svg


def test_a_chart_needs_nothing_that_the_pages_policy_forbids() -> None:
    svg = draw(SPEC)
    assert not re.search(r"<script|<style|style=|href=\"http|onload", svg)


def test_the_same_chart_is_drawn_once() -> None:
    assert draw(SPEC) is draw(dict(reversed(SPEC.items())))
