"""A person's own words are told from what they quote, in the ways mail programs quote."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mailparser_reply.parser import EmailMessage

from goodterms.feedback.parsers.exit_words import exit_in
from goodterms.feedback.parsers.reply import LANGUAGES, human_words, is_for_library
from goodterms.updates.footer import footer_of, footer_words
from tests.updates.made_up import TERMS, ways

FOOTER = footer_of(TERMS, ways("https://out.example")).text
QUOTED = "".join(f"> {line}\n" for line in f"Dear Bob,\nnews!\n{FOOTER}".splitlines())


@pytest.mark.parametrize(
    "reply",
    [
        "Lovely!\n\nOn Fri, 20 Nov 2026 at 10:30, Alice Able <alice@able.example> wrote:\n\n" + QUOTED,
        "Lovely!\n\nOn Fri, 20 Nov 2026 at 10:30, Alice Able\n<alice@able.example>\nwrote:\n" + QUOTED,
        QUOTED + "\nLovely!",
        "On 2026-11-20 10:30, Alice wrote:\n" + QUOTED + "\nLovely!\n",
        "Lovely!\n\nAm 20.11.2026 um 10:30 schrieb Alice Able:\n" + FOOTER,
        "Lovely!\n\nLe 20/11/2026 à 10:30, Alice Able a écrit :\n" + FOOTER,
        "Lovely!\n\nEl vie, 20 nov 2026 a las 10:30, Alice (<alice@able.example>) escribió:\n" + FOOTER,
        "Lovely!\n\nEm sex., 20 de nov. de 2026 às 10:30, Alice <a@able.example> escreveu:\n" + FOOTER,
        "Lovely!\n\nIl giorno ven 20 nov 2026 alle 10:30 Alice <a@able.example> ha scritto:\n" + FOOTER,
        "Lovely!\n\nOp vr 20 nov. 2026 om 10:30 schreef Alice <a@able.example>:\n" + FOOTER,
        "Lovely!\n\nDen fre 20 nov. 2026 kl 10:30 skrev Alice <a@able.example>:\n" + FOOTER,
        "Lovely!\n\npt., 20 lis 2026 o 10:30 Alice <a@able.example> napisał(a):\n" + FOOTER,
        "Lovely!\n\nпт, 20 нояб. 2026 г. в 10:30, Alice <a@able.example>:\n" + QUOTED,
        "Lovely!\n\n2026年11月20日(金) 10:30 Alice <a@able.example>:\n" + QUOTED,
        "Lovely!\n\n-----Original Message-----\nFrom: Alice\n\n" + FOOTER,
        "Lovely!\n\n-------- Ursprüngliche Nachricht --------\nVon: Alice\n\n" + FOOTER,
        "Lovely!\n\n________________________________\nFrom: Alice\nSent: Friday\nTo: Bob\nSubject: News\n\n" + FOOTER,
        "Lovely!\n\nVon: Alice Able\nGesendet: Freitag\nAn: Bob\nBetreff: News\n\n" + FOOTER,
        "Lovely!\n\nDe : Alice\nEnvoyé : vendredi\nÀ : Bob\nObjet : News\n\n" + FOOTER,
        "Lovely!\n\nBegin forwarded message:\n\n" + FOOTER,
        "Lovely!\n-- \nBob Byte\nUnsubscribe from life: skipper@boats.test",
        "Lovely!\n\nSent from my iPhone\n",
        "Lovely!\n\nGet Outlook for iOS<https://aka.test>\n",
        "Lovely!\n\n" + FOOTER,
        "Lovely!\r\n\r\n" + FOOTER.replace("\n", "\r\n"),
    ],
)
def test_only_the_persons_own_words_are_read(reply: str) -> None:
    words = human_words(reply, footer_words(TERMS))

    assert exit_in(words).wish is None
    assert "Lovely!" in words
    assert "stay connected" not in words


@pytest.mark.parametrize(
    "reply",
    [
        "stop\n\n" + QUOTED,
        QUOTED + "\nstop",
        "> 1. Stop these updates and stay connected\n\nstop\n\n> 2. Break\n",
        "Stop these updates and stay connected",
        "\n-- \nstop",
        "stop\n-- \nBob",
        "stop\nSent from my phone",
    ],
)
def test_an_exit_above_below_or_between_quotes_is_read(reply: str) -> None:
    assert exit_in(human_words(reply, footer_words(TERMS))).wish is not None


def test_a_sentence_with_wrote_in_it_is_no_quote() -> None:
    reply = "Thanks for what you wrote.\nOn Monday I wrote\nto Carol. Please unsubscribe me."

    assert human_words(reply) == reply


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_is_read(text: str) -> None:
    assert isinstance(human_words(text, FOOTER), str)


@pytest.mark.parametrize("text", ["On " * 30_000, "From: a\n" * 10_000, "> " * 50_000, "\n" * 100_000, "a, " * 40_000])
def test_hostile_lengths_take_no_time(text: str) -> None:
    """Anybody can write to us; a second is far more than this needs."""
    exit_in(human_words(text, FOOTER))


HEADER_PIECES = st.sampled_from(
    [
        *("On Mon, 2 Nov", "wrote:", "Am Montag", "schrieb", "Bo:", "El 2", "escribió:", "Le lundi", "a écrit :"),
        *("Il 2", "ha scritto:", "Op ma", "schreef:", "Den 2 nov", "skrev", "Dne 2", "napsal(a):", "Dnia 2"),
        *(
            "napisał(a):",
            "2026年11月2日",
            "写道：",
            "(月) 10:30 Bo <b@c>",
            ">:",
            "2026년 11월 2일",
            "님이 작성하였습니다:",
        ),
        *("From:", "To: x", "Von:", "Betreff:", "Od:", "Komu:", "Do:", "TEMAT: x", "dw:", "De :", "Fra:", "发件人:"),
        *(
            "-----Original Message-----",
            "_" * 32,
            "----- original message -----",
            "> ",
            "* ",
            "stop",
            "10:30",
            "：",
            ":",
        ),
        *("\n", "\n\n", " ", "\u00a0", "\u2028"),
    ]
)


@given(st.lists(st.tuples(HEADER_PIECES, st.sampled_from(["", " ", "\n"])).map("".join), max_size=9).map("".join))
@settings(max_examples=300, deadline=None)
def test_the_library_is_asked_wherever_it_finds_a_header(text: str) -> None:
    mail = EmailMessage(text=text, languages=list(LANGUAGES))
    if mail.HEADER_REGEX.search(mail.text):
        assert is_for_library(text)
