"""No mail makes a reader crash, work without end or eat all memory."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.feedback.parsers.asks import asks_in
from goodterms.feedback.parsers.assent import assent_in
from goodterms.feedback.parsers.authentication import is_authentic
from goodterms.feedback.parsers.html_words import words_in_html
from goodterms.feedback.parsers.mailbox import messages_in
from goodterms.feedback.parsers.reply import human_words
from tests.feedback.parsers.bombs import BOMBS

_SECONDS, _BYTES = 90, 1_500_000_000
"""Of work, not of waiting; some six times what it takes."""


@pytest.mark.slow
def test_every_bomb_is_read_within_limits_that_the_system_holds_to() -> None:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "tests.feedback.parsers.bombs", str(_SECONDS), str(_BYTES)]
    done = subprocess.run(
        command, cwd=root, env={"PYTHONPATH": f"{root}:{root / 'src'}"}, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout.splitlines()) == (0, list(BOMBS)), done.stderr[-2_000:]


_HEADERS = st.lists(
    st.text(max_size=80)
    | st.sampled_from(["mx", ";", "dkim=pass", "header.d=people.test", "(", ")", '"', "\\", "=", " ", "\r\n\t"]),
    max_size=20,
).map("".join)


@given(st.lists(_HEADERS, max_size=4), st.lists(st.text(max_size=30), max_size=2), st.sampled_from(["", "mx", ";"]))
def test_no_header_of_authentication_breaks_its_reader(headers: list[str], senders: list[str], trusted: str) -> None:
    assert is_authentic(headers, senders, trusted) in {True, False}


@given(_HEADERS)
def test_a_server_that_is_not_trusted_is_never_believed(header: str) -> None:
    assert not is_authentic([f"mx.evil.test; {header}"], ["bob@people.test"], "mx.owner.test")


@given(st.text(max_size=400))
def test_no_words_break_their_readers(words: str) -> None:
    assert assent_in(words) in {None, "yes", "join"}
    assert asks_in(words).kind in {"", "erase", "threat", "less_often"}
    assert isinstance(human_words(words, words[::2]), str)


@given(st.text(alphabet=st.sampled_from("<>/abtdrhi &;=\"'!-pscyle\n"), max_size=400))
def test_no_page_breaks_its_reader(page: str) -> None:
    assert isinstance(words_in_html(page), str)


@given(st.lists(st.binary(max_size=60) | st.sampled_from([b"From ", b"\n", b">From ", b"\n\nFrom x\n"]), max_size=20))
def test_no_mbox_breaks_its_reader(pieces: list[bytes]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mail.mbox"
        path.write_bytes(b"From a\n" + b"".join(pieces))
        assert all(isinstance(raw, bytes) for _, raw in messages_in(path))
