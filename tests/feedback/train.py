"""Trains the small model of exits anew from every reply that was seen; script/train runs it."""

from goodterms.feedback.parsers.exit_words import exit_by_lists
from goodterms.feedback.parsers.learnt.model import Lists
from goodterms.feedback.parsers.learnt.training import Example, train, write
from tests.feedback.corpus.reading import OWN, read_corpus

KNOWN = {OWN, "second"}
"""Authors by whose replies the lists were written, so that these say little of how far lists can be trusted."""


def seen() -> list[Example]:
    """Give every reply that may be learnt from, but those of which nobody can tell."""
    return [
        Example(
            words=reply.text,
            author=reply.author,
            lists=Lists.of(exit_by_lists(reply.text)),
            wants_out=reply.wants_out,
            weight=0.05 if reply.author in KNOWN else 1.0,
        )
        for reply in read_corpus()
        if reply.is_seen and reply.label != "U"
    ]


if __name__ == "__main__":
    write(train(seen()))
