"""A session with the mailbox: what is new in it, flags, and waiting for more. Nothing is deleted, ever."""

import imaplib
import shlex
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from goodterms.feedback.imap.address import MailboxAddress, Security
from goodterms.lib.faults import Fault
from goodterms.lib.outside import connect_outside

_SECONDS = 30
_TOKEN_SECONDS = 60
_BATCH = 50
_MOST_BYTES = 20_000_000
"""Of a larger mail this much is read: the words and a report's fields stand at its beginning."""


class MailboxUnreachable(Fault):
    """The mailbox does not answer, or stopped answering; trying again later may help."""


class MailboxRefused(Fault):
    """The mailbox does not let us in: the password is wrong, or the token is out of date."""


class MailboxUnable(Fault):
    """The mailbox can't do what the owner wants of it."""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """Mails with their UIDs, in order."""

    uids: Sequence[int]
    mails: Sequence[bytes]


class Session:
    """An open folder."""

    def __init__(self, client: IMAPClient, address: MailboxAddress, *, writes: bool) -> None:
        self._client = client
        chosen = client.select_folder(address.folder, readonly=not writes)
        self.uid_validity = int(chosen[b"UIDVALIDITY"])

    def newer_than(self, uid: int) -> Iterator[Fetched]:
        """Give the mails above a UID in batches; reading them marks none as seen."""
        # "*" is the last mail whatever its UID, so a search from above it gives that one too.
        found = sorted(number for number in self._client.search(["UID", f"{uid + 1}:*"]) if number > uid)
        for start in range(0, len(found), _BATCH):
            fetched = self._fetch(found[start : start + _BATCH])
            if fetched.uids:  # none where somebody deleted them meanwhile
                yield fetched

    def _fetch(self, uids: list[int]) -> Fetched:
        part = f"BODY.PEEK[]<0.{_MOST_BYTES}>"
        answers = self._client.fetch(uids, [part])
        mails = {uid: _content(answers[uid]) for uid in uids if uid in answers}
        return Fetched(uids=tuple(mails), mails=tuple(mails.values()))

    def flag(self, uids: Sequence[int], flag: str) -> None:
        """Set a flag on mails."""
        self._client.add_flags(list(uids), [flag.encode()], silent=True)

    def prepare_folder(self, folder: str) -> None:
        """Make sure that mails can be moved to a folder, made where it is missing; raises MailboxUnable."""
        if not self._client.has_capability("MOVE"):
            raise MailboxUnable(
                "The mailbox's server can't move mail (RFC 6851), and nothing is ever deleted there. Nothing was read. "
                "Leave the folder to move mail to empty; a flag marks what was read instead.",
                typed="They are GOODTERMS_IMAP_MOVE_TO and GOODTERMS_IMAP_FLAG.",
            )
        if not self._client.folder_exists(self._named(folder)):
            self._client.create_folder(self._named(folder))

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails to a folder."""
        self._client.move(list(uids), self._named(folder))

    def _named(self, folder: str) -> str:
        """Give a folder's name with the server's own sign between its parts, for which one writes /."""
        ((_, sign, _), *_) = self._client.list_folders("", "") or [((), b"/", "")]
        return folder.replace("/", sign.decode() if sign else "/")

    def wait(self, seconds: float, should_stop: Callable[[], bool]) -> None:
        """Wait until something arrives, a time has passed or somebody wants an end; by IDLE (RFC 2177) or not."""
        if not self._client.has_capability("IDLE"):
            self._client.noop()
            return
        self._client.idle()
        try:
            for _ in range(int(seconds)):
                if should_stop() or self._client.idle_check(timeout=1):
                    return
        finally:
            self._client.idle_done()

    @property
    def can_wait(self) -> bool:
        """Whether the server tells of new mail by itself."""
        return bool(self._client.has_capability("IDLE"))


def _content(answer: dict[bytes, object]) -> bytes:
    found = next((value for key, value in answer.items() if key.startswith(b"BODY[]")), b"")
    return found if isinstance(found, bytes) else b""


@contextmanager
def open_mailbox(address: MailboxAddress, *, token_command: str = "", writes: bool = False) -> Iterator[Session]:
    """Open the folder; raises MailboxUnreachable and MailboxRefused, from within the block too."""
    try:
        client = _connected(address)
        try:
            _sign_in(client, address, token_command)
            yield Session(client, address, writes=writes)
        finally:
            with suppress(OSError, IMAPClientError):
                client.logout()
    except LoginError as fault:
        raise MailboxRefused(
            f"{address} does not let us in: {_said(fault)}. What was read stays read. See the password in "
            "the settings, or what GOODTERMS_IMAP_TOKEN_COMMAND prints."
        ) from fault
    except (OSError, IMAPClientError) as fault:
        raise MailboxUnreachable(
            f"{address} can't be read: {_said(fault)}. What was read stays read, and the rest is read the next time."
        ) from fault


def _connected(address: MailboxAddress) -> IMAPClient:
    trust = ssl.create_default_context()
    make = _OutsideClient if address.must_be_outside else IMAPClient
    if address.security is Security.TLS:
        return make(address.host, address.port, ssl=True, ssl_context=trust, timeout=_SECONDS)
    client = make(address.host, address.port, ssl=False, timeout=_SECONDS)
    if address.security is Security.STARTTLS:
        client.starttls(trust)
    return client


class _OutsideClient(IMAPClient):  # type: ignore[misc]  # it has no types
    """A client of a server that lies outside."""

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 -- imapclient's own name
        made = connect_outside(self.host, self.port, _SECONDS)
        return _Over(self.host, self.ssl_context.wrap_socket(made, server_hostname=self.host) if self.ssl else made)


class _Over(imaplib.IMAP4):
    """IMAP over a connection that is there."""

    def __init__(self, host: str, made: socket.socket) -> None:
        self._made = made
        super().__init__(host)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return self._made


def _sign_in(client: IMAPClient, address: MailboxAddress, token_command: str) -> None:
    if token_command:
        token = _token(token_command)
        try:
            client.oauth2_login(address.user, token)
        except IMAPClientError as fault:
            raise LoginError(f"the access token is not taken: {_said(fault)}") from fault
    else:
        client.login(address.user, address.password)


def _token(command: str) -> str:
    """Give what the owner's own command prints: programs that keep such tokens fresh exist for every provider."""
    try:
        done = subprocess.run(  # noqa: S603 -- the owner's own setting
            shlex.split(command), capture_output=True, text=True, timeout=_TOKEN_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:  # its words hold the whole command, and secrets with it
        raise LoginError(f"the token command printed nothing within {_TOKEN_SECONDS} seconds") from None
    except ValueError as fault:
        raise LoginError(f"the token command can't be read: {fault}") from fault
    token = done.stdout.strip()
    if done.returncode or not token:
        raise LoginError(f"the token command ended with status {done.returncode}: {done.stderr.strip()[:200]}")
    return token


def _said(fault: BaseException) -> str:
    text = str(fault) or type(fault).__name__
    return text.removeprefix("b'").removesuffix("'")[:300]
