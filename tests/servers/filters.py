"""Debian's spamd and rspamd with configurations of the tests' own, without network, on free ports of this machine."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

_PLUGINS = (
    *("Check", "HeaderEval", "BodyEval", "HTMLEval", "MIMEEval", "MIMEHeader", "URIEval"),
    *("RelayEval", "WLBLEval", "ReplaceTags", "FreeMail", "HTTPSMismatch"),
)


class FilterMissing(RuntimeError):
    """A filter is not installed on this machine."""


@contextmanager
def running_spamd() -> Iterator[int]:
    """Start SpamAssassin's server with the rules that come with it, and local tests alone; give its port."""
    program = _program("spamd")
    folder, port = _folder("spamd"), _free_port()
    site = folder / "site"
    site.mkdir(mode=0o755)
    plugins = "".join(f"loadplugin Mail::SpamAssassin::Plugin::{name}\n" for name in _PLUGINS)
    (site / "own.pre").write_text(plugins)
    (site / "local.cf").write_text("required_score 5\nuse_bayes 0\n")
    command = [program, "-L", "-x", "-m", "1", "--min-children", "1", "--max-spare", "1", "--listen"]
    command += [f"127.0.0.1:{port}", "--siteconfigpath", str(site), "-H", str(folder), "-s", "null"]
    command += ["-u", "nobody"] if os.getuid() == 0 else []
    with _running(command, folder):
        _wait_for(lambda: _spamd_answers(port), "spamd")
        yield port


@contextmanager
def running_rspamd() -> Iterator[int]:
    """Start rspamd with the filters that need no network; give its port."""
    program = _program("rspamd")
    folder, port = _folder("rspamd"), _free_port()
    (folder / "rspamd.conf").write_text(_rspamd_configuration(folder, port))
    command = [program, "-f", "-c", str(folder / "rspamd.conf"), f"--var=DBDIR={folder}", f"--var=RUNDIR={folder}"]
    command += ["-i", "-u", "nobody", "-g", "nogroup"] if os.getuid() == 0 else []
    with _running(command, folder):
        _wait_for(lambda: _rspamd_answers(port), "rspamd")
        yield port


def _rspamd_configuration(folder: Path, port: int) -> str:
    return f"""
.include "$CONFDIR/common.conf"
options {{
  pidfile = "{folder}/pid";
  filters = "chartable,regexp";
  disable_hyperscan = true;
  dns {{ nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 0; }}
  history_file = "{folder}/history";
  hs_cache_dir = "{folder}";
  dbdir = "{folder}";
  url_tld = "${{SHAREDIR}}/effective_tld_names.dat";
}}
logging {{ type = "file"; filename = "{folder}/log"; level = "warning"; }}
rbl {{ enabled = false; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; enabled = true; }}
"""


def _program(name: str) -> str:
    found = shutil.which(name) or _debian_program(name)
    if found is None:
        raise FilterMissing(f"There is no {name} on this machine. Run script/packages as root on Debian or Ubuntu.")
    return found


def _debian_program(name: str) -> str | None:
    # Debian keeps servers out of a plain user's PATH; its package manager knows where.
    if shutil.which("dpkg-query") is None:
        return None
    listed = subprocess.run(["dpkg-query", "--listfiles", name], capture_output=True, text=True, check=False)
    return next((line for line in listed.stdout.splitlines() if line.endswith(f"bin/{name}")), None)


def _folder(name: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"goodterms-{name}-"))
    folder.chmod(0o777)
    return folder


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _spamd_answers(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.sendall(b"PING SPAMC/1.2\r\n\r\n")
        return b"PONG" in connection.recv(100)


def _rspamd_answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    connection.request("GET", "/ping")
    return connection.getresponse().status == 200


def _wait_for(answers: Callable[[], bool], name: str) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            if answers():
                return
        except (OSError, HTTPException):
            time.sleep(0.1)
    raise RuntimeError(f"{name} did not start within two minutes.")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
