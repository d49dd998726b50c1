"""Debian's Postfix with a configuration of the tests' own: it takes mail on a free port and delivers into mailboxes."""

import os
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.certificates import Certificates

DOMAIN = "people.test"
_DAEMONS = Path("/", "usr", "lib", "postfix", "sbin")
_COMMANDS = Path("/", "usr", "sbin")
"""Where Debian keeps them."""
_SERVICES = """
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
smtp unix - - n - - discard
tlsmgr unix - - n 1000? 1 tlsmgr
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class PostfixMissing(RuntimeError):
    """There is no Postfix on this machine, or it can't be started."""


@dataclass(frozen=True)
class Postfix:
    """A running server."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """The address, as GOODTERMS_SMTP_URL takes it."""
        return f"smtp+starttls://localhost:{self.port}"

    @property
    def mailboxes(self) -> dict[str, list[bytes]]:
        """What each mailbox holds, by the user's name."""
        found: dict[str, list[bytes]] = {}
        for path in sorted((self.folder / "mail").glob("*/new/*")):
            found.setdefault(path.parts[-3], []).append(path.read_bytes())
        return found

    def is_idle(self) -> bool:
        """Say whether nothing waits in its queues."""
        queues = (self.folder / "spool" / name for name in ("maildrop", "incoming", "active", "deferred"))
        return not any(path.is_file() for queue in queues for path in queue.rglob("*"))

    def wait_until_idle(self, seconds: float = 60) -> None:
        """Wait until everything was delivered."""
        until = time.monotonic() + seconds
        while not self.is_idle():
            if time.monotonic() > until:
                raise TimeoutError(f"Postfix still has mail: {(self.folder / 'log').read_text()[-2_000:]}")
            time.sleep(0.1)


@contextmanager
def running_postfix(certificates: Certificates, users: Iterable[str]) -> Iterator[Postfix]:
    """Start a server with mailboxes for users; it ends with the block. Raises PostfixMissing."""
    if not (_DAEMONS / "master").exists() or os.getuid() != 0:
        raise PostfixMissing("The test of whole deliveries needs Postfix, and root to start it: run script/packages.")
    folder = Path(tempfile.mkdtemp(prefix="goodterms-postfix-"))
    folder.chmod(0o755)
    port = _free_port()
    _configure(folder, port, certificates, users)
    process = subprocess.Popen(
        [str(_DAEMONS / "master"), "-c", str(folder / "etc"), "-d"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process, folder / "log")
        yield Postfix(folder, port)
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path, port: int, certificates: Certificates, users: Iterable[str]) -> None:
    for name in ("etc", "spool", "data", "mail"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    shutil.chown(folder / "mail", "nobody", "nogroup")
    (folder / "etc" / "mailboxes").write_text("".join(f"{user}@{DOMAIN} {user}/\n" for user in users))
    (folder / "etc" / "main.cf").write_text(
        f"""
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
daemon_directory = {_DAEMONS}
command_directory = {_COMMANDS}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.{DOMAIN}
mydestination =
alias_maps =
mynetworks = 127.0.0.0/8
smtpd_tls_cert_file = {certificates.server}
smtpd_tls_key_file = {certificates.server}
smtpd_tls_security_level = may
virtual_mailbox_domains = {DOMAIN}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/etc/mailboxes
virtual_uid_maps = static:{_id("nobody", "-u")}
virtual_gid_maps = static:{_id("nobody", "-g")}
smtpd_recipient_restrictions = reject_unlisted_recipient, permit_mynetworks, reject
smtpd_client_connection_count_limit = 50
smtputf8_enable = yes
"""
    )
    (folder / "etc" / "master.cf").write_text(_SERVICES.format(port=f"127.0.0.1:{port}"))
    subprocess.run(["postfix", "-c", str(folder / "etc"), "check"], check=True, capture_output=True)


def _id(user: str, what: str) -> str:
    return subprocess.run(["id", what, user], capture_output=True, text=True, check=True).stdout.strip()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=2) as client:
                client.noop()
                return
        except (OSError, smtplib.SMTPException):
            time.sleep(0.1)
    process.terminate()
    raise PostfixMissing(f"Postfix did not start: {log.read_text() if log.exists() else process.returncode}")
