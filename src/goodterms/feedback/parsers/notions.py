"""Reading what a sentence asks for from the notions in it, whatever their order: "not", "again" and "send" say stop.

The lists in exit_words.toml know whole turns of phrase; this knows words, by notions.toml, and comes after them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache, reduce
from operator import and_, or_

from goodterms.feedback.parsers.lexicon import SIGNS_A_WORD, WIDTH, Notion, lexicon, likely, marks_of
from goodterms.feedback.parsers.wish import NONE, Basis, ExitSignal, Wish

N = Notion
_NEAR_SIGNS, _NEAR_WORDS = 5, 4
# Where the word for not follows the verb, and where it ends the sentence: guards in exit_words.toml know those.
_NOT_FOLLOWS = ("de", "nl", "sv", "da", "no")
_NOT_ENDS = ("ja", "ko")
_LONG_WORD = 9
# English words stand in everybody's mails: "please unsubscribe mich".
_SHARED = (N.THING, N.LIST, N.REMOVE, N.UNSUBSCRIBE, N.STOP, N.CONNECTION)
_TURNED_ROUND = (N.REMOVE, N.UNSUBSCRIBE, N.STOP, N.END)
_DENYING = (N.NOT, N.DARE)
_LEAVE, _STOP = Wish.LEAVE, Wish.STOP


@dataclass(frozen=True)
class _Rule:
    """Notions that together say something: for certain in a clause of so many words at most, in more perhaps."""

    wish: Wish
    needs: tuple[Notion, ...]
    certain: int
    perhaps: int


_RULES = (
    _Rule(_LEAVE, (N.REMOVE, N.ME, N.CONNECTION), 12, 20),
    _Rule(_LEAVE, (N.END, N.ME, N.CONNECTION), 12, 20),
    _Rule(_LEAVE, (N.END, N.CONNECTION), 8, 12),
    _Rule(_LEAVE, (N.NOT, N.WANT, N.AGAIN, N.CONNECTION), 12, 20),
    _Rule(_STOP, (N.ALONE,), 8, 16),
    _Rule(_STOP, (N.WITHDRAW, N.CONSENT), 25, 40),
    _Rule(_STOP, (N.WITHDRAW, N.MY, N.DATA), 14, 26),
    _Rule(_STOP, (N.UNSUBSCRIBE, N.ME), 10, 20),
    _Rule(_STOP, (N.UNSUBSCRIBE, N.THING), 10, 16),
    _Rule(_STOP, (N.UNSUBSCRIBE, N.LIST), 10, 16),
    _Rule(_STOP, (N.UNSUBSCRIBE, N.WANT), 10, 16),
    _Rule(_STOP, (N.UNSUBSCRIBE, N.CAN), 10, 16),
    _Rule(_STOP, (N.UNSUBSCRIBE,), 3, 16),
    _Rule(_STOP, (N.REMOVE, N.ME, N.LIST), 16, 26),
    _Rule(_STOP, (N.REMOVE, N.MY, N.LIST), 16, 26),
    _Rule(_STOP, (N.REMOVE, N.MY, N.DATA), 14, 26),
    _Rule(_STOP, (N.REMOVE, N.ME, N.THING), 10, 14),
    _Rule(_STOP, (N.REMOVE, N.LIST), 6, 14),
    _Rule(_STOP, (N.REMOVE, N.ME), 4, 10),
    _Rule(_STOP, (N.STOP, N.SEND), 8, 16),
    _Rule(_STOP, (N.STOP, N.GET), 6, 8),
    _Rule(_STOP, (N.STOP, N.USE, N.DATA), 9, 14),
    _Rule(_STOP, (N.NOT, N.USE, N.DATA), 8, 14),
    _Rule(_STOP, (N.SPAM,), 4, 14),
    _Rule(_STOP, (N.STOP, N.THING), 6, 10),
    _Rule(_STOP, (N.STOP, N.BOTHER), 8, 12),
    _Rule(_STOP, (N.STOP,), 1, 1),
    _Rule(_STOP, (N.REMOVE,), 0, 2),
    _Rule(_STOP, (N.CAN, N.STOP), 0, 5),
    _Rule(_STOP, (N.CAN, N.REMOVE), 0, 4),
    _Rule(_STOP, (N.NOT, N.WANT, N.GET), 12, 20),
    _Rule(_STOP, (N.NOT, N.WANT, N.THING), 9, 16),
    _Rule(_STOP, (N.NOT, N.WANT, N.AGAIN), 7, 12),
    _Rule(_STOP, (N.NOT, N.WANT), 4, 7),
    _Rule(_STOP, (N.NOT, N.SEND), 0, 4),
    _Rule(_STOP, (N.REMOVE, N.DATA), 0, 10),
    _Rule(_STOP, (N.NOT, N.AGAIN, N.GET, N.THING), 10, 16),
    _Rule(_STOP, (N.NOT, N.AGAIN, N.SEND), 8, 14),
    _Rule(_STOP, (N.NOT, N.AGAIN, N.THING), 6, 12),
    _Rule(_STOP, (N.NOT, N.SEND, N.ME, N.THING), 7, 12),
    _Rule(_STOP, (N.NOT, N.SEND, N.THING), 4, 8),
    _Rule(_STOP, (N.NOT, N.SEND, N.ME), 3, 7),
    _Rule(_STOP, (N.NOT, N.BOTHER), 5, 8),
    _Rule(_STOP, (N.NOT, N.INTEREST), 7, 18),
    _Rule(_STOP, (N.NOT, N.WANT, N.SEND), 0, 16),
    _Rule(_STOP, (N.NOT, N.ENROL), 0, 12),
    _Rule(_STOP, (N.NOT, N.AGAIN), 0, 4),
    _Rule(_STOP, (N.NOT, N.FORME), 0, 12),
    _Rule(_STOP, (N.DOUBT,), 0, 30),
    _Rule(_STOP, (N.LESS,), 0, 6),
    _Rule(_STOP, (N.LESS, N.SEND), 0, 12),
    _Rule(_STOP, (N.LESS, N.THING), 0, 12),
    _Rule(_STOP, (N.LESS, N.GET), 0, 12),
    _Rule(_STOP, (N.WHERE, N.MY, N.DATA), 0, 12),
    _Rule(_STOP, (N.WHERE, N.MY, N.THING), 0, 9),
)

_RULES_BY_NEED = [(reduce(or_, (1 << notion for notion in rule.needs)), rule) for rule in _RULES]
_EVERY_NOTION = (1 << WIDTH) - 1
_ANY_TURNED_ROUND = sum(1 << notion for notion in _TURNED_ROUND)


@lru_cache(maxsize=4096)
def _rules_for(present: int) -> tuple[_Rule, ...]:
    """Give the rules whose notions are all there."""
    return tuple(rule for needed, rule in _RULES_BY_NEED if not needed & ~present)


@lru_cache(maxsize=1024)
def _places_of(languages: int) -> tuple[int, ...]:
    """Give at which bits the notions of these languages begin."""
    return tuple(place for place in range(0, languages.bit_length(), WIDTH) if languages >> place & 1)


class Clause:
    """Some words of a person's and the notions in them."""

    __slots__ = ("is_joined", "languages", "marks", "notions", "present", "text")

    def __init__(self, text: str, languages: int = 0) -> None:
        """Read words with blanks between them; `languages` has the first bits of those they may be in."""
        self.text = text
        self.marks, self.is_joined = marks_of(text)
        self.languages = languages or likely(self.marks)
        self.notions = _notions_of(self.marks, self.languages)
        """All notions in it; those of English count for every language."""
        self.present = _present(self.notions, self.languages)
        """The notions that are there in any language."""

    @property
    def count(self) -> int:
        """How many words it has."""
        words = self.text.count(" ") + 1
        return words if not self.is_joined or words * _LONG_WORD >= len(self.text) else len(self.text) // SIGNS_A_WORD

    def has(self, notion: Notion) -> int:
        """Give the first bits of the languages in which it has a notion."""
        return self.notions >> notion & self.languages

    def is_turned_round(self) -> bool:
        """Say whether it asks that somebody not be removed, or things not be stopped."""
        if not self.present & _ANY_TURNED_ROUND:
            return False
        verbs = [notion for notion in _TURNED_ROUND if self.has(notion)]
        if reduce(or_, map(self.has, verbs)) & self.has(N.DARE):
            return True
        return any(self._is_denied(notion) for notion in verbs)

    def _is_denied(self, notion: Notion) -> bool:
        """Say whether a word for not stands by all the words of a notion; in some languages it follows them."""
        both = self.has(notion) & self.has(N.NOT) & ~self.has(N.CAN)
        verbs = self._places(both << notion)
        return bool(verbs) and all(self._follows_not(place, both) for place in verbs)

    def _follows_not(self, place: int, languages: int) -> bool:
        """Say whether a word for not stands right before a place, or one for me between them."""
        if languages & _first_bits(_NOT_ENDS):
            return False
        nots = set(self._places(languages << N.NOT)) - {place}
        if self.is_joined:
            return any(place - _NEAR_SIGNS <= no < place for no in nots)
        if languages & _first_bits(_NOT_FOLLOWS) and {place + 1, place + 2} & nots:
            return True
        for before in range(place - 1, max(-1, place - _NEAR_WORDS), -1):
            if before in nots:
                return True
            if (
                not (self.marks[before] >> N.ME | self.marks[before] >> N.WANT | self.marks[before] >> N.SMALL)
                & languages
            ):
                return False
        return False

    def has_apart(self, needs: tuple[Notion, ...], languages: int) -> bool:
        """Say whether as many words bear these notions as there are notions."""
        # In some languages one word says "do not want".
        others = [notion for notion in needs if notion is not N.NOT]
        if len(others) == 1 or self.is_joined:
            return True
        asked = reduce(or_, (languages << notion for notion in others))
        shared = reduce(or_, (_english() << notion for notion in others if notion in _SHARED), 0)
        return len(self._places(asked | shared)) >= len(others)

    def _places(self, bits: int) -> list[int]:
        return [place for place, found in enumerate(self.marks) if found & bits]


