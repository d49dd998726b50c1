"""The public pages speak the reader's language, every text of them."""

import pytest
from django.conf import settings
from django.test import Client
from script.languages import files, missing

from tests.web.pages.public.conftest import Link

SAID = {
    "de": "Diese Neuigkeiten abbestellen",
    "en": "Stop these updates",
    "es": "Dejar de recibir estas novedades",
    "fr": "Arrêter ces nouvelles",
    "pt": "Deixar de receber estas novidades",
}


def test_every_text_is_translated_and_compiled() -> None:
    assert missing() == []
    assert {path.parent.parent.name for path in files()} | {"en"} == {code for code, _ in settings.LANGUAGES}


@pytest.mark.parametrize("language", SAID)
def test_the_browser_says_which(link: Link, anybody: Client, language: str) -> None:
    page = anybody.get(link("stop"), headers={"accept-language": f"{language}-XX,ja;q=0.5"}).content.decode()
    assert f'<html lang="{language}">' in page
    assert SAID[language] in page


def test_the_reader_may_choose_another(link: Link, anybody: Client) -> None:
    page = anybody.get(link("stop") + "?lang=fr", headers={"accept-language": "de"}).content.decode()
    assert SAID["fr"] in page
    assert f'action="{link("stop")}?lang=fr"' in page
    assert SAID["de"] in anybody.get(link("stop") + "?lang=xx", headers={"accept-language": "de"}).content.decode()
