"""What all tests stand on: a data folder of their own, the database under test, no network beyond this machine.

GOODTERMS_TEST_DATABASE says which database: sqlite (the default) or postgresql. script/test plays both.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import hypothesis
import pytest
from click.testing import CliRunner
from django.conf import settings as django_settings
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from tests.databases import Template, connected_to, make_template
from tests.servers import postgresql
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.dovecot import Dovecot, DovecotMissing, running_dovecot
from tests.servers.listmonk import Listmonk
from tests.servers.mail import MailServer
from tests.servers.provider import Provider
from tests.servers.tokens import Tokens, running_tokens
from tests.sharing import ANYWHERE, ONCE, SharingScheduling

DATABASE = os.environ.get("GOODTERMS_TEST_DATABASE", "sqlite")
_SERVER = "GOODTERMS_TEST_POSTGRESQL"
_ends = ExitStack()


# Before Django reads its settings


def pytest_configure(config: pytest.Config) -> None:
    """Lay out a data folder and start the database server, if one is needed, before Django looks for them."""
    for name in [name for name in os.environ if name.startswith("GOODTERMS_") and "TEST" not in name]:
        if name != "GOODTERMS_HYPOTHESIS":
            del os.environ[name]
    home = tempfile.mkdtemp(prefix="goodterms-tests-")
    _ends.callback(shutil.rmtree, home, ignore_errors=True)
    os.environ["GOODTERMS_HOME"] = home
    if DATABASE == "postgresql":
        if _SERVER not in os.environ:  # else this is a worker of a run that has started one
            os.environ[_SERVER] = str(_ends.enter_context(postgresql.running_server()))
            _ends.callback(os.environ.pop, _SERVER)
        os.environ["GOODTERMS_DATABASE_URL"] = postgresql.url(Path(os.environ[_SERVER]), "goodterms")
    elif DATABASE != "sqlite":
        raise pytest.UsageError(f"GOODTERMS_TEST_DATABASE is '{DATABASE}'; it must be sqlite or postgresql")
    _load_settings()
    _choose_hypothesis_profile()


def _load_settings() -> None:
    if django_settings.configured:
        raise pytest.UsageError(
            "Django's settings were read before the tests' own stood. Unset DJANGO_SETTINGS_MODULE."
        )
    os.environ["DJANGO_SETTINGS_MODULE"] = "goodterms.web.settings"
    assert django_settings.DATABASES
    del os.environ["DJANGO_SETTINGS_MODULE"]  # or worker processes would read the settings too early


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    _ends.close()


def _choose_hypothesis_profile() -> None:
    settings = hypothesis.settings
    settings.register_profile("dev", max_examples=50, deadline=None)
    settings.register_profile("ci", max_examples=200, deadline=None, print_blob=True, derandomize=True)
    settings.register_profile("long", max_examples=10_000, deadline=None, print_blob=True)
    in_ci = os.environ.get("CI") == "true"
    settings.load_profile(os.environ.get("GOODTERMS_HYPOTHESIS", "ci" if in_ci else "dev"))


# Which tests are played on which database

_BROWSER = "browser"
"""The fixture of a journey in the browser. What a page asks of a database is asked of both by the tests without one."""


def pytest_xdist_make_scheduler(config: pytest.Config) -> SharingScheduling | None:
    """Share tests between the workers of script/test; any other run is shared as its options say."""
    return SharingScheduling(config) if config.getvalue("dist") == "each" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is for the other database alone."""
    other = "sqlite" if DATABASE == "postgresql" else "postgresql"
    left_out = {item for item in items if item.get_closest_marker(other)}
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_collection_finish(session: pytest.Session) -> Generator[None]:
    """Let a worker that stands beside another tell by the names it gives its tests which of them are shared."""
    items = session.items
    if os.environ.get("PYTEST_XDIST_WORKER") in {"sqlite", "postgresql"}:
        session.items = [SimpleNamespace(nodeid=item.nodeid + _share(item)) for item in items]  # type: ignore[misc]
    try:
        return (yield)
    finally:
        session.items = items


