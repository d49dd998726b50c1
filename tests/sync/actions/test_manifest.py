"""What an export's table held can be written out again from the evidence kept."""

from pathlib import Path

import pytest

from goodterms.artefacts.models import Artefact
from goodterms.lib.canonical import sha256_hex
from goodterms.sync.actions.manifest import row_numbers
from goodterms.sync.actions.sync import sync
from goodterms.sync.models import ExportFile
from tests.cli.network import EVERYBODY, write_archive
from tests.sync.actions.desk import Desk


@pytest.mark.django_db
def test_a_table_comes_back_byte_for_byte(desk: Desk, tmp_path: Path) -> None:
    sync(desk.office, write_archive(tmp_path, EVERYBODY), now=desk.now)

    (file,) = ExportFile.objects.all()
    rows = [bytes(Artefact.objects.get(pk=number).content or b"") for number in row_numbers(file)]

    assert sha256_hex(file.preamble.encode() + b"\n".join(rows)) == file.sha256
