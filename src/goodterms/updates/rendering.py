"""Rendering: an update is compiled once, and a copy is then a matter of putting values into its places.

Merge fields become placeholders before Markdown is read and are filled after it, so a value is never read as
Markdown or HTML. No pictures and no tracking: links are shown as they are.
"""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import nh3
from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from markdown_it import MarkdownIt
from markdown_it.token import Token

from goodterms.updates.fields import MergeField, PersonFields, clean_value, fill, split_fields
from goodterms.updates.footer import Footer
from goodterms.updates.source import UpdateFaulty, UpdateText, checked

_TAGS = {
    *("p", "br", "hr", "a", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
}
_MOST_SUBJECT_SIGNS = 500
_SCHEMES = ("https://", "http://", "mailto:")
PAGE = (
    '<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"></head>\n'
    '<body dir="auto" style="font-family: sans-serif; line-height: 1.5; max-width: 40em;">\n'
)
END = "</body>\n</html>\n"


@dataclass(frozen=True)
class Parts:
    """A text with places in it: literal parts, and numbers of merge fields."""

    parts: tuple[str | int, ...]

    def filled(self, values: Sequence[str]) -> str:
        """Give the text with the values in their places."""
        texts = list(self._texts)
        for place, number in self._places:
            texts[place] = values[number]
        return "".join(texts)  # a pattern filled with % would cost ten times as much for a long text

    @cached_property
    def _texts(self) -> list[str]:
        return [part if isinstance(part, str) else "" for part in self.parts]

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        return [(place, part) for place, part in enumerate(self.parts) if isinstance(part, int)]


@dataclass(frozen=True)
class Holes:
    """Marks that stand for values in a text, and are found there again."""

    mark: str
    numbers: tuple[int, ...]

    @property
    def marks(self) -> tuple[str, ...]:
        """Give a mark for each number: letters and digits, so that no encoding of links or pages changes them."""
        return tuple(f"{self.mark}{number}e" for number in self.numbers)

    def split(self, text: str) -> Parts:
        """Give a text with places where the marks stand."""
        return _parts(text, self.mark)


def parts_around(text: str, numbers: tuple[int, ...]) -> Holes:
    """Give marks for numbers that do not occur in a text."""
    return Holes(_mark_for(text), numbers)


@dataclass(frozen=True, kw_only=True)
class CompiledUpdate:
    """An update ready to be filled for anybody."""

    fields: tuple[MergeField, ...]
    subject: Parts
    text: Parts
    html: Parts


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One person's copy, with the terms and both ways out in it."""

    subject: str
    text: str
    html: str
    blanks: tuple[str, ...] = ()
    """Merge fields that came out empty, as the owner wrote them."""


def compile_update(update: UpdateText) -> CompiledUpdate:
    """Give an update ready to be filled; raise UpdateFaulty where it holds what can't be sent."""
    checked(update)
    mark = _mark_for(update.subject + update.body)
    fields: list[MergeField] = []
    subject = _marked(update.subject, mark, fields)
    body = _marked(update.body, mark, fields)
    tokens = MarkdownIt("commonmark", {"html": False}).parse(body)
    _refuse_unsendable(update, tokens, mark)
    page = nh3.clean(_html(tokens), tags=_TAGS, attributes={"a": {"href", "title"}}, link_rel=None)
    return CompiledUpdate(
        fields=tuple(fields),
        subject=_parts(subject, mark),
        text=_parts(_plain(tokens), mark),
        html=_parts(page, mark),
    )


def copy_of(compiled: CompiledUpdate, person: PersonFields, footer: Footer) -> Copy:
    """Give one person's copy. There is none without a footer: terms and both ways out stand in every one."""
    values = fill(compiled.fields, person)
    safe = [html.escape(value) for value in values]
    return Copy(
        subject=clean_subject(compiled.subject.filled(values)),
        text=f"{compiled.text.filled(values)}\n\n{footer.text}",
        html=f"{PAGE}{compiled.html.filled(safe)}{footer.html}{END}",
        blanks=tuple(field.source for field, value in zip(compiled.fields, values, strict=True) if not value),
    )


def clean_subject(text: str) -> str:
    """Give a subject on one line, whatever was put into it."""
    return clean_value(text, _MOST_SUBJECT_SIGNS)


def _mark_for(text: str) -> str:
    """Give a word that does not occur in the text and that Markdown leaves alone."""
    return f"gt{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}f"


def _marked(text: str, mark: str, fields: list[MergeField]) -> str:
    marked = []
    for part in split_fields(text):
        if isinstance(part, MergeField):
            marked.append(f"{mark}{len(fields)}e")
            fields.append(part)
        else:
            marked.append(part)
    return "".join(marked)


def _parts(text: str, mark: str) -> Parts:
    pieces = re.split(rf"{mark}(\d+)e", text)
    return Parts(tuple(int(piece) if place % 2 else piece for place, piece in enumerate(pieces)))


def _html(tokens: Sequence[Token]) -> str:
    markdown = MarkdownIt("commonmark", {"html": False})
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _plain(tokens: Sequence[Token]) -> str:
    """Give the text part: what the HTML shows, with each link's address after its words."""
    shown = [token.copy(children=_with_addresses(token.children)) if token.children else token for token in tokens]
    return str(get_text(_html(shown), ParserConfig(css=CSS_PROFILES["strict"]))).strip("\n")


def _with_addresses(children: Iterable[Token]) -> list[Token]:
    shown: list[Token] = []
    words, address = "", ""
    for child in children:
        if child.type == "link_open":
            words, address = "", str(child.attrGet("href"))
        elif child.type == "link_close" and address.removeprefix("mailto:") != words.removeprefix("mailto:"):
            shown.append(Token("text", "", 0, content=f" <{address}>"))
        words += child.content
        shown.append(child)
    return shown


def _refuse_unsendable(update: UpdateText, tokens: Iterable[Token], mark: str) -> None:
    for block in tokens:
        line = update.body_line + (block.map[0] if block.map else 0)
        for token in block.children or ():
            if reason := _why_unsendable(token, mark):
                raise UpdateFaulty(f"{update.name}:{line}: {reason}. Nothing was stored.")


def _why_unsendable(token: Token, mark: str) -> str:
    if token.type == "image":
        return "pictures are not sent: a remote picture tells who opened a mail. Link to it instead"
    if token.type != "link_open":
        return ""
    address = str(token.attrGet("href"))
    if mark in address:
        return "a merge field can't stand in a link's address. Put it into the words beside the link"
    if not address.lower().startswith(_SCHEMES):
        return f"the link to '{address}' leads nowhere from a mail. Begin it with https://, http:// or mailto:"
    return ""
