"""Weighing what the lists found against what the small model hears; a missed exit is worse than a needless question."""

from dataclasses import replace

from goodterms.feedback.parsers.folding import words_of
from goodterms.feedback.parsers.learnt.model import Lists, judge
from goodterms.feedback.parsers.notions import says_connection
from goodterms.feedback.parsers.wish import NONE, Basis, ExitSignal, Wish

# From so likely on. Chosen so that of ordinary replies by an author left out of the training at most 1 % were taken for
# an exit and at most 5 % held.
_EXIT, _PERHAPS = 0.9, 0.5
_STILL_EXIT, _STILL_UNSURE = 0.3, 0.2
"""What is likely enough to leave standing what the lists found."""


def weighed(words: str, found: ExitSignal) -> ExitSignal:
    """Give the exit in a person's words, where the lists found this: what they are certain of is never dropped."""
    if not words_of(words) or found.basis is Basis.ALONE:
        return found
    judged = judge(words, Lists.of(found))
    if found.wish in {Wish.STOP, Wish.LEAVE}:
        return found if judged.likely >= _STILL_EXIT else replace(found, wish=Wish.UNSURE)
    if judged.likely >= _EXIT:
        wish = Wish.LEAVE if says_connection(judged.sentence) else Wish.STOP
        return ExitSignal(wish=wish, matched=judged.sentence, rule="learnt", basis=Basis.LEARNT)
    if found.wish is Wish.UNSURE:
        return found if judged.likely >= _STILL_UNSURE else NONE
    if judged.likely >= _PERHAPS:
        return ExitSignal(wish=Wish.UNSURE, matched=judged.sentence, rule="learnt", basis=Basis.LEARNT)
    return NONE