def _notions_of(marks: list[int], languages: int) -> int:
    bits = reduce(or_, marks, 0)
    if bits & _shared():
        for notion in _SHARED:
            if bits & (_english() << notion):
                bits |= languages << notion
    return bits


def _present(notions: int, languages: int) -> int:
    found = 0
    if notions:
        for place in _places_of(languages):
            found |= notions >> place
    return found & _EVERY_NOTION


def read_sentences(text: str) -> ExitSignal:
    """Give the wish in words with blanks between them, sentences divided by ` . ` and pauses by ` , `.

    Notions that stand together without a pause may say an exit; over one, perhaps.
    """
    pieces = list(_pieces(text))
    languages = likely([mark for piece, is_whole in pieces if is_whole for mark in marks_of(piece)[0]])
    found = NONE
    for piece, is_whole in pieces:
        here = _read(Clause(piece, languages))
        if here.wish and is_whole and here.wish is not Wish.UNSURE:
            return here
        if here.wish and not found.wish:
            found = replace(here, wish=Wish.UNSURE)
    return found


def _english() -> int:
    return _first_bits(("en",))


@cache
def _everywhere(notions: tuple[Notion, ...]) -> int:
    """Give the bits of notions in all languages."""
    return sum(1 << place * WIDTH + notion for place in range(len(lexicon().names)) for notion in notions)


