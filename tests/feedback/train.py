"""Trains the small model of exits anew from every reply that was seen; script/train runs it."""

from goodterms.feedback.parsers.exit_words import exit_by_lists
from goodterms.feedback.parsers.learnt.model import Lists
from goodterms.feedback.parsers.learnt.training import Example, train, write
from tests.feedback.corpus.reading import OWN, read_corpus
from tests.feedback.parsers.replies import LEAVE, NONE, STOP

KNOWN = {OWN, "second", "tables"}
"""Authors by whose replies the lists were written, so that these say little of how far lists can be trusted."""


LITTLE = 0.05


def seen() -> list[Example]:
    """Give every reply that may be learnt from, but those of which nobody can tell."""
    replies = list(read_corpus())
    # Short ones are the same in several languages.
    unseen = {reply.text for reply in replies if not reply.is_seen}
    return _of_tables(unseen) + [
        _example(reply.text, reply.author, wants_out=reply.wants_out)
        for reply in replies
        if reply.label != "U" and reply.text not in unseen
    ]


def _of_tables(unseen: set[str]) -> list[Example]:
    """Give the pairs of the tests of the lists: almost the same words, and the opposite wish."""
    wanted = [(text, True) for text in (*STOP, *LEAVE)] + [(text, False) for text in NONE]
    return [_example(text, "tables", wants_out=wants_out) for text, wants_out in wanted if text not in unseen]


def _example(text: str, author: str, *, wants_out: bool) -> Example:
    weight = LITTLE if author in KNOWN else 1.0
    return Example(text, author, Lists.of(exit_by_lists(text)), wants_out, weight)


if __name__ == "__main__":
    write(train(seen()))
