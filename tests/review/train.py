"""Trains the small model of purposes anew from everything that was seen; script/train runs it."""

from goodterms.review.grey.letters import Letter, letters
from goodterms.review.grey.training import train, write
from tests.review.corpus import Draft, drafts, later_drafts

OLD = 3.0
"""What a draft of the first corpus counts: its twins differ by one sentence, so each says less."""


def seen() -> list[Letter]:
    """Give every letter that may be learnt from; the half of the first corpus that is unseen stays so."""
    first = [_letter(draft) for draft in drafts() if draft.is_seen]
    later = [_letter(draft) for name in ("later", "fresh") for draft in later_drafts(name)]
    return [*letters(), *first, *later]


def _letter(draft: Draft) -> Letter:
    begin = draft.text.index(draft.added) if draft.added else 0
    offers = ((begin, begin + len(draft.added)),) if draft.added else ()
    return Letter(draft.id, draft.purpose, draft.subject, draft.text, offers, OLD)


if __name__ == "__main__":
    write(train(seen()))
