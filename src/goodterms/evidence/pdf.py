"""A dossier on paper."""

from dataclasses import asdict
from functools import cache
from pathlib import Path

import orjson

from goodterms.evidence.actions import Dossier
from goodterms.evidence.rules.story import tell


def pdf_of(dossier: Dossier) -> bytes:
    """Give the dossier as a tagged PDF (PDF/A-3 and PDF/UA-1) with its JSON attached, for `goodterms verify`."""
    import typst  # noqa: PLC0415 -- large, and needed here alone

    data = {"dossier": dossier.content, "story": asdict(tell(dossier.content)), "written": dossier.json.decode()}
    made = typst.compile(
        _template(), sys_inputs={"data": orjson.dumps(data).decode()}, pdf_standards=["a-3a", "ua-1"], format="pdf"
    )
    assert isinstance(made, bytes)
    return made


@cache
def _template() -> bytes:
    return (Path(__file__).parent / "templates" / "dossier.typ").read_bytes()
