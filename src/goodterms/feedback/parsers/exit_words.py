"""Finding a wish to get out in what a person wrote, in many languages, by the words in exit_words.toml.

What the lists are not certain of, the small model in learnt/ weighs.
A missed exit is far worse than a needless question, so whatever may be one is at least unsure.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from goodterms.feedback.parsers.anchors import Prefilter, anchors_of
from goodterms.feedback.parsers.folding import MOST_SIGNS, contracted, fold, own_words, words_of_contracted
from goodterms.feedback.parsers.learnt.weighing import weighed
from goodterms.feedback.parsers.notions import denies, read_sentences, wants_to_leave
from goodterms.feedback.parsers.wish import NONE, Basis, ExitSignal, Wish
from goodterms.lib.tokens import without_tokens

__all__ = ["ExitSignal", "Wish", "exit_in"]

_MOST_MATCHES = 40
_SHORT_REPLY, _VERY_SHORT_REPLY, _SHORT_SENTENCE = 25, 10, 2
_REQUESTS = ("leave", "threat", "stop")
_WORDS, _WEAK = ("leave_word", "stop_word", "common"), ("leave_weak", "weak")
_ENDS = re.compile(r"[.!?…。！？｡؟।|•]+|\n\s*\n")
_PAUSES = re.compile(r"[,;:،、，；：()\[\]–—\"“”„«»]+|\s-+\s")
_ANSWER_MARK = re.compile(
    r"^\s*((re|aw|sv|vs|antw|antwort|odp|ynt|rif|res|ref|fwd?|wg|tr|rv|vb|enc|回复|回覆|答复|転送)\s*(\[\d+\])?\s*[:：]\s*)+"
)
_DENIABLE = {"stop", "leave", "threat", "stop_word", "leave_word", "common"}
_SIGNS = frozenset("🛑⛔🚫✋👎🙅🤚🖐❌✖🔕📵🗑🖕😡🤬📴⏹")
_SPELT = re.compile(r"(?<!\w)[^\W\d_](?:[ ._-][^\W\d_](?!\w)){2,}")  # S T O P
_REPEATED = re.compile(r"(\w)\1{2,}")  # stooop


def exit_in(words: str, subject: str = "") -> ExitSignal:
    """Give the exit a person's words ask for; a subject counts where it is theirs and says nothing else."""
    by_subject = _in_subject(subject)
    own = own_words(words)
    found = weighed(own, exit_by_lists(own), _has_guard)
    if found.wish in {Wish.STOP, Wish.LEAVE} or by_subject.wish is None:
        return found
    return by_subject if by_subject.wish is not Wish.UNSURE or found.wish is None else found


@lru_cache(maxsize=64)  # all answers to an update have its subject
def _in_subject(subject: str) -> ExitSignal:
    bare = without_tokens(subject)
    own = _ANSWER_MARK.sub("", fold(bare))
    found = _alone(_Reply.of(own), (*_WORDS, *_WEAK))
    if found.wish is None:
        return NONE
    # An answer keeps the subject of what it answers: then the words may be ours.
    wish = Wish.UNSURE if own != fold(bare) else found.wish
    return ExitSignal(wish=wish, matched=found.matched, rule=f"{found.rule} in subject")


def exit_by_lists(words: str) -> ExitSignal:
    """Give the exit that the lists and the notions find in words."""
    reply = _Reply.of(_evened(words[:MOST_SIGNS]))
    requests = [match for name in _REQUESTS if name in reply.lists for match in _matches(reply, name)]
    request = next((match for match in requests if not _is_taken_back(reply, match)), None)
    if request:
        if request.name == "stop" and wants_to_leave(_clause_around(reply, request)):
            request = request._replace(name="leave")
        wanted = next(_matches(reply, "wanted"), None)
        return (wanted or request).signal(Wish.UNSURE if wanted else None)
    found = next((found for rule in (_alone_somewhere, _short, _doubtful) if (found := rule(reply)).wish), None)
    found = found or _near_negation(reply, requests)
    return found if found.wish in {Wish.STOP, Wish.LEAVE} or requests else _by_notions(reply, found)


def _evened(words: str) -> str:
    """Give words without play: S T O P and stooop are stop."""
    together = _SPELT.sub(lambda spelt: re.sub(r"[ ._-]", "", spelt.group()), words)
    return _REPEATED.sub(r"\1", together)


