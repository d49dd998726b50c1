"""Weighing what the lists found against what the small model hears; a missed exit is worse than a needless question."""

import re
from collections.abc import Callable
from dataclasses import replace

from goodterms.feedback.parsers.assent import assent_in
from goodterms.feedback.parsers.folding import is_joined, words_of
from goodterms.feedback.parsers.learnt.model import Judgement, Lists, judge
from goodterms.feedback.parsers.notions import says_connection
from goodterms.feedback.parsers.wish import NONE, Basis, ExitSignal, Wish

# Chosen on authors left out of the training: of their ordinary replies at most 1 % are taken for an exit, and 5 % held.
_EXIT, _STILL_EXIT, _LISTED_EXIT, _PERHAPS = 0.92, 0.9, 0.8, 0.7
"""From so likely on a reply is an exit; is one still, where notions were certain, or where a list holds its very words;
is perhaps one."""
_FEW_WORDS, _FEW_SIGNS, _FEW_SIGNS_JOINED = 7, 60, 12
"""In so short a reply nothing certain is dropped, nor what a list is unsure of."""
_SENTENCE = 4
"""Fewer words may be a name or a thing: of them the model alone is at most unsure."""
_LINK = re.compile(r"https?://\S+|www\.\S+")
_LOOSE, _DOUBT = ".common", ".doubt"
"""The list of words that stand in all sorts of sentences, and that of what nobody can tell."""


def weighed(words: str, found: ExitSignal, has_guard: Callable[[str], bool]) -> ExitSignal:
    """Give the exit in a person's words, where lists and notions found this.

    A request that a list holds word for word is never dropped, only doubted; nor is a reply that says nothing else.
    `has_guard` says whether a guard of the lists stands in words: what looks like an exit there is none.
    """
    words = _LINK.sub(" ", words)
    if not words_of(words) or found.basis is Basis.ALONE or assent_in(words):
        return found
    judged = judge(words, Lists.of(found))
    if found.wish in {Wish.STOP, Wish.LEAVE}:
        if judged.likely >= (_LISTED_EXIT if _is_firm(words, found) else _STILL_EXIT):
            return found
        is_kept = judged.likely >= _PERHAPS or _is_firm(words, found) or _is_short(words)
        return replace(found, wish=Wish.UNSURE) if is_kept else NONE
    if judged.likely < _PERHAPS:
        is_kept = found.rule.endswith(_DOUBT) or (_is_short(words) and _is_firm(words, found))
        return found if is_kept else NONE
    if found.wish is Wish.UNSURE:
        is_raised = judged.likely >= _EXIT and found.basis is Basis.NOTIONS
        return replace(found, wish=_kind(judged)) if is_raised else found
    if has_guard(words):
        return NONE
    if _is_no_sentence(words):
        return _heard(judged, Wish.UNSURE) if judged.likely >= _EXIT else NONE
    return _heard(judged, _kind(judged) if judged.likely >= _EXIT else Wish.UNSURE)


def _is_short(words: str) -> bool:
    most = _FEW_SIGNS_JOINED if is_joined(words_of(words)) else _FEW_SIGNS
    return len(words) < most and len(words.split()) <= _FEW_WORDS


def _is_no_sentence(words: str) -> bool:
    return not is_joined(words_of(words)) and len(words.split()) < _SENTENCE


def _is_firm(words: str, found: ExitSignal) -> bool:
    """Say whether a list holds what was found word for word; where words have no borders, nobody can tell."""
    is_listed = found.wish is not None and found.basis is Basis.LIST and not found.rule.endswith(_LOOSE)
    return is_listed and not is_joined(words_of(words))


def _kind(judged: Judgement) -> Wish:
    return Wish.LEAVE if says_connection(judged.sentence) else Wish.STOP


def _heard(judged: Judgement, wish: Wish) -> ExitSignal:
    return ExitSignal(wish=wish, matched=judged.sentence, rule="learnt", basis=Basis.LEARNT)
