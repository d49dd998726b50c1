"""Debian's Dovecot with a configuration of the tests' own, on free ports of this machine."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

from tests.servers.certificates import Certificates

USER, PASSWORD = "ann@owner.test", "made-up:for/tests"


class DovecotMissing(RuntimeError):
    """There is no Dovecot 2.3 on this machine."""


@dataclass(frozen=True)
class Dovecot:
    """A running server; every user has the one password and an empty mailbox."""

    folder: Path
    port: int
    tls_port: int

    def client(self) -> IMAPClient:
        """Give a client that is signed in and has chosen the inbox."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10)
        client.login(USER, PASSWORD)
        client.select_folder("INBOX")
        return client

    def deliver(self, *mails: bytes) -> None:
        """Put mails into the inbox."""
        client = self.client()
        for mail in mails:
            client.append("INBOX", mail)
        client.logout()

    def number_anew(self) -> None:
        """Give the mailbox another UIDVALIDITY, as servers do when they lose their index."""
        for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
            (self.folder / "mail" / USER / "Maildir" / name).unlink(missing_ok=True)


@contextmanager
def running_dovecot(certificates: Certificates, *, tokens: int = 0) -> Iterator[Dovecot]:
    """Start a server; it ends with the block. Raises DovecotMissing.

    `tokens` is the port of an endpoint that says whose an access token is: then XOAUTH2 is taken as well.
    """
    program = shutil.which("dovecot") or _debian_program()
    version = (
        subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout if program else ""
    )
    if program is None or not version.startswith("2.3."):
        raise DovecotMissing(
            f"The tests of the mailbox need Dovecot 2.3 and found {version.split(' ')[0] or 'none'}. Run "
            "script/packages as root on Debian 12 or Ubuntu 22.04 to 24.04."
        )
    folder = Path(tempfile.mkdtemp(prefix="goodterms-dovecot-"))
    folder.chmod(0o755)
    port, tls_port = _free_port(), _free_port()
    configuration = _configuration(folder, port, tls_port, certificates)
    (folder / "dovecot.conf").write_text(configuration + (_with_tokens(folder) if tokens else ""))
    (folder / "oauth2.conf").write_text(
        f"tokeninfo_url = http://127.0.0.1:{tokens}/tokeninfo?token=\nusername_attribute = email\n"
        "active_attribute = active\nactive_value = true\ntimeout_msecs = 5000\n"
    )
    (folder / "mail").mkdir(mode=0o777)
    (folder / "mail").chmod(0o777)
    process = subprocess.Popen(
        [program, "-F", "-c", str(folder / "dovecot.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process, folder / "log")
        yield Dovecot(folder, port, tls_port)
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _debian_program() -> str | None:
    # Debian keeps it out of a plain user's PATH; its package manager knows where.
    if shutil.which("dpkg-query") is None:
        return None
    listed = subprocess.run(["dpkg-query", "--listfiles", "dovecot-core"], capture_output=True, text=True, check=False)
    return next((line for line in listed.stdout.splitlines() if line.endswith("bin/dovecot")), None)


def _configuration(folder: Path, port: int, tls_port: int, certificates: Certificates) -> str:
    is_root = os.getuid() == 0
    mine = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    internal, login = ("dovecot", "dovenull") if is_root else (mine, mine)
    mail = "nobody" if is_root else mine
    group = "nogroup" if is_root else subprocess.run(["id", "-gn"], capture_output=True, text=True, check=True).stdout
    return f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_login_user = {login}
first_valid_uid = 1
ssl = yes
ssl_cert = <{certificates.server}
ssl_key = <{certificates.server}
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail/%u/Maildir
passdb {{
  driver = static
  mechanisms = plain login
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={mail} gid={group.strip()} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{  # else who gave a wrong password waits longer each time
    mode = 0
  }}
}}
"""


def _with_tokens(folder: Path) -> str:
    """Give the configuration of access tokens (Dovecot's manual, "Open Authentication v2.0")."""
    return f"""
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
"""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                if connection.recv(100).startswith(b"* OK"):
                    return
        except OSError:
            time.sleep(0.05)
    process.terminate()
    raise RuntimeError(f"Dovecot did not start: {log.read_text() if log.exists() else process.returncode}")