class _Reply:
    """A reply's words: sentences apart by ` . `, pauses by ` , `."""

    __slots__ = ("count", "folded", "has_sign", "lists", "text")

    def __init__(self, text: str, folded: str = "", *, has_sign: bool = False) -> None:
        self.text = text
        self.folded = folded
        self.has_sign = has_sign
        self.lists = _languages_by_list(_bits_for(text))
        """For each list that may match, the languages whose list it is, in their order."""
        parts = text.split()
        self.count = len(parts) - parts.count(".") - parts.count(",")
        """How many words it has."""

    @classmethod
    def of(cls, words: str) -> "_Reply":
        folded = contracted(fold(words))
        text = " . ".join(filter(None, map(_joined, _ENDS.split(folded))))
        return cls(text, folded, has_sign=not (words.isascii() or _SIGNS.isdisjoint(words)))

    def units(self) -> list[str]:
        """Give sentences and lines, each of which may be an answer of its own."""
        units = self.text.split(" . ")
        if "\n" in self.folded or _ENDS.search(self.folded):
            units += map(_joined, _own_lines(self.folded))
        return list(dict.fromkeys(filter(None, units)))


class _Match(NamedTuple):
    language: "_Language"
    name: str
    start: int
    end: int
    words: str

    def signal(self, wish: Wish | None = None) -> ExitSignal:
        own = Wish.LEAVE if self.name.startswith("leave") else Wish.STOP
        return ExitSignal(wish=wish or own, matched=self.words, rule=f"{self.language.name}.{self.name}")


class _Language(NamedTuple):
    """One language's patterns, by the name of their list."""

    name: str
    patterns: dict[str, re.Pattern[str]]


def _joined(sentence: str) -> str:
    clauses = _PAUSES.split(sentence)
    if len(clauses) == 1:
        return words_of_contracted(sentence)
    return " , ".join(filter(None, map(words_of_contracted, clauses)))


def _own_lines(words: str) -> Iterator[str]:
    """Give the lines that are no wrapped part of a longer one."""
    before = ""
    for line in words.splitlines():
        if len(before) < 60:
            yield line
        before = line.rstrip()


def _matches(reply: _Reply, name: str) -> Iterator[_Match]:
    """Give what fits a list in any language, without what begins inside a guard."""
    languages = reply.lists.get(name)
    return _matches_of(reply, name, languages) if languages else iter(())


def _matches_of(reply: _Reply, name: str, languages: list[_Language]) -> Iterator[_Match]:
    for language in languages:
        for match in islice(language.patterns[name].finditer(reply.text), _MOST_MATCHES):
            found = _Match(language, name, match.start(), match.end(), match.group())
            if not _is_guarded(reply, found):
                yield found


def _is_guarded(reply: _Reply, match: _Match) -> bool:
    for start, end in _guards(reply.text):
        if start < match.start < end or (start == match.start and match.end <= end):
            return True
    return _negated(reply, match, r" $") or (match.name in _DENIABLE and denies(_clause_around(reply, match)))


def _has_guard(words: str) -> bool:
    """Say whether a guard stands in words, or a clause that asks for the opposite."""
    text = _Reply.of(_evened(words[:MOST_SIGNS])).text
    return bool(_guards(text)) or any(denies(clause) for clause in re.split(r" [.,] ", text))


def _clause_around(reply: _Reply, match: _Match) -> str:
    before, after = reply.text[: match.start], reply.text[match.end :]
    return re.split(r" [.,] ", before)[-1] + match.words + re.split(r" [.,] ", after)[0]


@lru_cache(maxsize=64)  # a reply and its sentences are asked about many times, and then never again
def _guards(text: str) -> tuple[tuple[int, int], ...]:
    patterns = (language.patterns["guard"] for language in _languages_for(text, "guard"))
    return tuple(match.span() for pattern in patterns for match in pattern.finditer(text))


def _negated(reply: _Reply, match: _Match, gap: str) -> bool:
    """Say whether its language's word for not stands before a match, with such a gap between them."""
    pattern = match.language.patterns.get("not")
    if pattern is None:
        return False
    before = re.split(r"[.,]", reply.text[: match.start])[-1]
    return any(re.match(gap, before[found.end() :]) for found in pattern.finditer(before))


def _is_taken_back(reply: _Reply, match: _Match) -> bool:
    return _negated(reply, match, r" (\w+ ){1,3}$")


def _near_negation(reply: _Reply, requests: list[_Match]) -> ExitSignal:
    return requests[0].signal(Wish.UNSURE) if requests else NONE


