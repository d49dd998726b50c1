import csv
import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.sync.exports import tables
from goodterms.sync.exports.reader import read_export
from goodterms.sync.exports.tables import HEADER_LINES, RawRow, find_header, read_head, read_rows
from tests.sync.exports.exports_at_hand import write_csv

LABELS = frozenset({"name", "town", "soldon"})


def stream(content: bytes) -> io.BufferedReader:
    return io.BufferedReader(io.BytesIO(content))


def read(content: bytes | str) -> tuple[list[RawRow], list[tuple[int, str]]]:
    """Read a table of name, town and day, with what was remarked."""
    data = content.encode() if isinstance(content, str) else content
    header = find_header(read_head(stream(data)), LABELS.issubset)
    assert header is not None
    remarks: list[tuple[int, str]] = []
    rows = list(read_rows(stream(data), header, lambda line, text: remarks.append((line, text))))
    return rows, remarks


def cells(content: bytes | str) -> list[list[str]]:
    return [row.cells for row in read(content)[0]]


PLAIN = "Name,Town,Sold On\nZoë,Gent,1 May 2020\n"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("cp1252"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        b"\xfe\xff" + PLAIN.encode("utf-16-be"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode("utf-16"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.rstrip().encode(),
        f'Notes:\n"a, quoted; sentence"\n\n{PLAIN}'.encode(),
        f"sep=,\n{PLAIN}".encode(),
        f"{'title' * 9}\n{chr(10) * (HEADER_LINES - 2)}{PLAIN}".encode(),
        b'"Name","Town","Sold On"\n"Zo\xc3\xab","Gent","1 May 2020"',
        "NAME,town,Sold_On\nZoë,Gent,1 May 2020".encode(),
        "\ufeffsoldon , Name\nx,y\n".encode() + PLAIN.encode(),
    ],
)
def test_every_encoding_delimiter_line_end_and_preamble_reads_the_same(content: bytes) -> None:
    assert cells(content)[-1] == ["Zoë", "Gent", "1 May 2020"]


def test_columns_may_stand_in_any_order_and_others_beside_them() -> None:
    header = find_header(["Sold On;More;Town;Name\n"], LABELS.issubset)

    assert header is not None
    assert (header.labels, header.delimiter) == (("soldon", "more", "town", "name"), ";")


def test_a_header_too_far_down_is_no_header() -> None:
    assert find_header(read_head(stream(b"\n" * HEADER_LINES + PLAIN.encode())), LABELS.issubset) is None


def test_utf8_and_latin1_may_be_mixed_even_in_one_line() -> None:
    content = b"Name,Town,Sold On\nZo\xc3\xab,K\xf6ln \x80,1\nAnn,Gent,2\nMax,L\xfcbeck,3\n"
    rows, remarks = read(content)

    assert [row.cells for row in rows] == [
        ["Zoë", "Köln €", "1"],
        ["Ann", "Gent", "2"],
        ["Max", "Lübeck", "3"],
    ]
    assert remarks == [(2, "not all is UTF-8; the rest was read as Windows-1252 (told once a file)")]


def test_bytes_that_windows_1252_lacks_are_kept_as_something() -> None:
    assert cells(b"Name,Town,Sold On\n\x81\x8d,Gent,1")[0][0] == "\x81\x8d"


def test_a_row_has_its_line_and_exact_text() -> None:
    rows, _ = read('Notes:\n\nName,Town,Sold On\n"Lee, Ann" , "x" ,1\n\n\nBob,,2')

    assert [(row.line, row.text) for row in rows] == [(4, '"Lee, Ann" , "x" ,1'), (7, "Bob,,2")]


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_the_text_of_a_row_does_not_depend_on_its_line_end(ending: str) -> None:
    rows, _ = read(f"Name,Town,Sold On\nAnn,Gent,1{ending}")

    assert rows[0].text == "Ann,Gent,1"


def test_a_quoted_cell_may_hold_line_breaks() -> None:
    rows, remarks = read('Name,Town,Sold On\nAnn,"Gent\nor\r\n""Aalst""",1\nBob,Brugge,2\n')

    assert [(row.line, row.cells) for row in rows] == [
        (2, ["Ann", 'Gent\nor\r\n"Aalst"', "1"]),
        (5, ["Bob", "Brugge", "2"]),
    ]
    assert rows[0].text == 'Ann,"Gent\nor\r\n""Aalst""",1'
    assert remarks == []


LEFT_OPEN = "a quotation mark is left open; the line was read by itself"


@pytest.mark.parametrize("following", [1, 3, 150, 500])
@pytest.mark.parametrize("last", ["Zoë,Gent,9", 'Zoë,"Gent, old",9'])
def test_a_quote_left_open_costs_no_row(following: int, last: str) -> None:
    plain = [f"Bob{number},Brugge,{number}" for number in range(following)]
    rows, remarks = read("\n".join(["Name,Town,Sold On", 'Ann,"Gent,1', *plain, last]))

    assert len(rows) == following + 2
    assert rows[0] == RawRow(2, 'Ann,"Gent,1', ["Ann", "Gent", "1"])
    assert rows[-1].cells[0] == "Zoë"
    assert [row.line for row in rows] == list(range(2, following + 4))
    assert remarks == [(2, LEFT_OPEN)]


def test_zero_bytes_are_left_out_and_told() -> None:
    rows, remarks = read(b"Name,Town,Sold On\nA\0nn,Gent,1\nBob,\xff\0,2")

    assert [row.cells for row in rows] == [["Ann", "Gent", "1"], ["Bob", "ÿ", "2"]]
    assert (2, "zero bytes in the line; they were left out") in remarks


def test_a_cell_beyond_the_bound_costs_its_row_alone() -> None:
    rows, remarks = read(f"Name,Town,Sold On\nAnn,Gent,1\nEve,{'x' * (tables.CELL_SIGNS + 1)},2\nBob,Aalst,3")

    assert [row.cells[0] for row in rows] == ["Ann", "Bob"]
    assert [line for line, _ in remarks] == [3]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_line_beyond_the_bound_costs_its_row_alone(quote: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LINE_SIGNS", 100)
    rows, remarks = read(f"Name,Town,Sold On\nAnn,Gent,1\nEve,{quote}{'x' * 250}{quote},2\nBob,Aalst,3")

    assert [(row.line, row.cells[0]) for row in rows] == [(2, "Ann"), (4, "Bob")]
    assert remarks == [(3, "the line is longer than 100 signs; it was left out")]


def test_rows_of_empty_cells_are_passed_over() -> None:
    assert cells("Name;Town;Sold On\n;;\nAnn;Gent;1\n;;\n\n;;;;\n") == [["Ann", "Gent", "1"]]


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail(content: bytes) -> None:
    read(b"Name,Town,Sold On\n" + content)


DIALECTS = [
    (delimiter, end, quoting, encoding)
    for delimiter in ",;\t"
    for end in ("\n", "\r\n", "\r")
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)
    for encoding in ("utf-8", "utf-8-sig", "utf-16")
]
# Zero bytes are left out by promise; line breaks in cells are tried apart.
CELL = st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]), max_size=20)
ROWS = st.lists(st.tuples(CELL, CELL, CELL).filter(any), max_size=8)


