"""An owner whose terms are in force and whose network was read."""

from pathlib import Path

import pytest

from tests.cli.network import EVERYBODY, OWNER_URL, PROFILE, WELCOME, write_archive
from tests.conftest import Goodterms

__all__ = ["Goodterms"]


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
