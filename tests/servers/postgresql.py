"""A PostgreSQL server of the tests' own: on a socket in a throw-away folder, never one of the system's.

It runs under a small process that takes it down, folder and all, as soon as the process that asked for it ends,
however that ends.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

OLDEST = 14
USER = "goodterms"
_OPTIONS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
}


class PostgresqlMissing(RuntimeError):
    """There is no PostgreSQL server on this machine, or only one that is too old."""


def find_programs() -> Path:
    """Give the folder of the newest PostgreSQL server's programs."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    found = [(_version(folder), folder) for folder in [*folders, *_debian_folders()]]
    version, newest = max(found, default=(0, Path()))
    if version < OLDEST:
        raise PostgresqlMissing(
            f"The tests need PostgreSQL {OLDEST} or newer and found {version or 'none'}. Run script/packages as root, "
            "or leave PostgreSQL out: GOODTERMS_TEST_DATABASE=sqlite"
        )
    return newest


def url(folder: Path, database: str) -> str:
    """Give the address of a database on the server whose socket is in a folder."""
    return f"postgresql://{USER}@/{database}?host={quote(str(folder), safe='')}"


@contextmanager
def running_server() -> Iterator[Path]:
    """Start a server and give the folder of its socket; it ends with the block, or with this process."""
    find_programs()
    with subprocess.Popen(
        [sys.executable, "-m", __name__],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as keeper:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        folder = keeper.stdout.readline().strip()
        if not folder:
            raise RuntimeError("The tests' PostgreSQL server did not start; the reason stands above.")
        try:
            yield Path(folder)
        finally:
            keeper.stdin.close()
            keeper.wait()


def copy_database(source: Path, target: Path, database: str) -> None:
    """Copy a database from the server whose socket is in one folder to the server of another."""
    programs = find_programs()
    subprocess.run([programs / "createdb", f"--host={target}", f"--username={USER}", database], check=True)
    dump: list[str | Path] = [programs / "pg_dump", f"--host={source}", f"--username={USER}", database]
    into: list[str | Path] = [programs / "psql", f"--host={target}", f"--username={USER}", "--quiet"]
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as giving:
        subprocess.run(
            [*into, "--set=ON_ERROR_STOP=1", database], stdin=giving.stdout, stdout=subprocess.DEVNULL, check=True
        )
    assert giving.returncode == 0


def restart(folder: Path) -> None:
    """Let a server break off as in a crash, and start it again; what it had not yet on the disk is forgotten."""
    programs = find_programs()
    command = ["restart", "--wait", "--silent", "--mode=immediate", f"--pgdata={folder / 'data'}"]
    status = _run(folder, programs / "pg_ctl", *command, f"--log={folder / 'log'}")
    assert status == 0, (folder / "log").read_text()


def keep_server() -> None:
    """Run a server until the standard input ends; say its folder on the standard output once it answers."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="goodterms-postgresql-"))
    try:
        _start(programs, folder)
        print(folder, flush=True)  # noqa: T201 - the other end of the pipe waits for it
        sys.stdin.read()
    finally:
        _run(folder, programs / "pg_ctl", "stop", "--mode=immediate", "--silent", f"--pgdata={folder / 'data'}")
        shutil.rmtree(folder, ignore_errors=True)


def _start(programs: Path, folder: Path) -> None:
    data = folder / "data"
    account = _account()
    if account:
        shutil.chown(folder, account)
    _run(
        folder, programs / "initdb", f"--pgdata={data}", f"--username={USER}", "--auth=trust", "--no-sync",
        "--encoding=UTF8", "--locale=C",
    )  # fmt: skip
    options = " ".join(f"-c {name}={value}" for name, value in _OPTIONS.items())
    log = folder / "log"
    status = _run(
        folder, programs / "pg_ctl", "start", "--wait", "--silent", f"--pgdata={data}", f"--log={log}",
        f"--options={options} -c unix_socket_directories={folder}",
    )  # fmt: skip
    if status:
        sys.exit(log.read_text() if log.exists() else f"pg_ctl answered {status}")


def _run(folder: Path, *command: object) -> int:
    # Its output goes to the standard error: the standard output tells the folder, and the server would hold it open.
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder, user=_account(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False,
    ).returncode  # fmt: skip


def _account() -> str | None:
    """Give the account to run the server under: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _debian_folders() -> list[Path]:
    # Debian keeps the server's programs out of the PATH; its package manager knows where.
    if shutil.which("dpkg-query") is None:
        return []
    packages = _said("dpkg-query", "--show", "-f", "${Package} ", "postgresql-[0-9]*").split()
    files = [Path(line) for package in packages for line in _said("dpkg-query", "--listfiles", package).splitlines()]
    return [file.parent for file in files if file.name == "initdb" and file.parent.name == "bin"]


def _version(folder: Path) -> int:
    number = re.search(r"\d+", _said(folder / "postgres", "--version"))
    return int(number[0]) if number else 0


def _said(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    keep_server()
