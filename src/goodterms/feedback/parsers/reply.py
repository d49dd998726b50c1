"""Taking a person's own words out of a reply: without quotes, signatures and our own footer."""

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path

from mailparser_reply import EmailReplyParser

from goodterms.feedback.parsers.folding import fold
from goodterms.lib.names import fold_text
from goodterms.lib.tokens import without_tokens

LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "sv", "da", "cs", "pl", "ja", "ko", "zh", "pt"]
"""Those whose headers the library is to know."""
# The library's expressions take cubic time on long lines, and anybody can write to us.
_MOST_SIGNS, _MOST_LINE = 4_000, 300
_MOST_LINES = 4_000
_FOOTER_SIGNS = 60
# The library's expressions are slow to say that no header of theirs is there. Those that say who wrote end in a colon,
# blocks of headers have two, the Polish one; all others hold a rule (mail-parser-reply 1.36, constants.py).
_COLONS = re.compile(r"[:：]\s*$|:[^:]*:|(?:od|wysłano|do|temat|data|dw):", re.IGNORECASE | re.MULTILINE)
_RULE = re.compile(r"[_-]{5}")
_DATED = re.compile(r"\d{1,4}[./: -]\d{1,2}|\d{4}|@|<")


def human_words(text: str, our_footer: str = "") -> str:
    """Give the words that the person wrote; `our_footer` holds lines of ours that may stand there unmarked.

    Never reads quoted lines. What can't be told apart stays in, so that no wish is lost.
    """
    lines = [line.rstrip() for line in text.splitlines()[:_MOST_LINES]]
    own = _without_footer(_without_signature(_without_quotes(lines)), our_footer)
    return _checked_by_library("\n".join(own).strip())


def _without_quotes(lines: list[str]) -> list[str]:
    """Drop quoted lines, and everything after a header that quotes without marks."""
    own: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        if line[:1] == ">" or _is_quoted(line):
            place += 1
            continue
        length = _attribution_length(lines, place)
        if length and _is_quoted(_next_line(lines, place + length)):
            place += length
            continue
        if length or _begins_original(lines, place):
            break
        own.append(line)
        place += 1
    return own


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith((">", "|", "&gt;", "＞"))


def _next_line(lines: list[str], place: int) -> str:
    return next((line for line in lines[place : place + 5] if line.strip()), "")


def _attribution_length(lines: list[str], place: int) -> int:
    """Give how many lines from here say who wrote what follows; mail programs wrap that over up to three."""
    if not lines[place].strip():
        return 0
    for length in (1, 2, 3):
        block = [_compared(line).strip() for line in lines[place : place + length]]
        joined = " ".join(block)
        if not all(block) or (length == 2 and not _patterns()["starts"].match(joined)):
            return 0
        if _DATED.search(joined) and _patterns()["wrote"].search(joined):
            # Where a later line begins one of its own, this line is the person's.
            return 0 if any(_patterns()["starts"].match(line) for line in block[1:]) else length
    return 0


def _begins_original(lines: list[str], place: int) -> bool:
    """Say whether the message that was answered begins here, with a separator or a block of headers."""
    line = _compared(lines[place])
    if _patterns()["originals"].match(line) or _patterns()["forwards"].match(line):
        return True
    first = place + 1 if line.strip() and not line.strip("_ ") else place
    block = lines[first : min(first + 3, place + 5)]
    return len(block) >= 3 and all(map(_is_header, block))


def _is_header(line: str) -> bool:
    compared = _compared(line)
    return ":" in compared and bool(_patterns()["headers"].match(compared))


@lru_cache(maxsize=128)  # a line is looked at several times, and then never again
def _compared(line: str) -> str:
    return fold(line[:300])


def _without_signature(lines: list[str]) -> list[str]:
    """Drop what follows the mark of a signature (RFC 3676 section 4.3), and what phones add."""
    end = len(lines)
    if "--" in lines:
        end = next((place for place, line in enumerate(lines) if line == "--" and any(lines[:place])), end)
    added = _patterns()["added"]
    return [line for line in lines[:end] if not added.match(_compared(line).strip())]


def _without_footer(lines: list[str], footer: str) -> list[str]:
    """Drop our own lines where so many of them stand there that they were quoted and not chosen."""
    ours = fold_text(footer) if footer else ""
    if not ours:
        return lines
    found = [line for line in lines if len(_folded(line)) > 3 and _folded(line) in ours]
    if sum(len(_folded(line)) for line in found) < _FOOTER_SIGNS:
        return lines
    return [line for line in lines if line not in found and not _is_our_link(line)]


def _folded(line: str) -> str:
    return fold_text(without_tokens(line))


def _is_our_link(line: str) -> bool:
    return without_tokens(line) != line


def _checked_by_library(text: str) -> str:
    """Cut what the library knows as a quote's header and we do not; where that leaves nothing, keep all."""
    looked_at = "\n".join(line[:_MOST_LINE] for line in text[:_MOST_SIGNS].splitlines())
    if not is_for_library(looked_at):
        stripped = "\n".join(map(str.strip, looked_at.split("\n"))).strip()
        return stripped if stripped and stripped != looked_at.strip() else text
    cut = EmailReplyParser(languages=list(LANGUAGES)).parse_reply(looked_at) or ""
    if not cut.strip() or cut.strip() == looked_at.strip():
        return text
    return cut.strip()


def is_for_library(text: str) -> bool:
    """Say whether the library may find a header of a quote in a text."""
    has_colon = ":" in text or "：" in text
    return bool((has_colon and _COLONS.search(text)) or _RULE.search(text))


_FRAMES = {
    "starts": r"(?:{})\b",
    "wrote": r"(?:{})\s*[:：]?\s*$",
    "originals": r"[\s*_>]*[-_=—]{{2,}}\s*(?:{})",
    "forwards": r"(?:{})",
    "headers": r"[\s*>]*(?:{})\s*\*?\s*[:：]",
    "added": r"(?:{})",
}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    lists = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {name: re.compile(frame.format(fold("|".join(lists[name])))) for name, frame in _FRAMES.items()}
