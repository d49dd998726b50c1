"""One letter as commands and content, refused here where no server would take it."""

import re
from dataclasses import dataclass

from goodterms.delivery.rules.replies import Reply, Step
from goodterms.delivery.vehicles.email.engine.offers import Offers
from goodterms.delivery.vehicles.transport import Letter

_LINE_END = re.compile(rb"\r\n|\r|\n")
# Each begins with the sign itself, which is looked for many times faster than what stands around it.
_BARE_CR, _BARE_LF = re.compile(rb"\r(?!\n)"), re.compile(rb"\n(?<!\r\n)")
_DOT_BELOW = re.compile(rb"\n\.")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>]")
_NOT_XTEXT = re.compile("[^!-*,-<>-~]")
_MOST_ENVELOPE_ID = 100  # RFC 3461 section 4.4
_MOST_ADDRESS = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets


@dataclass(slots=True, kw_only=True)
class Envelope:
    """A letter ready to leave."""

    mail: bytes
    """The MAIL command, with its line end."""
    rcpt: bytes
    content: bytes
    """Lines end in CR LF, the last one too."""

    @property
    def stuffed(self) -> bytes:
        """The content for DATA, with its end: leading dots doubled (RFC 5321 section 4.5.2)."""
        content = self.content
        if _DOT_BELOW.search(content) or content.startswith(b"."):
            content = _LEADING_DOT.sub(b"..", content)
        return content + b".\r\n"

    @property
    def chunk(self) -> bytes:
        """The content for BDAT, with its command (RFC 3030 section 2); dots are not doubled."""
        return b"BDAT %d LAST\r\n%b" % (len(self.content), self.content)


def enclose(letter: Letter, offers: Offers) -> Envelope | Reply:
    """Give a letter's envelope, or the answer of ours where it can't be handed over to this server."""
    sender, receiver = _in_ascii_where_possible(letter.envelope_from), _in_ascii_where_possible(letter.to)
    content = _with_line_ends(letter.content)
    needs_utf8 = letter.needs_smtputf8 or not (sender + receiver).isascii()
    refusal = _refused_here(sender, receiver) or _not_offered(offers, content, needs_utf8=needs_utf8)
    if refusal:
        return refusal
    options = _options(offers, content, needs_utf8=needs_utf8)
    reports, notices = _reports(letter, receiver) if offers.dsn else ("", "")
    return Envelope(
        mail=f"MAIL FROM:<{sender}>{options}{reports}\r\n".encode(),
        rcpt=f"RCPT TO:<{receiver}>{notices}\r\n".encode(),
        content=content,
    )


def _with_line_ends(content: bytes) -> bytes:
    if _BARE_CR.search(content) or _BARE_LF.search(content):
        content = _LINE_END.sub(b"\r\n", content)
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def _refused_here(sender: str, receiver: str) -> Reply | None:
    """Refuse addresses with which a command could be smuggled in, or that are longer than any may be."""
    if _is_unsafe(sender):
        return Reply(code=501, text="5.1.7 the sender's address has signs that no address may have", step=Step.MAIL)
    if _is_unsafe(receiver):
        return Reply(code=501, text="5.1.3 the address has signs that no address may have", step=Step.RCPT)
    return None


def _is_unsafe(address: str) -> bool:
    size = len(address) if address.isascii() else len(address.encode())
    return size > _MOST_ADDRESS or _UNSAFE.search(address) is not None


def _not_offered(offers: Offers, content: bytes, *, needs_utf8: bool) -> Reply | None:
    if needs_utf8 and not (offers.smtputf8 and offers.eight_bit):
        # RFC 6531 section 3.5: never guess an ASCII form.
        return Reply(code=553, text="5.6.7 the mail server does not take non-ASCII addresses", step=Step.RCPT)
    if not offers.eight_bit and not content.isascii():
        return Reply(code=554, text="5.6.3 the mail server takes no 8-bit content", step=Step.DATA)
    if offers.size and len(content) > offers.size:
        text = f"5.3.4 the message has {len(content)} octets and the mail server takes {offers.size}"
        return Reply(code=552, text=text, step=Step.MAIL)
    return None


def _options(offers: Offers, content: bytes, *, needs_utf8: bool) -> str:
    options = f" SIZE={len(content)}" if offers.size is not None else ""
    if offers.eight_bit and (needs_utf8 or not content.isascii()):
        options += " BODY=8BITMIME"
    return options + (" SMTPUTF8" if needs_utf8 else "")


def _reports(letter: Letter, receiver: str) -> tuple[str, str]:
    """Ask for reports of failure and delay (RFC 3461 section 4), which name this copy and its receiver as we know them.

    Only the header comes back with them: whoever reads the report need not have the whole.
    """
    name = letter.message_id.strip("<>")
    name = name if len(xtext(name)) <= _MOST_ENVELOPE_ID else name.partition("@")[0]
    known_as = f" ENVID={xtext(name)}" if 0 < len(xtext(name)) <= _MOST_ENVELOPE_ID else ""
    # An address beyond ASCII would need the form of RFC 6533, which few servers read.
    original = f" ORCPT=rfc822;{xtext(receiver)}" if receiver.isascii() else ""
    return f" RET=HDRS{known_as}", f" NOTIFY=FAILURE,DELAY{original}"


def xtext(text: str) -> str:
    """Give a text in ASCII as RFC 3461 section 4 wants it: what could be misread as + and two hexadecimal digits."""
    return _NOT_XTEXT.sub(lambda match: f"+{ord(match.group()):02X}", text)


def _in_ascii_where_possible(address: str) -> str:
    """Write a domain as A-labels where the local part is ASCII, so that RFC 6531 is not needed."""
    if address.isascii():
        return address
    local, at, domain = address.rpartition("@")
    if not local.isascii():
        return address
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return address