def _alone_somewhere(reply: _Reply) -> ExitSignal:
    """Find a sentence or line that says nothing but the exit."""
    present = [name for name in (*_WORDS, *_WEAK, "unclear") if name in reply.lists]
    whole = _alone(reply, present)
    if whole.wish:
        return replace(whole, basis=Basis.ALONE)
    names = [name for name in present if name in _WORDS or (name in _WEAK and reply.count <= _VERY_SHORT_REPLY)]
    # A unit's words are the reply's: where no list fits the whole, none fits a unit.
    for unit in reply.units() if names else ():
        found = NONE if unit == reply.text and names == present else _alone(_Reply(unit), names)
        if found.wish:
            return found
    return ExitSignal(wish=Wish.UNSURE, rule="sign") if reply.has_sign and reply.count <= _SHORT_SENTENCE else NONE


def _alone(reply: _Reply, names: Sequence[str]) -> ExitSignal:
    """Give the exit where nothing is left of a text without the words of these lists and polite ones."""
    matches = [match for name in names if name in reply.lists for match in _matches(reply, name)]
    if not matches:
        return NONE
    rest = _cut(reply.text, matches)
    if rest.strip(" .,"):
        return NONE
    best = min(matches, key=lambda match: (match.name == "unclear", not match.name.startswith("leave")))
    return best.signal(Wish.UNSURE if best.name == "unclear" else None)


def _cut(text: str, matches: list[_Match]) -> str:
    """Give what is left of a text without these matches and without polite words."""
    kept = list(text)
    for match in matches:
        kept[match.start : match.end] = "\0" * (match.end - match.start)
    rest = "".join(kept).replace("\0", "")
    for language in _languages_for(rest, "polite"):
        rest = language.patterns["polite"].sub(" ", rest)
    return rest


def _short(reply: _Reply) -> ExitSignal:
    """Find exit words among others: in a sentence of two words an exit, else perhaps one."""
    names = ["leave_word", "stop_word", *(["common"] if reply.count <= _SHORT_REPLY else [])]
    matches = [match for name in names for match in _matches(reply, name)]
    if not matches:
        return NONE
    sentence = _cut(_sentence_of(reply, matches[0]), []).replace(",", " ").split()
    is_exit = len(sentence) <= _SHORT_SENTENCE and reply.count <= _SHORT_REPLY
    return matches[0].signal(None if is_exit else Wish.UNSURE)


def _sentence_of(reply: _Reply, match: _Match) -> str:
    before = reply.text[: match.start].rpartition(" . ")[2]
    return before + reply.text[match.start :].partition(" . ")[0]


def _doubtful(reply: _Reply) -> ExitSignal:
    match = next(_matches(reply, "doubt"), None)
    return match.signal(Wish.UNSURE) if match else NONE


def _by_notions(reply: _Reply, found: ExitSignal) -> ExitSignal:
    """Read the sentences by their notions where no list fits, or one only perhaps."""
    read = read_sentences(_without_guarded(reply.text))
    if read.wish and (found.wish is None or read.wish is not Wish.UNSURE):
        wanted = next(_matches(reply, "wanted"), None)
        return wanted.signal(Wish.UNSURE) if wanted else read
    return found


def _without_guarded(text: str) -> str:
    guards = _guards(text)
    kept = list(text) if guards else []
    for start, end in guards:
        kept[start:end] = " " * (end - start)
    return "".join(kept) if guards else text


def _languages_for(text: str, name: str) -> list[_Language]:
    """Give the languages whose list of this name may match a text, in their order."""
    return _languages_by_list(_bits_for(text)).get(name, [])


@lru_cache(maxsize=64)
def _bits_for(text: str) -> int:
    return _prefilter().bits_for(text)


@lru_cache(maxsize=4096)  # the same few words of a language are in most replies
def _languages_by_list(bits: int) -> dict[str, list[_Language]]:
    languages = _languages()
    found: dict[str, list[_Language]] = {}
    for place, name in sorted(_prefilter().names(bits)):
        found.setdefault(name, []).append(languages[place])
    return found


@cache
def _prefilter() -> Prefilter[tuple[int, str]]:
    return Prefilter(
        {
            (place, name): [anchors_of(fold(entry), joined="joined" in table) for entry in entries]
            for place, table in enumerate(_tables().values())
            for name, entries in table.items()
            if name != "joined"
        }
    )


@cache
def _languages() -> tuple[_Language, ...]:
    return tuple(
        _Language(
            name,
            {key: _pattern(value, joined="joined" in table) for key, value in table.items() if key != "joined"},
        )
        for name, table in _tables().items()
    )


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _pattern(entries: list[str], *, joined: bool) -> re.Pattern[str]:
    # The longest entry first, so that "dont want to" is taken whole and not as "dont".
    choices = "|".join(f"(?:{fold(entry)})" for entry in sorted(entries, key=len, reverse=True))
    return re.compile(choices if joined else rf"(?<!\w)(?:{choices})(?!\w)")
