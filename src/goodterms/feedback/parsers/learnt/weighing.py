"""Weighing what the lists found against what the small model hears; a missed exit is worse than a needless question."""

import re
from collections.abc import Callable
from dataclasses import replace

from goodterms.feedback.parsers.assent import assent_in
from goodterms.feedback.parsers.folding import is_joined, words_of
from goodterms.feedback.parsers.learnt.model import LOOSE, Judgement, Lists, judge
from goodterms.feedback.parsers.notions import says_connection
from goodterms.feedback.parsers.wish import NONE, Basis, ExitSignal, Wish

# Chosen on authors left out of the training: of their ordinary replies less than 1 % are taken for an exit, and of
# nearly each author's at most 5 % are held.
_EXIT, _LISTED_EXIT, _PERHAPS = 0.95, 0.8, 0.75
"""From so likely on a reply is an exit; is one, where a list holds its very words; is perhaps one."""
_STILL_PERHAPS, _LISTED_PERHAPS = 0.4, 0.1
"""From so likely on what nobody can tell, and what lists and notions are certain of, is still perhaps one; and what a
list holds word for word, or is all that a short reply says."""
_FEW_WORDS, _FEW_SIGNS, _FEW_SIGNS_JOINED = 7, 60, 12
"""In so short a reply what a list is unsure of stays so."""
_SENTENCE = 4
"""Fewer words may be a name or a thing: of them the model alone is at most unsure."""
_LINK = re.compile(r"https?://\S+|www\.\S+")


def weighed(words: str, found: ExitSignal, has_guard: Callable[[str], bool]) -> ExitSignal:
    """Give the exit in a person's words, where lists and notions found this.

    A request that a list holds word for word, or that is short, is only doubted, unless the model is all but certain of
    the opposite; a reply that says nothing else is never even doubted.
    `has_guard` says whether a guard of the lists stands in words: what looks like an exit there is none.
    """
    words = _LINK.sub(" ", words) if "http" in words or "www." in words else words
    plain = words_of(words)
    if not plain or found.basis is Basis.ALONE or assent_in(words):
        return found
    judged = judge(words, Lists.of(found))
    if found.wish is None:
        return _heard_alone(judged, plain, lambda: has_guard(words))
    is_firm = _is_firm(plain, found)
    if found.wish is Wish.UNSURE:
        return _doubted(judged, found, is_kept=is_firm and _is_short(words, plain))
    if judged.likely >= (_LISTED_EXIT if is_firm else _EXIT):
        return found
    least = _LISTED_PERHAPS if is_firm or _is_short(words, plain) else _STILL_PERHAPS
    return replace(found, wish=Wish.UNSURE) if judged.likely >= least else NONE


def _doubted(judged: Judgement, found: ExitSignal, *, is_kept: bool) -> ExitSignal:
    """Give what becomes of what the lists are unsure of."""
    if judged.likely >= _EXIT and found.basis is Basis.NOTIONS:
        return replace(found, wish=_kind(judged))
    least = _STILL_PERHAPS if Lists.of(found) is Lists.DOUBT else _PERHAPS
    return found if is_kept or judged.likely >= least else NONE


def _heard_alone(judged: Judgement, plain: str, has_guard: Callable[[], bool]) -> ExitSignal:
    """Give what the model hears where the lists found nothing."""
    is_sentence = is_joined(plain) or len(plain.split()) >= _SENTENCE
    if judged.likely < (_PERHAPS if is_sentence else _EXIT) or has_guard():
        return NONE
    wish = _kind(judged) if judged.likely >= _EXIT and is_sentence else Wish.UNSURE
    return ExitSignal(wish=wish, matched=judged.sentence, rule="learnt", basis=Basis.LEARNT)


def _is_firm(plain: str, found: ExitSignal) -> bool:
    """Say whether a list holds what was found word for word; where words have no borders, nobody can tell."""
    return found.basis is Basis.LIST and not found.rule.endswith(LOOSE) and not is_joined(plain)


def _is_short(words: str, plain: str) -> bool:
    most = _FEW_SIGNS_JOINED if is_joined(plain) else _FEW_SIGNS
    return len(words) < most and len(words.split()) <= _FEW_WORDS


def _kind(judged: Judgement) -> Wish:
    return Wish.LEAVE if says_connection(judged.sentence) else Wish.STOP
