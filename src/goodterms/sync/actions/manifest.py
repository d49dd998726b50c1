"""Which rows stood in which table of an export, so that the table can be written out again."""

import zlib
from array import array
from collections.abc import Sequence

from goodterms.accounts.models import Owner
from goodterms.sync.exports.connections import ConnectionRow
from goodterms.sync.exports.reader import ExportFile as FileRead
from goodterms.sync.models import ExportFile

FileAndRows = tuple[FileRead[ConnectionRow], list[int]]


def keep_manifest(owner: Owner, export: int, files: Sequence[FileAndRows]) -> None:
    """Keep for each table the numbers of its rows' artefacts, in order."""
    ExportFile.objects.bulk_create(
        [
            ExportFile(
                owner=owner,
                export_id=export,
                name=f"{place}/{file.name}",
                kind=file.kind.value,
                sha256=file.sha256,
                preamble=file.preamble_and_header,
                row_count=len(numbers),
                rows=zlib.compress(array("q", numbers).tobytes()),
            )
            for place, (file, numbers) in enumerate(files)
        ]
    )


def row_numbers(file: ExportFile) -> list[int]:
    """Give the numbers of the artefacts that a table's rows are, in order."""
    numbers = array("q")
    numbers.frombytes(zlib.decompress(bytes(file.rows)))
    return numbers.tolist()
