"""Proof on the pages: dossiers in every form, and the check of the ledger."""

import json
import time

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cli.conftest import Goodterms


def _somebody(network: Goodterms) -> int:
    return int(network("people").said["people"][0]["person"])


def test_a_dossier_comes_as_page_json_and_pdf(network: Goodterms, visitor: Client) -> None:
    number = _somebody(network)
    page = visitor.post(f"/proof/{number}/page/")
    assert page["Content-Security-Policy"].count("'unsafe-inline'") == 1
    assert "script-src" not in page["Content-Security-Policy"] or "script-src 'self'" in page["Content-Security-Policy"]
    made = visitor.post(f"/proof/{number}/json/")
    assert json.loads(made.content)["person"]["name"]
    pdf = visitor.post(f"/proof/{number}/pdf/")
    assert pdf.content.startswith(b"%PDF-")
    assert b"dossier.json" in pdf.content
    assert visitor.post(f"/proof/{number}/exe/").status_code == 404


def test_what_was_made_here_is_found_sound_and_what_was_altered_is_not(network: Goodterms, visitor: Client) -> None:
    made = visitor.post(f"/proof/{_somebody(network)}/json/").content
    for content, said in ((made, "is sound"), (made.replace(b"2026", b"2025"), "is not as it was made")):
        answer = visitor.post("/proof/dossier/", {"file": SimpleUploadedFile("dossier.json", content)})
        assert said in answer.content.decode()


def test_the_ledger_is_checked_beside_the_pages(network: Goodterms, visitor: Client) -> None:
    visitor.post("/proof/seal/")
    watching = visitor.post("/proof/check/")["Location"]
    for _ in range(100):
        said = visitor.get(watching).content.decode()
        if "Sound:" in said:
            return
        time.sleep(0.1)
    raise AssertionError(said)
