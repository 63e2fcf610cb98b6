"""CSV as it comes: marks of order, encodings, line ends, quotes, preambles; every row read or the file refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from countback.books.load import check, load
from countback.books.reading import Condition, Field, Heading, Layout, Reading

CUSTOMERS = "customer_id,name\n007,Ábel & Co\n"
INVOICES = "invoice_id,customer_id,issued_on,due_on,amount,note\n0001,007,2024-01-10,2024-02-09,100.50,a\n"


def write(folder: Path, invoices: bytes | str, customers: bytes | str = CUSTOMERS) -> Path:
    for name, content in (("customers", customers), ("invoices", invoices)):
        raw = content.encode() if isinstance(content, str) else content
        (folder / f"{name}.csv").write_bytes(raw)
    return folder


def loaded(folder: Path) -> list[tuple]:
    books = load(folder)
    return books.connection.execute(
        "SELECT invoice_id, amount, note FROM books.invoices ORDER BY 1"
    ).fetchall()


SOUND = [("0001", Decimal("100.5000"), "a")]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.rstrip("\n").encode(),
        lambda text: (text + "\n\n").encode(),
        lambda text: ("\n" + text).encode(),
        lambda text: text.replace(",", " , ").encode(),
        lambda text: text.replace("0001", '"0001"').encode(),
        lambda text: text.replace("invoice_id,", '"invoice_id",').encode(),
        lambda text: text.replace("amount", "Amount").encode(),
        lambda text: (text + ",,,,,\n").encode(),
        lambda text: text.replace("0001", "\u00a00001\t").encode(),
        lambda text: text.replace("note\n", 'note\r\n').encode(),
    ],
)  # fmt: skip
def test_one_row_however_it_is_written(tmp_path, change):  # check 48
    assert loaded(write(tmp_path, change(INVOICES))) == SOUND


@pytest.mark.parametrize("cell", ["007 ", " 007", "007\u00a0", "\t007"])
def test_blanks_around_an_identifier_are_no_part_of_it(tmp_path, cell):
    books = load(write(tmp_path, INVOICES.replace("007", cell)))
    assert books.connection.execute("SELECT customer_id FROM books.invoices").fetchall() == [("007",)]


def test_line_breaks_and_delimiters_in_quotes_stay_one_row(tmp_path):
    text = INVOICES.replace(",a\n", ',"a, ""b""\nand c"\n') + "0002,007,2024-01-10,2024-02-09,1,\n"
    rows = loaded(write(tmp_path, text))
    assert rows[0] == ("0001", Decimal("100.50"), 'a, "b"\nand c')
    assert rows[1] == ("0002", Decimal(1), None)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_physical_lines_are_told(tmp_path, end):
    text = INVOICES.replace(",a\n", ',"a\nb\nc"\n') + "\n" + "0002,007,2024-01-32,2024-02-09,1,\n"
    (problem,) = check(write(tmp_path, text.replace("\n", end).encode()))
    assert (problem.code, problem.line, problem.column) == ("no_such_day", 6, "issued_on")


def test_a_header_over_two_lines(tmp_path):
    text = INVOICES.replace("note", '"note\nand more"').replace("100.50", "x")
    (problem,) = check(write(tmp_path, text))
    assert (problem.code, problem.line) == ("bad_amount", 3)


@pytest.mark.parametrize(
    ("change", "code", "line", "words"),
    [
        (lambda raw: b"", "empty_file", None, "empty"),
        (lambda raw: b"\n\n", "empty_file", None, "empty"),
        (lambda raw: raw.replace(b"100.50,a", b"100.50"), "ragged_row", 2, "5 cells where the header has 6"),
        (lambda raw: raw.replace(b"100.50,a", b"100,50,a"), "ragged_row", 2, "7 cells"),
        (lambda raw: raw.replace(b"100.50,a", b"100.50,a,"), "ragged_row", 2, "7 cells"),
        (lambda raw: raw.replace(b",a\n", b',"a\n'), "open_quote", 2, "never closed"),
        (lambda raw: raw.replace(b",a\n", b',"a"b\n'), "stray_quote", 2, "double quote"),
        (lambda raw: raw.replace(b",a\n", b",a\0\n"), "nul_bytes", 2, "NUL"),
        (lambda raw: raw.replace(b",a\n", b",\xe4\n"), "wrong_encoding", 2, "cp1252"),
        (lambda raw: raw.decode().encode("utf-16"), "wrong_encoding", None, "UTF-16"),
        (lambda raw: raw.replace(b",", b";"), "wrong_delimiter", 1, "semicolons"),
        (lambda raw: raw.replace(b",", b"\t"), "wrong_delimiter", 1, "tabs"),
        (lambda raw: raw.replace(b"note", b"Amount"), "duplicate_column", 1, "2 times"),
        (lambda raw: raw.partition(b"\n")[0] + b"\n", "no_rows", None, "no row"),
        (lambda raw: raw.replace(b",a\n", b"," + b"y" * 1_100_000 + b"\n"), "row_too_long", 2, "1,000,000"),
        (lambda raw: raw.replace(b"0001", b"0" * 201), "identifier_too_long", 2, "200"),
    ],
)
def test_refused(tmp_path, change, code, line, words):
    problems = [one for one in check(write(tmp_path, change(INVOICES.encode()))) if one.severity == "refused"]
    assert [(one.code, one.line) for one in problems] == [(code, line)], problems
    assert words in problems[0].what + problems[0].remedy


def test_amounts_that_may_have_meant_thousands_are_told(tmp_path):
    (warning,) = load(write(tmp_path, INVOICES.replace("100.50", "1.500"))).warnings
    assert (warning.code, warning.column) == ("three_decimals", "amount")
    assert "1.500" in warning.what
    dinars = INVOICES.replace("note", "currency").replace("100.50,a", "1.505,KWD")
    assert load(write(tmp_path, dinars)).warnings == []


def test_every_ragged_row_is_told(tmp_path):
    text = INVOICES + "0002,007\n" + INVOICES.partition("\n")[2].replace("0001", "0003") + "0004,007\n"
    assert [(one.code, one.line) for one in check(write(tmp_path, text))] == [
        ("ragged_row", 3),
        ("ragged_row", 5),
    ]


def test_beyond_a_thousand_the_rest_is_counted_once(tmp_path):
    told = check(write(tmp_path, INVOICES + "0002,007\n" * 1005))
    assert [one.code for one in told] == ["ragged_row"] * 1000 + ["more_problems"]
    assert told[-1].what.startswith("5 more")


def test_a_folder_whose_name_means_more_to_a_shell(tmp_path):
    folder = tmp_path / "a[1]*? 'b'"
    folder.mkdir()
    assert loaded(write(folder, INVOICES)) == SOUND


# --- foreign layouts, as profiles state them -----------------------------------------------------------------------

FLAT = {
    "customers": {"customer_id": Field("Kunde"), "name": Field("Name", fallback="Kunde")},
    "invoices": {
        "invoice_id": Field("Beleg"), "customer_id": Field("Kunde"), "issued_on": Field("Datum"),
        "due_on": Field("Datum", add_days="Ziel"), "amount": Field("Betrag", absolute=True),
        "currency": Field(constant="EUR"), "storno": Field("Storno", words={"J": "yes", "N": "no"}),
    },
    "payments": {
        "payment_id": Field(template="Z-{Beleg}"), "customer_id": Field("Beleg", via="invoices"),
        "received_on": Field("Bezahlt"), "amount": Field("Betrag", absolute=True),
    },
    "allocations": {
        "payment_id": Field(template="Z-{Beleg}"), "invoice_id": Field("Beleg"),
        "amount": Field("Betrag", absolute=True),
    },
}  # fmt: skip
GERMAN = Layout(
    delimiter=";", encoding="cp1252", skip_lines=2, date_format="%d.%m.%Y", decimal=",", thousands=".",
    names={"Beleg": ("Belegnr.", "Rechnung")},
)  # fmt: skip
GERMAN_TEXT = (
    "Offene Posten\r\nStand;1.1.2025\r\nRechnung;Kunde;Name;Datum;Ziel;Betrag;Storno;Bezahlt\r\n"
    "007;K1;Müller;31.01.2024;30;-1.111,11;N;5.3.2024\r\n008;K1;;1.2.2024;0;10,00;J;\r\n009;K2;;01.02.2024;14;2.000;;\r\n"
)


def german(tmp_path: Path, text: str = GERMAN_TEXT, layout: Layout = GERMAN) -> tuple[Path, list[Reading]]:
    (tmp_path / "op.csv").write_bytes(text.encode("cp1252"))
    paid = (Condition("Bezahlt", "filled"),)
    return tmp_path / "op.csv", [
        Reading(
            "op.csv",
            table,
            dict(fields),
            layout,
            paid if table in ("payments", "allocations") else (),
            table == "customers",
        )
        for table, fields in FLAT.items()
    ]


def test_a_flat_list_becomes_four_tables(tmp_path):  # checks 46, 48, 50: a blank name overwrites none
    source, readings = german(tmp_path)
    books = load(source, readings=readings)

    def rows(query: str) -> list[tuple]:
        return [tuple(map(str, row)) for row in books.connection.execute(query).fetchall()]

    assert rows("SELECT invoice_id, due_on, amount, storno FROM books.invoices ORDER BY 1") == [
        ("007", "2024-03-01", "1111.1100", "no"),
        ("008", "2024-02-01", "10.0000", "yes"),
        ("009", "2024-02-15", "2000.0000", "None"),
    ]
    assert rows("SELECT customer_id, name FROM books.customers ORDER BY 1") == [
        ("K1", "Müller"),
        ("K2", "K2"),
    ]
    assert rows("SELECT payment_id, customer_id, received_on FROM books.payments") == [
        ("Z-007", "K1", "2024-03-05")
    ]
    assert rows("SELECT invoice_id, amount FROM books.allocations") == [("007", "1111.1100")]
    assert books.extra == {"invoices": ("storno",)}


def test_physical_lines_count_the_preamble(tmp_path):
    source, readings = german(
        tmp_path, GERMAN_TEXT.replace("1.2.2024", "31.2.2024").replace("2.000", "2.0000")
    )
    told = {(one.code, one.line, one.column) for one in check(source, readings=readings)}
    assert told == {("no_such_day", 5, "Datum"), ("bad_amount", 6, "Betrag")}


def test_the_wrong_encoding_is_no_traceback(tmp_path):
    source, readings = german(tmp_path, layout=Layout(delimiter=";", encoding="utf-16"))
    assert {one.code for one in check(source, readings=readings)} >= {"wrong_encoding"}


def test_a_header_known_by_its_names_and_headings_carried_down(tmp_path):
    text = (
        "Ageing\n\nName,Beleg,Kunde,Datum,Ziel,Betrag,Storno,Bezahlt\nAlpha,,,,,,,\n,1,K1,2024-01-01,30,5,,\n"
        ",2,K1,2024-01-02,30,6,,\nTotal,,,,,,,\nBeta,,,,,,,\n,3,K2,2024-01-01,30,7,,\n"
    )
    layout = Layout(header_with=("Beleg", "Betrag"), heading=Heading("Name", "Beleg", "Heading"))
    source, readings = german(tmp_path, text, layout)
    readings[0].fields["name"] = Field("Heading")
    books = load(source, readings=readings)
    names = books.connection.execute("SELECT customer_id, name FROM books.customers ORDER BY 1").fetchall()
    assert names == [("K1", "Alpha"), ("K2", "Beta")]
    assert books.rows["invoices"] == 3


def test_rows_of_no_table_are_told(tmp_path):
    source, readings = german(tmp_path)
    readings = [
        replace(one, when=(*one.when, Condition("Kunde", "differs", ("k2",)))) for one in readings
    ]  # fmt: skip
    warnings = load(source, readings=readings).warnings
    assert [(one.code, one.what) for one in warnings] == [
        ("unused_rows", "1 row belongs to no table by the profile")
    ]


def test_a_column_that_the_profile_reads_and_the_file_lacks(tmp_path):
    source, readings = german(tmp_path, GERMAN_TEXT.replace("Betrag", "Betrug"))
    told = [one for one in check(source, readings=readings) if one.code == "missing_column"]
    assert {one.column for one in told} == {"Betrag", "amount"}
    assert "did you mean Betrug" in told[0].remedy


GOLDEN = [  # check 46: what is written, decimal mark, thousands mark, what it is (None: refused)
    ("1.000", ".", "", "1"), ("1.000", ",", ".", "1000"), ("1.111,11", ",", ".", "1111.11"),
    ("1.111,11", ".", ",", None),
    ("1.111,11", ".", "", None), ("-110.7", ".", "", "110.7"), ("-110.7", ",", ".", None), ("10,00", ",", "", "10"),
    ("10,00", ",", ".", "10"), ("10,00", ".", "", None), ("10,00", ".", ",", None), ("100", ".", "", "100"),
    ("100", ",", ".", "100"), ("1,234.5", ".", ",", "1234.5"), ("1,23,456.70", ".", ",", "123456.7"),
    ("1 234,5", ",", " ", "1234.5"),
    ("1\u00a0234,5", ",", " ", "1234.5"), ("1'234.50", ".", "'", "1234.5"), ("1,2345", ".", ",", None),
    ("12,34,5", ".", ",", None),
    ("(100)", ".", "", None), ("100-", ".", "", None), ("$100", ".", "", None), ("1e3", ".", "", None),
    ("1_000", ".", "", None),
    ("0x10", ".", "", None), ("inf", ".", "", None), (".5", ".", "", None), ("5.", ".", "", None),
    ("١٢", ".", "", None),
    ("1.2345", ",", ".", None), ("0.1", ".", "", "0.1"), ("00.10", ".", "", "0.1"), ("1.10000000", ".", "", "1.1"),
]  # fmt: skip


def together(golden, *told_by):
    """Cases that are read alike and end alike, which may stand in one file: what tells them apart -> the cases."""
    found = {}
    for case in golden:
        found.setdefault((case[-1] is None, *(tell(case) for tell in told_by)), []).append(case)
    return found.items()


def refused_lines(source, readings):
    return {one.line for one in check(source, readings=readings) if one.severity == "refused"}


def test_golden_amounts(tmp_path):  # check 46
    """Each amount under the stated notation: the right number, or refused; never another number."""
    groups = together(GOLDEN, lambda case: case[1], lambda case: case[2], lambda case: case[0].isascii())
    for n, ((refused, decimal, thousands, ascii_only), cases) in enumerate(groups):
        folder = tmp_path / str(n)
        folder.mkdir()
        rows = [f'{at};K1;;31.01.2024;30;"{text}";;\r\n' for at, (text, *_) in enumerate(cases)]
        encoding = "cp1252" if ascii_only else "utf-8"
        head = "".join(GERMAN_TEXT.splitlines(keepends=True)[:3])
        (folder / "op.csv").write_bytes((head + "".join(rows)).encode(encoding))
        layout = Layout(";", encoding, 2, "%d.%m.%Y", decimal, thousands, names=GERMAN.names)
        readings = [
            Reading("op.csv", table, FLAT[table], layout, one_per_key=table == "customers")
            for table in ("customers", "invoices")
        ]
        if refused:
            assert refused_lines(folder, readings) == set(range(4, 4 + len(cases))), cases
            continue
        read = load(folder, readings=readings).connection.execute(
            "SELECT amount FROM books.invoices ORDER BY CAST(invoice_id AS INTEGER)"
        )
        assert read.fetchall() == [(Decimal(value),) for *_, value in cases], cases


DATES = [  # check 47: what is written, the format, the day (None: refused)
    ("31.01.2024", "%d.%m.%Y", "2024-01-31"), ("1.2.2024", "%d.%m.%Y", "2024-02-01"), ("31.02.2024", "%d.%m.%Y", None),
    ("2024-01-31", "%d.%m.%Y", None), ("01/02/2024", "%m/%d/%Y", "2024-01-02"),
    ("01/02/2024", "%d/%m/%Y", "2024-02-01"),
    ("13/01/2024", "%m/%d/%Y", None), ("1/2/24", "%m/%d/%y", "2024-01-02"), ("1/2/024", "%m/%d/%Y", None),
    ("20240131", "%Y%m%d", "2024-01-31"), ("2024131", "%Y%m%d", None), ("2024-1-31", "%Y-%m-%d", None),
    ("2024/01/31", "%Y-%m-%d", None), ("31-Jan-2024", "%d-%b-%Y", "2024-01-31"),
    ("January 31, 2024", "%B %d, %Y", "2024-01-31"),
    ("2024-01-31 10:00:00", "%Y-%m-%d", None), ("2024-01-31 10:00:00", "%Y-%m-%d %H:%M:%S", "2024-01-31"),
    ("infinity", "%Y-%m-%d", None), ("epoch", "%Y-%m-%d", None), ("45322", "%Y-%m-%d", None),
    ("0000-01-01", "%Y-%m-%d", None),
]  # fmt: skip


def test_golden_dates(tmp_path):  # check 47
    """One format for each column: the day that is meant, or refused."""
    for n, ((refused, date_format), cases) in enumerate(together(DATES, lambda case: case[1])):
        folder = tmp_path / str(n)
        folder.mkdir()
        lines = [f'{at},"{text}"\n' for at, (text, *_) in enumerate(cases, 1)]
        (folder / "flat.csv").write_text("id,day\n" + "".join(lines), encoding="utf-8")
        fields = {"invoice_id": Field("id"), "customer_id": Field("id"), "issued_on": Field("day"),
                  "due_on": Field("day"), "amount": Field("id")}  # fmt: skip
        layout = Layout(date_format=date_format)
        readings = [Reading("flat.csv", "customers", {"customer_id": Field("id"), "name": Field("id")}, layout),
                    Reading("flat.csv", "invoices", fields, layout)]  # fmt: skip
        if refused:
            assert refused_lines(folder, readings) == set(range(2, 2 + len(cases))), cases
            continue
        rows = load(folder, readings=readings).connection.execute(
            "SELECT CAST(issued_on AS VARCHAR) FROM books.invoices ORDER BY CAST(invoice_id AS INTEGER)"
        )
        assert rows.fetchall() == [(day,) for *_, day in cases], cases
