"""Wishes that no list holds word for word are understood by the notions in them, in any order."""

import tomllib
from pathlib import Path

import pytest

from goodterms.feedback import parsers
from goodterms.feedback.parsers.asks import asks_in
from goodterms.feedback.parsers.exit_words import Wish, exit_by_lists
from goodterms.feedback.parsers.lexicon import Notion, canonical, lexicon
from goodterms.feedback.parsers.notions import Clause, denies, read_sentences
from goodterms.ledger.rules.kinds import Vehicle

PARSERS = Path(parsers.__path__[0])


@pytest.mark.parametrize(
    "reply",
    [
        "Ich widerrufe hiermit meine Einwilligung, Dr. Voss",
        "please unsubscribe mich",
        "moechte keine mails mehr kriegen",
        "Je veux plus de vos mails",
        "Wer hat Ihnen das erlaubt? Lassen Sie das.",
        "me tira dessa lista",
        "otpishite menya",
        "den thelo alla mail",
        "band karo ye mail",
        "Sla mij volgende keer over",
        "Ne vous fatiguez plus à m'écrire",
        "S T O P",
        "stooop",
        "もう送らないで",
        "別再寄了",
    ],
)
def test_an_exit_is_found_whatever_the_order_and_the_spelling(reply: str) -> None:
    assert exit_by_lists(reply).wish is Wish.STOP


@pytest.mark.parametrize(
    "reply",
    [
        "That isn't for me any more",
        "Das ist nichts mehr für mich.",
        "Schon wieder eine Mail?",
        "👎",
        "🛑 please",
        "Ich hab mich nie dafür angemeldet",
        "Vil du ikke fjerne mig fra dine forbindelser?",
    ],
)
def test_what_is_said_in_passing_is_asked_about(reply: str) -> None:
    assert exit_by_lists(reply).wish is Wish.UNSURE


@pytest.mark.parametrize(
    "reply",
    [
        "Streich mich bloß nicht von der Liste",
        "Surtout ne m'enlève pas de ta liste",
        "Não me tire da lista",
        "千万别把我从名单里删了",
        "Sakın beni listeden çıkarma ha",
        "Deine Mail lag im Spam, hab sie nur durch Zufall gesehen",
        "J'ai failli ne pas le voir, il était dans les indésirables",
        "Давно не писал, извини",
        "Jag fick inte ditt mejl",
        "Ik heb je mail niet ontvangen",
        "Zrušili nám vlak",
        "Parei no ponto de ônibus",
        "ご連絡ありがとうございます",
    ],
)
def test_the_opposite_and_a_spam_folder_are_no_exit(reply: str) -> None:
    assert exit_by_lists(reply).wish is None


def test_over_a_pause_notions_are_only_perhaps_meant_together() -> None:
    assert read_sentences("ich mochte keine mails mehr").wish is Wish.STOP
    assert read_sentences("keine ahnung , schick mir mehr mails").wish is not Wish.STOP


def test_a_break_is_told_from_a_stop() -> None:
    assert exit_by_lists("Bitte löschen Sie mich aus Ihren LinkedIn-Kontakten.").wish is Wish.LEAVE
    assert exit_by_lists("Retirez-moi de vos relations LinkedIn").wish is Wish.LEAVE


def test_a_word_for_not_must_stand_by_what_it_denies() -> None:
    assert denies("streich mich bloss nicht von der liste")
    assert not denies("kein interesse bitte abmelden")
    assert not denies("ich kann mich nicht abmelden")


def test_a_language_is_told_by_its_small_words() -> None:
    place = lexicon().names.index
    languages = Clause("das ist der hund und ich bin hier mit dir").languages
    assert languages == 1 << (place("de") * len(Notion))


def test_words_are_compared_without_doubled_letters_and_umlauts() -> None:
    assert canonical("moechte") == canonical("mochte")
    assert canonical("abmellden") == canonical("abmelden")
    assert canonical("off") == "off"


@pytest.mark.parametrize(
    ("words", "erase", "less_often", "stops_only"),
    [
        ("Bitte bestätigen Sie die Löschung meiner Daten", True, False, None),
        ("個人情報をすべて削除してください", True, False, None),
        ("请删除我的数据", True, False, None),
        ("Einmal im Jahr reicht", False, True, None),
        ("Kiitos, harvemmin", False, True, None),
        ("Nur über LinkedIn bitte", False, False, Vehicle.EMAIL),
        ("solo por correo", False, False, Vehicle.LINKEDIN),
        ("Danke für die Neuigkeiten", False, False, None),
    ],
)
def test_what_else_is_asked_for_is_heard(words: str, erase: bool, less_often: bool, stops_only: Vehicle | None) -> None:
    asks = asks_in(words)
    assert (asks.erase, asks.less_often, asks.stops_only) == (erase, less_often, stops_only)


def test_every_list_of_the_file_is_a_notion() -> None:
    """A list under a name that is none would be read by nobody."""
    tables = tomllib.loads((PARSERS / "notions.toml").read_text(encoding="utf-8"))
    known = {notion.name.lower() for notion in Notion} | {"joined"}
    assert {key for table in tables.values() for key in table} <= known
