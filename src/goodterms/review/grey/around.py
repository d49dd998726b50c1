"""Where a sentence stands in its letter, and which kinds of words stand before and after it.

An offer comes late where a story leads to it, and early where nothing else is told; the same words in the middle of a
letter are more often news.
"""

from collections.abc import Sequence

from goodterms.review.grey.signs import Around, Token, kinds_of

_A_SENTENCE = 5
"""So many words make a sentence; less is a greeting or a name."""
_PARTS = 3
_MOST_FOURS = 5


def around_each(sentences: Sequence[Sequence[Token]], languages: tuple[str, ...]) -> list[Around]:
    """Give for each sentence of a letter where it stands and what stands beside it; sentences come as their tokens."""
    kinds = [frozenset[str]().union(*(kinds_of(token.text, languages) for token in one)) for one in sentences]
    places = _places([len(one) for one in sentences])
    beside = [frozenset({"nothing"}), *kinds, frozenset({"nothing"})]
    return [
        Around(place, (*sorted(f"before:{kind}" for kind in one), *sorted(f"after:{kind}" for kind in two)))
        for place, one, two in zip(places, beside, beside[2:], strict=False)
    ]


def _places(lengths: Sequence[int]) -> list[tuple[str, ...]]:
    """Name where sentences stand, by how many tokens they have: counted from the end, by thirds, and of how many."""
    count = len(lengths)
    whole = [place for place, length in enumerate(lengths) if length >= _A_SENTENCE] or list(range(count))
    return [
        (_from_end(place, whole), f"part{_PARTS * place // count}", f"of{min(count // 4, _MOST_FOURS)}")
        for place in range(count)
    ]


def _from_end(place: int, whole: Sequence[int]) -> str:
    later = sum(other > place for other in whole)
    if place > whole[-1]:
        return "below"
    if later < _PARTS:
        return f"end{later}"
    return "first" if place == whole[0] else "middle"
