"""Weighing what the lists found against what the small model hears; a missed exit is worse than a needless question."""

from collections.abc import Callable
from dataclasses import replace

from goodterms.feedback.parsers.folding import words_of
from goodterms.feedback.parsers.learnt.model import Judgement, Lists, judge
from goodterms.feedback.parsers.notions import denies, says_connection
from goodterms.feedback.parsers.wish import NONE, Basis, ExitSignal, Wish

# Chosen on authors left out of the training: of their ordinary replies at most 1 % are taken for an exit, and 5 % held.
_EXIT, _PERHAPS = 0.88, 0.8
"""From so likely on a reply is an exit, or perhaps one, of which the lists say nothing for certain."""
_STILL_EXIT, _STILL_PERHAPS, _STILL_UNSURE = 0.9, 0.7, 0.68
"""What is likely enough to stay an exit; perhaps one, where notions were certain; perhaps one, where they were not."""
_SHORT, _FEW_SIGNS = 7, 60
"""In a reply of so many words and signs, what was found is never dropped."""
_LOOSE = ".common"
"""The list of words that stand in all sorts of sentences."""


def weighed(words: str, found: ExitSignal, is_guarded: Callable[[str], bool]) -> ExitSignal:
    """Give the exit in a person's words, where lists and notions found this.

    What a list holds is never dropped, only doubted. `is_guarded` says whether a guard of the lists stands in a text.
    """
    if not words_of(words) or found.basis is Basis.ALONE:
        return found
    judged = judge(words, Lists.of(found))
    if found.wish in {Wish.STOP, Wish.LEAVE}:
        return found if judged.likely >= _STILL_EXIT else _doubted(words, found, judged.likely, _STILL_PERHAPS)
    if found.wish is Wish.UNSURE and (_is_listed(found) or judged.likely < _EXIT):
        return _doubted(words, found, judged.likely, _STILL_UNSURE)
    if found.wish is None and (is_guarded(judged.sentence) or denies(judged.sentence)):
        return _heard(judged, Wish.UNSURE) if judged.likely >= _EXIT else NONE
    if judged.likely >= _EXIT:
        return _heard(judged, Wish.LEAVE if says_connection(judged.sentence) else Wish.STOP)
    return _heard(judged, Wish.UNSURE) if judged.likely >= _PERHAPS else NONE


def _heard(judged: Judgement, wish: Wish) -> ExitSignal:
    return ExitSignal(wish=wish, matched=judged.sentence, rule="learnt", basis=Basis.LEARNT)


def _doubted(words: str, found: ExitSignal, likely: float, least: float) -> ExitSignal:
    """Give what is left of what was found in words that are less likely an exit."""
    is_short = len(words) < _FEW_SIGNS and len(words.split()) <= _SHORT
    return NONE if not _is_listed(found) and not is_short and likely < least else replace(found, wish=Wish.UNSURE)


def _is_listed(found: ExitSignal) -> bool:
    return found.basis is Basis.LIST and not found.rule.endswith(_LOOSE)