def _share(item: pytest.Item) -> str:
    """Say as the end of its name whether one database is enough for a test."""
    if item.get_closest_marker("sqlite") or item.get_closest_marker("postgresql"):
        return ""
    if item.get_closest_marker("once") or _BROWSER in getattr(item, "fixturenames", ()):
        return ONCE
    return "" if _touches_database(item) else ANYWHERE


def _touches_database(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or names & {"db", "transactional_db", "committed_db"})


# Fixtures


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Test on a real SQLite file, as owners have it, instead of Django's in-memory one."""
    if DATABASE == "sqlite":
        path = Path(os.environ["GOODTERMS_HOME"]) / "tests.sqlite3"
        django_settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(path)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Make the test database, whoever asks for it: pytest-django's own makes none for tests with committed_db alone."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture
def data_folder(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh data folder, which Goodterms in this process takes for its own."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GOODTERMS_HOME", str(home))
    settings.GOODTERMS_HOME = home
    settings.GOODTERMS = {**settings.GOODTERMS, "GOODTERMS_HOME": str(home)}
    return home


@pytest.fixture(scope="session")
def _database_template(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Template:
    with django_db_blocker.unblock():
        return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def committed_db(
    request: pytest.FixtureRequest, data_folder: Path, settings: Settings, _database_template: Template
) -> Iterator[dict[str, str]]:
    """A database of the test's own in which writes are committed, and a data folder: as environment for processes.

    Django in this process, in all its threads, is connected to it as well. Use it instead of
    `django_db(transaction=True)`, which can't clean up behind itself: the ledger's tables refuse to be emptied.
    """
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        pytest.fail("A test has either committed_db or db, not both.")
    blocker: DjangoDbBlocker = request.getfixturevalue("django_db_blocker")
    with (
        blocker.unblock(),
        _database_template.copy(data_folder) as (name, url),
        connected_to(name),
    ):
        environ = {key: value for key, value in os.environ.items() if not key.startswith(("GOODTERMS_", "DJANGO_"))}
        # No mailbox provider is to be spared here, and a pace would only make tests wait.
        unpaced = {"GOODTERMS_PACE": "unlimited"}
        yield environ | unpaced | {"GOODTERMS_HOME": str(data_folder), "GOODTERMS_DATABASE_URL": url}


class Ran(NamedTuple):
    """What a command answered."""

    status: int
    """0: done; 1: refused or faulty; 2: wrong usage."""
    said: Any
    """The JSON it wrote to the standard output; None where it wrote nothing."""
    messages: str
    """What it wrote to the standard error."""


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
def goodterms_cli(committed_db: dict[str, str]) -> Callable[..., Ran]:
    """Give a function that runs `goodterms WORDS --json` as a process of its own, on the database under test.

    A process takes most of a second to start: take `goodterms` wherever it need not be one.
    """

    def run(*words: object, typed: str = "", **environ: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "goodterms", *map(str, words), "--json"],
            env=committed_db | environ, input=typed, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        return Ran(done.returncode, json.loads(done.stdout) if done.stdout.strip() else None, done.stderr)

    return run


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that takes mail through its API, and keeps it."""
    with Provider() as server:
        yield server


@pytest.fixture
def listmonk() -> Iterator[Listmonk]:
    """A list server with listmonk's API."""
    with Listmonk() as server:
        yield server


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A certificate for servers on this machine, and the authority to trust for it."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def tokens() -> Iterator[Tokens]:
    """A provider of access tokens, which knows whose each is."""
    with running_tokens() as found:
        yield found


@pytest.fixture(scope="module")
def dovecot_server(certificates: Certificates, tokens: Tokens) -> Iterator[Dovecot]:
    """A mailbox that takes a password, or an access token of that provider."""
    try:
        with running_dovecot(certificates, tokens=tokens.port) as found:
            yield found
    except DovecotMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def start_mail_server(certificates: Certificates) -> Iterator[Callable[..., MailServer]]:
    """Give a function that starts an SMTP server with MailServer's options; it ends with the test."""
    with ExitStack() as ends:
        yield lambda **options: ends.enter_context(MailServer(certificates=certificates, **options))


@pytest.fixture
def mail_server(start_mail_server: Callable[..., MailServer]) -> MailServer:
    """An SMTP server that takes everything from everybody."""
    return start_mail_server()
