"""A real GNU Mailman 3 on loopback, out of an environment of its own: see script/packages."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.servers.sink import Sink

USER, PASSWORD = "rest", "made-up:for/tests"
ENVIRONMENT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "goodterms" / "mailman-3.3.10"
_IDLE_RUNNERS = ("archive", "bounces", "command", "digest", "lmtp", "nntp", "retry", "task", "virgin")


class MailmanMissing(RuntimeError):
    """There is no Mailman on this machine."""


@dataclass
class MailmanServer:
    """A running server with a domain; what it sends out ends in a sink."""

    port: int
    sink: Sink
    _lists: int = 0

    def new_list(self) -> str:
        """Make a list and give its posting address."""
        self._lists += 1
        address = f"updates{self._lists}@lists.test"
        self.ask("POST", "/lists", fqdn_listname=address)
        return address

    def ask(self, method: str, path: str, **form: Any) -> Any:
        """Ask its REST API."""
        credentials = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        request = Request(
            f"http://127.0.0.1:{self.port}/3.1{path}",
            data=urlencode(form).encode() if form else None,
            method=method,
            headers={"Authorization": f"Basic {credentials}"},
        )
        with urlopen(request, timeout=30) as answer:
            content = answer.read()
        return json.loads(content) if content else None


@contextmanager
def running_mailman() -> Iterator[MailmanServer]:
    """Start a server; it ends with the block. Raises MailmanMissing."""
    program = ENVIRONMENT / "bin" / "mailman"
    if not program.exists():
        raise MailmanMissing("The tests of list servers play against GNU Mailman 3. Run script/packages to install it.")
    folder = Path(tempfile.mkdtemp(prefix="goodterms-mailman-"))
    with Sink() as sink:
        port = _free_port()
        configuration = folder / "mailman.cfg"
        configuration.write_text(_configuration(folder, port, sink.port))
        as_root = ["--run-as-root"] if os.geteuid() == 0 else []
        command = [str(program), *as_root, "-C", str(configuration)]
        # Not through a pipe: its runners would keep it open.
        quiet: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }
        subprocess.run([*command, "start"], check=True, timeout=60, **quiet)
        try:
            server = MailmanServer(port, sink)
            _wait_for(server, folder)
            server.ask("POST", "/domains", mail_host="lists.test")
            yield server
        finally:
            subprocess.run([*command, "stop"], check=False, timeout=60, **quiet)
            _wait_for_end(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _configuration(folder: Path, port: int, smtp_port: int) -> str:
    idle = "\n".join(f"[runner.{name}]\nstart: no" for name in _IDLE_RUNNERS)
    return f"""
[mailman]
site_owner: owner@lists.test
layout: here
[paths.here]
var_dir: {folder}/var
[webservice]
hostname: 127.0.0.1
port: {port}
admin_user: {USER}
admin_pass: {PASSWORD}
workers: 1
[mta]
incoming: mailman.mta.null.NullMTA
smtp_host: 127.0.0.1
smtp_port: {smtp_port}
{idle}
"""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_for(server: MailmanServer, folder: Path) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            server.ask("GET", "/system/versions")
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return
    logs = "\n".join(path.read_text()[-2000:] for path in (folder / "var" / "logs").glob("*"))
    raise RuntimeError(f"Mailman did not start: {logs}")


def _wait_for_end(folder: Path) -> None:
    until = time.monotonic() + 20
    while (folder / "var" / "master.pid").exists() and time.monotonic() < until:
        time.sleep(0.1)
