"""An owner whose terms are in force and whose network was read."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.network import EVERYBODY, OWNER_URL, PROFILE, WELCOME, write_archive
from tests.conftest import Ran

Goodterms = Callable[..., Ran]


@pytest.fixture
def goodterms(committed_db: dict[str, str]) -> Goodterms:
    """Give a function that runs `goodterms WORDS --json` in this process: the same command, without its start."""

    # Importing the commands needs Django set up, which the first conftest does only once pytest is configured.
    from goodterms.cli.main import main  # noqa: PLC0415

    def run(*words: object, **environ: str) -> Ran:
        home = {"GOODTERMS_HOME": committed_db["GOODTERMS_HOME"]}
        done = CliRunner(env=home | environ).invoke(main, [*map(str, words), "--json"], prog_name="goodterms")
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ran(done.exit_code, json.loads(done.stdout) if done.stdout.strip() else None, done.stderr)

    return run


@pytest.fixture
def owner(goodterms: Goodterms) -> Goodterms:
    """Give the command line of an owner with terms in force since 2026."""
    assert goodterms("init", "--name", "Olga", "--email", "olga@owner.test", "--profile", OWNER_URL).status == 0
    for place, text in (("profile", PROFILE), ("welcome", WELCOME)):
        assert goodterms("terms", "add", "--place", place, "--from", "2026-01-01", "--text", text).status == 0
    return goodterms


@pytest.fixture
def network(owner: Goodterms, tmp_path: Path) -> Goodterms:
    """Give the command line of that owner after everybody was read."""
    assert owner("sync", write_archive(tmp_path, EVERYBODY)).said["applied"] is True
    return owner


@pytest.fixture
def update(network: Goodterms, tmp_path: Path) -> str:
    """Add an update and give its number."""
    path = tmp_path / "news.md"
    path.write_text("---\nsubject: News\n---\nHello {{ first_name }}, how are you?\n")
    return str(network("update", "add", path).said["update"])
