"""What the other tests rely on."""

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from goodterms.accounts.models import Owner, User
from tests.conftest import DATABASE, Ran


@pytest.mark.django_db
def test_the_database_is_the_one_asked_for() -> None:
    assert connection.vendor == DATABASE


@pytest.mark.django_db
def test_the_database_is_migrated() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_the_data_folder_is_nobodys() -> None:
    home = Path(os.environ["GOODTERMS_HOME"])
    assert home.name.startswith("goodterms-tests-")
    assert home == settings.GOODTERMS_HOME


def test_a_fresh_data_folder_is_the_tests_own(data_folder: Path) -> None:
    assert data_folder == settings.GOODTERMS_HOME
    assert list(data_folder.iterdir()) == []


@pytest.mark.filterwarnings("ignore:A test tried to use")
def test_the_network_is_out_of_reach() -> None:
    with pytest.raises(RuntimeError, match=r"198\.51\.100\.1"):
        socket.create_connection(("198.51.100.1", 25), timeout=1)


@pytest.mark.parametrize("turn", [1, 2])
def test_writes_are_seen_by_other_threads_and_by_no_other_test(committed_db: dict[str, str], turn: int) -> None:
    del turn
    assert User.objects.count() == 0
    with transaction.atomic():
        User.objects.create(username="alice")
    seen: list[int] = []

    def count() -> None:
        seen.append(User.objects.count())
        connection.close()

    thread = threading.Thread(target=count)
    thread.start()
    thread.join()
    assert seen == [1]
    assert connection.settings_dict["NAME"] in committed_db["GOODTERMS_DATABASE_URL"]


def test_commands_run_as_processes_on_the_database_under_test(
    goodterms_cli: Callable[..., Ran], data_folder: Path
) -> None:
    made = goodterms_cli("init", "--name", "Alice Adams", "--email", "alice@home.example")
    assert (made.status, made.messages) == (0, "")
    assert isinstance(made.said, dict)
    assert (data_folder / "keys").is_dir()
    assert Owner.objects.get().email == "alice@home.example"
    answered = goodterms_cli("why", "nobody@home.example")
    assert (answered.status, answered.said["verdict"], answered.said["reason"]) == (0, "refuse", "unknown")
    assert goodterms_cli("no-such-command").status == 2