@cache
def _shared() -> int:
    return reduce(or_, (_english() << notion for notion in _SHARED))


@cache
def _first_bits(names: tuple[str, ...]) -> int:
    return sum(1 << (lexicon().names.index(name) * WIDTH) for name in names)


@lru_cache(maxsize=64)
def denies(clause: str) -> bool:
    """Say whether a clause asks that somebody not be removed, or tells where a mail had landed."""
    bits = reduce(or_, marks_of(clause)[0], 0)
    if not bits & _everywhere((N.JUNK,)) and not (bits & _everywhere(_TURNED_ROUND) and bits & _everywhere(_DENYING)):
        return False
    read = Clause(clause)
    return bool(read.has(N.JUNK)) or read.is_turned_round()


def wants_to_leave(clause: str) -> bool:
    """Say whether a clause asks for an end of the connection."""
    read = Clause(clause)
    return bool(read.has(N.END) & read.has(N.CONNECTION) & ~read.has(N.LIST))


def says_connection(clause: str) -> bool:
    """Say whether a clause speaks of the connection, and of no list or mails."""
    read = Clause(clause)
    return bool(read.has(N.CONNECTION) & ~read.has(N.LIST) & ~read.has(N.THING))


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Give clauses, and sentences of several; a sentence's clauses are whole, it is not."""
    for sentence in text.split(" . "):
        clauses = sentence.split(" , ")
        for clause in clauses:
            yield clause, True
        if len(clauses) > 1:
            yield sentence, False


def _read(clause: Clause) -> ExitSignal:
    found = NONE
    rules = _rules_for(clause.present)
    if not rules or clause.is_turned_round():
        return found
    for rule in rules:
        fits = reduce(and_, map(clause.has, rule.needs)) & ~clause.has(N.JUNK)
        if not fits or clause.count > max(rule.certain, rule.perhaps) or _is_something_else(clause, rule, fits):
            continue
        signal = _signal(clause, rule, fits)
        if signal.wish is not Wish.UNSURE:
            return signal
        found = found if found.wish else signal
    return found


def _is_something_else(clause: Clause, rule: _Rule, fits: int) -> bool:
    """Say whether a word is taken for two notions, the exit is what is not wanted, or a mail did not arrive."""
    if not clause.has_apart(rule.needs, fits) or (rule.needs[0] is N.SPAM and clause.has(N.JUNK)):
        return True
    if rule.needs[0] is not N.NOT:
        return False
    not_arrived = N.SEND in rule.needs and clause.has(N.GET) & fits & ~clause.has(N.AGAIN) & ~clause.has(N.WANT)
    return bool(not_arrived or clause.has(N.NOT) & (clause.has(N.UNSUBSCRIBE) | clause.has(N.STOP)))


def _signal(clause: Clause, rule: _Rule, fits: int) -> ExitSignal:
    doubts = clause.has(N.KEEP) | clause.has(N.IF)
    if N.NOT not in rule.needs and rule.needs[0] in _TURNED_ROUND:
        doubts |= clause.has(N.NOT)
    is_certain = clause.count <= rule.certain and fits & ~doubts
    language = lexicon().names[(fits & -fits).bit_length() // WIDTH]
    return ExitSignal(
        wish=rule.wish if is_certain else Wish.UNSURE,
        matched=clause.text,
        rule=f"{language}.{'+'.join(notion.name.lower() for notion in rule.needs)}",
        basis=Basis.NOTIONS,
    )
