"""Drives every reader of mail with bytes that grow towards new paths through the code; `script/fuzz guided` runs it.

Atheris tells which lines a mail reached, and changes those mails that reached new ones; what raises is kept as a file.
Mails of the bombs are where it begins.
"""

import sys
import tempfile
from functools import partial
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["goodterms.feedback.parsers", "goodterms.lib", "email"]):
    from goodterms.feedback.parsers.asks import asks_in
    from goodterms.feedback.parsers.assent import assent_in
    from goodterms.feedback.parsers.authentication import is_authentic
    from goodterms.feedback.parsers.classify import classify
    from goodterms.feedback.parsers.exit_words import exit_in
    from goodterms.feedback.parsers.html_words import words_in_html
    from goodterms.feedback.parsers.mailbox import messages_in
    from goodterms.feedback.parsers.message import read_message
    from goodterms.feedback.parsers.reply import human_words
    from goodterms.lib.tokens import tokens_in

from tests.feedback.parsers.bombs import BOMBS

_LONGEST_SEED = 4_000


def read_everything(raw: bytes) -> None:
    """Read bytes as a mail, as words, as a page, as a header and as a mailbox."""
    incoming = read_message(raw, partial(tokens_in, b"key"))
    classify(
        incoming, own_addresses=["ann@owner.test"], our_footer="our words", is_known=lambda address: "@" in address
    )
    is_authentic(incoming.authentication, incoming.from_addresses, "mx.owner.test")
    text = raw.decode("utf-8", "replace")
    words = human_words(text, text[::2])
    exit_in(words, text[:100])
    asks_in(text)
    assent_in(text)
    words_in_html(text)
    is_authentic([text], ["bob@people.test"], "mx.owner.test")


def read_mailbox(folder: Path, raw: bytes) -> None:
    """Read bytes as a mailbox of many mails."""
    path = folder / "mail.mbox"
    path.write_bytes(b"From a\n" + raw)
    for _, mail in messages_in(path):
        read_message(mail, lambda _text: ())


def main() -> None:
    """Read on until told to stop; arguments are libFuzzer's, such as -max_total_time=900."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seeds = folder / "seeds"
        seeds.mkdir()
        for number, make in enumerate(BOMBS.values()):
            (seeds / f"{number}").write_bytes(make()[:_LONGEST_SEED])

        def one(raw: bytes) -> None:
            read_everything(raw)
            read_mailbox(folder, raw)

        atheris.Setup(
            [sys.argv[0], "-max_len=4000", "-timeout=60", "-rss_limit_mb=1500", *sys.argv[1:], str(seeds)], one
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