@pytest.mark.parametrize(("delimiter", "end", "quoting", "encoding"), DIALECTS)
@given(written=ROWS)
def test_rows_written_in_any_dialect_come_back_equal(
    delimiter: str, end: str, quoting: Literal[0, 1], encoding: str, written: list[tuple[str, str, str]]
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([("Name", "Town", "Sold On"), *written])
    rows, remarks = read(text.getvalue().encode(encoding))

    assert [tuple(row.cells) for row in rows] == written
    assert remarks == []


@given(st.lists(st.tuples(st.text("ab \n\"'", min_size=1, max_size=30), CELL, CELL), max_size=5))
def test_cells_with_line_breaks_come_back_equal(written: list[tuple[str, str, str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([("Name", "Town", "Sold On"), *written])

    assert [tuple(row.cells) for row in read(text.getvalue())[0]] == written


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    def lines(count: int) -> Iterator[str]:
        yield "First Name,Last Name,Connected On\n"
        yield from (f"Ann{number},Lee,05 Dec 2025\n" for number in range(count))

    def peak(count: int) -> int:
        path = write_csv(tmp_path, "".join(lines(count)))
        tracemalloc.start()
        with read_export(path) as export:
            assert sum(1 for _ in export.files[0].rows()) == count
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(100)
    assert peak(20_000) < peak(2_000) + 200_000
