"""Giving the words of an HTML answer as text, with what it quotes marked or left out."""

from html.parser import HTMLParser

ORIGINAL = "-----Original Message-----"
_BREAKS = {"p", "div", "br", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr"}
_UNSHOWN = {"script", "style", "head", "title", "template", "blockquote"}
_VOID = {"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr"}
_QUOTE_CLASSES = {
    "gmail_quote",
    "gmail_attr",
    "yahoo_quoted",
    "moz-cite-prefix",
    "protonmail_quote",
    "zmail_extra",
}
# Outlook quotes without a frame: what follows this element is the message that was answered.
_QUOTE_STARTS = {
    "divrplyfwdmsg",
    "appendonsend",
    "mail-editor-reference-message-container",
    "olk_src_body_section",
}


def words_in_html(text: str) -> str:
    """Give the text that an HTML mail shows, without quoted blocks; never raises."""
    reader = _Reader()
    try:
        reader.feed(text)
        reader.close()
    except (AssertionError, ValueError):
        # The standard parser gives up on some broken declarations; what was read until there counts.
        pass
    return "".join(reader.shown)


class _Reader(HTMLParser):
    """Collects shown text; depth counts the elements open inside one that is not shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown: list[str] = []
        self.unshown: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element: shown, or not."""
        if tag in _BREAKS:
            self._show("\n")
        if tag in _VOID:
            return
        if self.unshown or _is_unshown(tag, attrs):
            self.unshown.append(tag)
        elif _starts_quote(attrs):
            self._show(f"\n{ORIGINAL}\n")

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and with it any that were left open inside it."""
        if tag in self.unshown:
            while self.unshown.pop() != tag:
                pass
        if tag in _BREAKS:
            self._show("\n")

    def handle_data(self, data: str) -> None:
        """Keep text as HTML shows it: blanks and breaks are one blank."""
        lead, trail = data[:1].isspace(), data[-1:].isspace()
        self._show((" " if lead else "") + " ".join(data.split()) + (" " if trail else ""))

    def _show(self, text: str) -> None:
        if not self.unshown:
            self.shown.append(text)


def _is_unshown(tag: str, attrs: list[tuple[str, str | None]]) -> bool:
    values = dict(attrs)
    classes = set((values.get("class") or "").lower().split())
    style = "".join((values.get("style") or "").lower().split())
    return tag in _UNSHOWN or bool(classes & _QUOTE_CLASSES) or "display:none" in style


def _starts_quote(attrs: list[tuple[str, str | None]]) -> bool:
    return any(name == "id" and (value or "").lower().removeprefix("x_") in _QUOTE_STARTS for name, value in attrs)
