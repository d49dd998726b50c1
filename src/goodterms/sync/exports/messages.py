"""messages.csv: what was written to whom, kept for ever; the AI chats beside it are not read."""

import html
import re
from dataclasses import dataclass

from goodterms.lib.addresses import normalise_profile
from goodterms.sync.exports.clocks import Told
from goodterms.sync.exports.layout import FileKind, Layout, columns, read_when
from goodterms.sync.exports.tables import RawRow, Remark

_BLOCKS = "p|br|li|ul|ol|div|h[1-6]|tr|table|blockquote"
_INLINE = "a|b|i|u|s|em|strong|span|font|img|html|body|head|td|th|tbody|thead|code|pre|hr|sub|sup|small"
_UNSEEN = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(rf"\s*<\s*/?(?:{_BLOCKS})\b[^<>]*>\s*", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_INLINE})\b[^<>]*>", re.IGNORECASE)
_BETWEEN_URLS = re.compile(r"[,;\s]+(?=https?://|www\.)")
_MORE_BREAKS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message of a conversation; slugs only in exports since the 2020s."""

    line: int
    raw: str
    conversation: str
    title: str
    sender: str
    sender_slug: str | None
    """None in old exports, for companies, and for members who are gone ("LinkedIn Member")."""
    recipients: tuple[str, ...]
    """Names, as far as commas tell them apart; in groups they need not line up with the slugs."""
    recipient_slugs: tuple[str, ...]
    sent: Told | None
    subject: str
    text: str
    """The content as plain text."""
    folder: str
    is_draft: bool
    is_outgoing: bool | None
    """What the direction column of 2018 says; None in exports without one."""


def html_to_text(content: str) -> str:
    """Give the plain text of a message, which may be plain already or hold HTML; links keep their words only.

    Only tags that LinkedIn's messages use are taken for tags: "I <3 you" stays.
    """
    if "<" in content:
        content = _UNSEEN.sub("", content)
        content = _TAG.sub("", _BREAK.sub("\n", content))
    if "&" in content:
        content = html.unescape(content).replace("\xa0", " ")
    return _MORE_BREAKS.sub("\n\n", content).strip()


def _read(raw: RawRow, cells: tuple[str, ...], remark: Remark) -> MessageRow | None:
    (
        conversation,
        title,
        sender,
        sender_url,
        to,
        to_urls,
        sent,
        subject,
        content,
        folder,
        draft,
        direction,
        _,
    ) = cells
    slugs = _read_slugs(to_urls)
    return MessageRow(
        raw.line,
        raw.text,
        conversation,
        title.strip(),
        sender.strip(),
        normalise_profile(sender_url),
        _read_names(to, len(slugs)),
        slugs,
        read_when(raw, sent, remark),
        subject.strip(),
        html_to_text(content),
        folder.strip().upper(),
        draft.strip().casefold() in {"yes", "true"},
        {"OUTGOING": True, "INCOMING": False}.get(direction.strip().upper()),
    )


def _read_slugs(urls: str) -> tuple[str, ...]:
    if not urls:
        return ()
    found = map(normalise_profile, _BETWEEN_URLS.split(urls))
    return tuple(slug for slug in found if slug)


def _read_names(text: str, receivers: int) -> tuple[str, ...]:
    # One receiver may have commas in the name: "Ada Byron, PhD".
    names = [text] if receivers == 1 else text.split(",")
    return tuple(name.strip() for name in names if name.strip())


MESSAGES = Layout(
    FileKind.MESSAGES,
    frozenset({"messages"}),
    columns(
        conversation="conversationid",
        title="conversationtitle",
        sender="from",
        sender_url="senderprofileurl",
        to="to",
        to_urls="recipientprofileurls",
        sent="date",
        subject="subject",
        content="content",
        folder="folder",
        draft="ismessagedraft",
        direction="direction",
    ),
    frozenset({"sender", "to", "sent", "content"}),
    _read,
)
