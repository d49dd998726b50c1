"""The footer of every copy: the terms and both ways out, by link where there is a page, always by reply."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from goodterms.lib.tokens import Act, token_maker


@dataclass(slots=True, kw_only=True)  # frozen it would cost three times as much to make
class WaysOut:
    """Where one person's two exits lead."""

    address: str
    """The address that takes unsubscribe mails."""
    stop_token: str
    leave_token: str
    public_url: str = ""
    """Where this installation's public pages answer; empty where there are none."""

    @property
    def stop_mailto(self) -> str:
        """A mailto address that stops the updates."""
        return _mailto(self.address, "stop", self.stop_token)

    @property
    def leave_mailto(self) -> str:
        """A mailto address that breaks the connection."""
        return _mailto(self.address, "leave", self.leave_token)

    @property
    def stop_url(self) -> str:
        """The public page that stops the updates; empty where there is none."""
        return _page(self.public_url, self.stop_token)

    @property
    def leave_url(self) -> str:
        """The public page that breaks the connection; empty where there is none."""
        return _page(self.public_url, self.leave_token)


@dataclass(frozen=True, kw_only=True)
class Footer:
    """The footer as plain text and as HTML."""

    text: str
    html: str


@dataclass(frozen=True, kw_only=True)
class _Way:
    """One way out in words."""

    what: str
    word: str
    url: str
    mailto: str


OFFER = "You are free to choose otherwise at any time, and I will not mind. There are two ways out:"
STOP = "Stop these updates and stay connected"
LEAVE = "Break the connection as well"
_RULE = "_" * 30
_TAG = re.compile(r"<[^>]*>")


def ways_maker(
    key: bytes, *, owner_number: int | None, update_uid: str, address: str, public_url: str = ""
) -> Callable[[int], WaysOut]:
    """Give what makes, by a person's uid, their ways out of one update; to `address` unsubscribe mails go."""
    stop, leave = (
        token_maker(key, act=act, owner_number=owner_number, update_uid=update_uid) for act in (Act.STOP, Act.LEAVE)
    )

    def make(person_uid: int) -> WaysOut:
        return WaysOut(
            address=address, stop_token=stop(person_uid), leave_token=leave(person_uid), public_url=public_url
        )

    return make


def footer_of(terms: str, ways: WaysOut, *, postal_address: str = "", by_mail: bool = True) -> Footer:
    """Give the footer with the terms (plain text), both ways out and, where there is one, the postal address.

    Without `by_mail` the ways out by mail are left out, for a vehicle that has no mail: replies remain.
    """
    mailtos = (ways.stop_mailto, ways.leave_mailto) if by_mail else ("", "")
    both = (
        _Way(what=STOP, word="stop", url=ways.stop_url, mailto=mailtos[0]),
        _Way(what=LEAVE, word="leave", url=ways.leave_url, mailto=mailtos[1]),
    )
    terms, postal_address = _lines(terms), _lines(postal_address)
    return Footer(text=_text(terms, both, postal_address), html=_html(terms, both, postal_address))


def footer_words(terms: str) -> str:
    """Give the lines of the footer that are the same in every copy: what a reply may quote back to us."""
    lines: list[str] = []
    for public_url in ("https:", ""):
        ways = WaysOut(address="", stop_token="", leave_token="", public_url=public_url)
        footer = footer_of(terms, ways)
        lines += [*footer.text.splitlines(), *html.unescape(_TAG.sub("\n", footer.html)).splitlines()]
        lines += html.unescape(_TAG.sub("", footer.html)).splitlines()
    fixed = (line for line in lines if line.strip() and not line.lstrip().startswith(("mailto:", "https:")))
    return "\n".join(dict.fromkeys(fixed))


def _text(terms: str, ways: tuple[_Way, ...], postal_address: str) -> str:
    blocks = [
        _RULE,
        terms,
        OFFER,
        *(_text_way(number, way) for number, way in enumerate(ways, 1)),
        postal_address,
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _text_way(number: int, way: _Way) -> str:
    lines = [f'{number}. {way.what}: reply with the word "{way.word}"']
    if way.url:
        lines += ["   or open", f"   {way.url}"]
    if way.mailto:
        lines += ["   or send the mail", f"   {way.mailto}"]
    return "\n".join(lines)


def _html(terms: str, ways: tuple[_Way, ...], postal_address: str) -> str:
    blocks = [_paragraph(terms), _paragraph(OFFER), "<ol>\n", *(_html_way(way) for way in ways), "</ol>\n"]
    small = '<hr>\n<div style="font-size: 0.9em;">\n'
    return "".join([small, *blocks, _paragraph(postal_address), "</div>\n"])


def _html_way(way: _Way) -> str:
    choices = [f"reply with the word “{way.word}”"]
    if way.url:
        choices.append(f'<a href="{html.escape(way.url)}">open your page</a>')
    if way.mailto:
        choices.append(f'<a href="{html.escape(way.mailto)}">send the mail that says so</a>')
    return f"<li>{way.what}: {', or '.join(choices)}.</li>\n"


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text).replace(chr(10), '<br>')}</p>\n" if text else ""


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _mailto(address: str, word: str, token: str) -> str:
    """Give a mailto address (RFC 6068): everything but the separators percent-encoded as UTF-8."""
    return f"mailto:{quote(address, safe='@')}?subject={word}%20{token}"


def _page(public_url: str, token: str) -> str:
    return f"{public_url.rstrip('/')}/x/{token}" if public_url else ""
