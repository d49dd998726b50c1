"""Runs the benchmarks one after the other and prints a line for each comparison."""

import argparse
import dataclasses
import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import Line

_NAMES = sorted(
    path.stem
    for path in Path(__file__).parent.glob("*.py")
    if path.stem not in {"__init__", "__main__", "ground", "letters"}
)


def main() -> None:
    """Run what was asked for; the exit status is 1 where a goal is missed at full size."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"Which: {', '.join(_NAMES)}; all, if none is named.")
    parser.add_argument("--size", type=float, default=1.0, help="How large, as a share of what the goals are set for.")
    parser.add_argument("--json", action="store_true", help="Print one JSON object a line.")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    unknown = set(asked.names) - set(_NAMES)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(_NAMES)}")
    if asked.here:
        _measure(asked.names[0], asked.size)
        return
    lines = [line for name in asked.names or _NAMES for line in _apart(name, asked.size, as_json=asked.json)]
    sys.exit(asked.size >= 1 and not all(line.is_met for line in lines))


def _apart(name: str, size: float, *, as_json: bool) -> list[Line]:
    with tempfile.TemporaryDirectory(prefix="goodterms-bench-") as home:
        environ = {key: value for key, value in os.environ.items() if not key.startswith("GOODTERMS_")}
        done = subprocess.run(
            [sys.executable, "-m", "bench", name, "--size", str(size), "--here"],
            env=environ
            | {"GOODTERMS_HOME": home, "DJANGO_SETTINGS_MODULE": "goodterms.settings"}
            | (
                {"GOODTERMS_DATABASE_URL": database} if (database := os.environ.get("GOODTERMS_BENCH_DATABASE")) else {}
            ),
            stdout=subprocess.PIPE,
            check=True,
        )
    lines = [Line(**json.loads(line)) for line in done.stdout.splitlines()]
    for line in lines:
        _print(line, as_json=as_json)
    return lines


def _measure(name: str, size: float) -> None:
    for line in importlib.import_module(f"bench.{name}").measure(size):
        print(json.dumps(dataclasses.asdict(line)), flush=True)


def _print(line: Line, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({**dataclasses.asdict(line), "ratio": line.ratio, "met": line.is_met}), flush=True)
        return
    verdict = "met" if line.is_met else "MISSED"
    print(
        f"{line.name:<48} {line.ours:9.3f} {line.unit:<2}  {line.beside:<47} {line.reference:9.3f} {line.unit:<2}"
        f"  {line.ratio:7.2f} x   goal {line.goal:g} x   {verdict}",
        flush=True,
    )


if __name__ == "__main__":
    main()
