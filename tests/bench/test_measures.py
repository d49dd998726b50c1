"""The benchmarks measure, at a size at which their figures say nothing."""

import importlib
import re
from pathlib import Path

import pytest

from bench import Line

pytestmark = pytest.mark.once


@pytest.mark.parametrize("name", ["growth", "ledger", "signing", "state", "sync", "tls"])
@pytest.mark.usefixtures("committed_db")
def test_both_sides_of_each_line_are_measured(name: str) -> None:
    lines: list[Line] = list(importlib.import_module(f"bench.{name}").measure(0.002))
    assert lines
    assert all(line.ours > 0 and line.reference > 0 and line.goal > 0 for line in lines)


def test_what_is_no_time_is_not_called_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    shown = importlib.import_module("bench.__main__")._print
    shown(Line(name="memory", ours=96, reference=200, beside="the promise", goal=1, unit="MB"), as_json=False)
    assert " 96.000 MB  the promise " in capsys.readouterr().out


def test_the_guide_lists_every_benchmark() -> None:
    guide = Path("CONTRIBUTING.md").read_text(encoding="utf-8")
    table = guide.partition("## Speed")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == importlib.import_module("bench.__main__")._NAMES
