"""Taking a person's own words out of a reply: without quotes, signatures and our own footer."""

import re

from mailparser_reply import EmailReplyParser

from goodterms.feedback.parsers.folding import fold
from goodterms.lib.names import fold_text
from goodterms.lib.tokens import without_tokens

_LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "sv", "da", "cs", "pl", "ja", "ko", "zh", "pt"]
# The library's expressions take cubic time on long lines, and anybody can write to us.
_MOST_SIGNS, _MOST_LINE = 4_000, 300
_MOST_LINES = 4_000
_FOOTER_SIGNS = 60
_DATED = re.compile(r"\d{1,4}[./: -]\d{1,2}|\d{4}|@|<")
_ATTRIBUTION = re.compile(
    r"^(on|am|um|le|el|il|em|op|den|dne|w dniu|dnia|pe|la|στις|ons|tor|fre|man|tir|lor|son|ma|di|wo|do|vr|za|zo)?\b.{0,300}?"
    r"(wrote|writes|schrieb|schreibt|a ecrit|ecrit|ha scritto|scrive|escribio|escrib(e|io)|escreveu|schreef|skrev|skrifaði|"
    r"napsal(\(a\))?|napisal(\(a\)|a)?|pisze|kirjoitti|написал(а|\(а\))?|пишет|писал(а)?|написав|пише|yazdi|sunlari yazdi|"
    r"irta|a scris|εγραψε|כתב(ה)?|كتب(ت)?|menulis|da viet|wrote on|のメール|さんは書きました|:?写道|寫道|님이 작성|작성)\s*[:：]?\s*$"
)
_SEPARATOR = re.compile(
    r"^[\s*_>]*[-_=—]{2,}\s*(original message|original appointment|forwarded message|reply message|weitergeleitete nachricht|"
    r"urspr(u|ue)ngliche nachricht|message (d.)?origin(e|al)|message transfere|mensaje original|mensagem original|"
    r"messaggio original(e)?|messaggio inoltrato|oorspronkelijk bericht|ursprungligt meddelande|oprindelig meddelelse|"
    r"opprinnelig melding|alkuperainen viesti|wiadomosc oryginalna|oryginalna wiadomosc|puvodni zprava|исходное сообщение|"
    r"пересылаемое сообщение|orijinal mesaj|ozgun ileti|eredeti uzenet|原始邮件|原始郵件|原邮件|元のメッセージ|원본 ?메시지|원본 ?메일)"
)
_FORWARDED = re.compile(
    r"^begin forwarded message|^anfang der weitergeleiteten|^debut du message (transfere|reexpedie)"
)
_HEADER = re.compile(
    r"^[\s*>]*(from|sent|to|subject|date|cc|von|gesendet|an|betreff|datum|de|envoye( le)?|a|objet|date|enviado( el| em)?|para|"
    r"asunto|assunto|fecha|data|da|inviato|oggetto|van|verzonden|aan|onderwerp|fran|skickat|till|amne|fra|sendt|til|emne|"
    r"lahettaja|lahetetty|vastaanottaja|aihe|od|wyslano|do|temat|odeslano|komu|predmet|от|отправлено|кому|тема|дата|"
    r"kimden|gonderen|gonderildi|kime|konu|发件人|发送时间|收件人|主题|寄件者|寄件日期|收件者|主旨|差出人|送信日時|宛先|件名|"
    r"보낸 ?사람|보낸 ?날짜|받는 ?사람|제목)\s*\*?\s*[:：]\*?\s*\S*"
)
_MOBILE = re.compile(
    r"^(sent from (my|a|the)? ?\w+|get outlook for|sent (via|with) \w+|envoye (de|depuis|a partir)|gesendet (von|mit)|von meinem \w+ gesendet|"
    r"enviado (desde|do|a partir|de) |inviato da|verzonden vanaf|verstuurd vanaf|skickat fran|sendt fra|lahetetty |wyslan[eo] z|odeslano z|"
    r"отправлено (с|из)|iphone.?umdan gonderildi|iphoneから送信|发自我的|發自我的|나의 .{0,20}에서 보냄)"
)


def human_words(text: str, our_footer: str = "") -> str:
    """Give the words that the person wrote; `our_footer` holds lines of ours that they may have quoted unmarked.

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
        if _is_quoted(line):
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
    for length in (1, 2, 3):
        joined = fold(" ".join(lines[place : place + length])[:500]).strip()
        if _ATTRIBUTION.match(joined) and _DATED.search(joined):
            return length
        if not joined or not lines[place].strip():
            return 0
    return 0


def _begins_original(lines: list[str], place: int) -> bool:
    """Say whether the message that was answered begins here, with a separator or a block of headers."""
    line = fold(lines[place][:300])
    if _SEPARATOR.match(line) or _FORWARDED.match(line):
        return True
    block = [fold(following[:300]) for following in lines[place : place + 5]]
    if line.strip() and not line.strip("_ "):
        block = block[1:]
    return len(block) >= 3 and all(_HEADER.match(following) for following in block[:3])


def _without_signature(lines: list[str]) -> list[str]:
    """Drop what follows the mark of a signature (RFC 3676 section 4.3), and what phones add."""
    end = next((place for place, line in enumerate(lines) if line in {"--", "-- "} and place), len(lines))
    return [line for line in lines[:end] if not _MOBILE.match(fold(line[:300]).strip())]


def _without_footer(lines: list[str], footer: str) -> list[str]:
    """Drop our own lines where so many of them stand there that they were quoted and not chosen."""
    ours = fold_text(footer)
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
    """Cut what the library knows as a quote's header and we do not; where it would leave nothing, keep all."""
    looked_at = "\n".join(line[:_MOST_LINE] for line in text[:_MOST_SIGNS].splitlines())
    cut = EmailReplyParser(languages=list(_LANGUAGES)).parse_reply(looked_at) or ""
    if not cut.strip() or cut.strip() == looked_at.strip():
        return text
    return cut.strip()
