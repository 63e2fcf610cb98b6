"""A profile's TOML becomes readings, or is refused with file, key and remedy."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from countback.books import profile, profile_table, profile_text
from countback.books.profile import UnableToReadProfile
from countback.books.reading import Condition, Field, Heading, Layout
from countback.core.problem import Misuse

DOCUMENTED = Path(__file__).parents[3] / "docs" / "profiles.md"

MINIMAL = """
    description = "Invoices"

    [[file]]
    match = "inv*.csv"
    [file.tables.invoices.columns]
    invoice_id = "Belegnummer"
    customer_id = "Kunde"
    issued_on = "Datum"
    due_on = "Fällig"
    amount = "Betrag"
    """


def parsed(text: str) -> profile.Profile:
    return profile.parse(dedent(text), name="mine.toml")


def with_line(line: str) -> str:
    """The minimal profile with one more line among its columns."""
    return dedent(MINIMAL) + line + "\n"


def test_a_header_as_plain_text_is_a_column() -> None:
    (reading,) = parsed(MINIMAL).readings(["inv_2024.csv"])
    assert reading.table == "invoices"
    assert reading.file == "inv_2024.csv"
    assert reading.fields["due_on"] == Field(column="Fällig")
    assert reading.layout == Layout()
    assert not reading.native


def test_every_way_to_say_where_a_value_is_found() -> None:
    text = with_line('currency = { constant = "EUR" }') + dedent("""
        terms = { column = "Ziel", words = { "30T" = "net 30" }, optional = true }
        [file.tables.payments.columns]
        payment_id = { template = "PAY-{Belegnummer}" }
        customer_id = { column = "Belegnummer", via = "invoices" }
        received_on = { column = "Bezahlt", fallback = "Datum", date_format = "%d.%m.%y", add_days = "Tage" }
        amount = { column = "Betrag", absolute = true, minus = "Skonto" }
        """)
    invoices, payments = parsed(text).readings(["INV.CSV"])
    assert invoices.fields["currency"] == Field(constant="EUR")
    assert invoices.fields["terms"] == Field(column="Ziel", words={"30T": "net 30"}, optional=True)
    assert payments.fields == {
        "payment_id": Field(template="PAY-{Belegnummer}"),
        "customer_id": Field(column="Belegnummer", via="invoices"),
        "received_on": Field(column="Bezahlt", fallback="Datum", date_format="%d.%m.%y", add_days="Tage"),
        "amount": Field(column="Betrag", absolute=True, minus="Skonto"),
    }


def test_a_file_says_how_it_is_written_and_the_profile_what_is_common() -> None:
    text = """
        description = "x"
        [layout]
        delimiter = ";"
        decimal = ","
        thousands = "."
        [[file]]
        encoding = "CP1252"
        header_with = ["Datum", "Betrag"]
        date_format = "%d.%m.%Y"
        [file.names]
        Datum = ["Belegdatum", "Date"]
        [file.heading]
        column = "Nr"
        where_blank = "Datum"
        name = "Kunde"
        [file.tables.collectors]
        one_per_key = true
        when = [
          { column = "Art", equals = ["R", "G"] },
          { column = "Offen", is = "nonzero", minus = "Skonto" },
          { column = "Storno", differs = "J", optional = true },
        ]
        [file.tables.collectors.columns]
        collector = "Wer"
        """
    (reading,) = parsed(text).readings(["any.csv"])
    assert reading.layout == Layout(
        delimiter=";", encoding="cp1252", date_format="%d.%m.%Y", decimal=",", thousands=".",
        header_with=("Datum", "Betrag"), names={"Datum": ("Belegdatum", "Date")},
        heading=Heading("Nr", "Datum", "Kunde"),
    )  # fmt: skip
    assert reading.one_per_key
    assert reading.when == (
        Condition("Art", "equals", ("R", "G")),
        Condition("Offen", "nonzero", minus="Skonto"),
        Condition("Storno", "differs", ("J",), optional=True),
    )


def test_a_cleared_row_makes_its_payment_and_its_allocation() -> None:
    text = dedent(MINIMAL).replace("[file.tables.invoices.columns]", dedent("""
        [file.tables.invoices]
        cleared_on = "Ausgleich"
        when = [{ column = "Art", equals = "RE" }]
        [file.tables.invoices.columns]
        currency = "Whg"
        """))  # fmt: skip
    invoices, payments, allocations = parsed(text).readings(["inv.csv"])
    cleared = Condition("Ausgleich", "filled")
    assert payments.when == allocations.when == (*invoices.when, cleared)
    assert payments.fields == {
        "payment_id": Field(template="PAY-{Belegnummer}"),
        "customer_id": Field(column="Kunde"),
        "received_on": Field(column="Ausgleich"),
        "amount": Field(column="Betrag"),
        "currency": Field(column="Whg"),
    }
    assert allocations.fields == {
        "payment_id": Field(template="PAY-{Belegnummer}"),
        "invoice_id": Field(column="Belegnummer"),
        "amount": Field(column="Betrag"),
    }


def test_a_further_column_of_invoices_is_kept_and_of_payments_refused() -> None:
    (reading,) = parsed(with_line('Kostenstelle = "KST"')).readings(["inv.csv"])
    assert reading.fields["Kostenstelle"] == Field(column="KST")
    text = dedent(MINIMAL) + dedent("""
        [file.tables.collectors.columns]
        collector = "Wer"
        Kostenstelle = "KST"
        """)
    with pytest.raises(UnableToReadProfile, match=r"collectors\.columns\.Kostenstelle: .*no such column"):
        parsed(text)


REFUSED = {
    "unknown key": (
        "description =",
        "desription =",
        "desription: there is no such key; did you mean description?",
    ),
    "no description": ('description = "Invoices"', "", "description: it is missing"),
    "unknown table": (
        "[file.tables.invoices.columns]",
        "[file.tables.invoice.columns]",
        "did you mean invoices?",
    ),
    "required column": ('amount = "Betrag"', "", "the table needs amount"),
    "no due date": ('due_on = "Fällig"', "", "the table needs due_on (or terms)"),
    "slip of the pen": ("", 'custmer_id = "x"', "did you mean customer_id?"),
    "two sources": ("", 'terms = { column = "a", constant = "b" }', "it gives column and constant"),
    "no source": ("", "terms = { optional = true }", "it gives no source of the value"),
    "unknown key of a field": ("", 'terms = { colum = "a" }', "did you mean column?"),
    "number without quotes": ("", "terms = { constant = 30 }", "30 is no text"),
    "date format of an amount": ('"Betrag"', '{ column = "B", date_format = "%d.%m.%Y" }', "are for dates"),
    "absolute date": ('"Datum"', '{ column = "D", absolute = true }', "are for amounts"),
    "constant with fallback": ("", 'terms = { constant = "a", fallback = "b" }', "only a column can have"),
    "template without a header": ('"Belegnummer"', '{ template = "R-1" }', "names no {Header}"),
    "date format without a day": (
        '"Datum"',
        '{ column = "D", date_format = "%Y-%m" }',
        "does not name the day once",
    ),
    "two months": (
        '"Datum"',
        '{ column = "D", date_format = "%d.%m.%b.%Y" }',
        "does not name the month once",
    ),
    "via another table": (
        "",
        'terms = { column = "a", via = "payments" }',
        "there is no terms in a table payments",
    ),
    "blank text": ("", 'terms = " "', "it is blank"),
    "delimiter": ("", '\n[layout]\ndelimiter = ";;"', "layout.delimiter: ';;' is not one ASCII character"),
    "encoding": ("", '\n[layout]\nencoding = "ansi-8"', "there is no encoding ansi-8"),
    "decimal": ("", '\n[layout]\ndecimal = ";"', "is no decimal mark"),
    "thousands": ("", '\n[layout]\nthousands = "#"', "is no mark between thousands"),
    "one mark twice": ("", '\n[layout]\ndecimal = ","\nthousands = ","', "is the decimal mark too"),
    "negative lines": ("", "\n[layout]\nskip_lines = -1", "-1 is no number of lines"),
    "yes for true": ('match = "inv*.csv"', 'needed = "yes"', "'yes' is neither true nor false"),
    "no file": ("[[file]]", "[[fill]]", "fill: there is no such key; did you mean file?"),
    "one file as a table": ("[[file]]", "[file]", "file: a table stands where a list is expected"),
    "ignore without reason": ("", '\n[[ignore]]\nmatch = "a"', "ignore 1.reason: it is missing"),
    "cannot_know of no table": ("", '\n[cannot_know]\npayment = "x"', "did you mean payments?"),
    "no TOML": ("[[file]]", "[[file]", "it is no valid TOML"),
    "test unknown": (
        "",
        '\n[[file.tables.invoices.when]]\ncolumn = "a"\nis = "postive"',
        "did you mean positive?",
    ),
    "two tests": (
        "",
        '\n[[file.tables.invoices.when]]\ncolumn = "a"\nis = "blank"\nequals = "x"',
        "it gives is and equals",
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), REFUSED.values(), ids=list(REFUSED))
def test_refused_with_file_key_and_remedy(old: str, new: str, said: str) -> None:
    text = dedent(MINIMAL)
    text = text.replace(old, new, 1) if old else text + new
    with pytest.raises(UnableToReadProfile) as caught:
        parsed(text)
    assert said in str(caught.value)
    assert "mine.toml" in caught.value.what
    assert caught.value.remedy


def test_the_place_of_a_refused_key_is_named() -> None:
    with pytest.raises(UnableToReadProfile, match=r"file 1\.tables\.invoices\.columns\.terms\.colum: "):
        parsed(with_line('terms = { colum = "a" }'))


def test_a_needed_file_that_is_missing_is_told() -> None:
    with pytest.raises(UnableToReadProfile, match=r"no file is called inv\*\.csv; there is no file at all"):
        parsed(MINIMAL).readings([])


def test_a_file_that_need_not_be_there_may_be_missing() -> None:
    text = dedent(MINIMAL).replace('match = "inv*.csv"', 'match = "inv*.csv"\nneeded = false')
    assert parsed(text).readings([]) == []


def test_nothing_is_left_out_silently() -> None:
    with pytest.raises(UnableToReadProfile, match="does not speak of extra"):
        parsed(MINIMAL).readings(["inv.csv", "extra.csv"])


def test_an_ignored_file_is_told_with_its_reason() -> None:
    told = parsed(MINIMAL + '\n[[ignore]]\nmatch = "sales.csv"\nreason = "orders"')
    assert len(told.readings(["inv.csv", "Sales.csv"])) == 1
    (note,) = told.notes(["inv.csv", "Sales.csv"])
    assert (note.severity, note.code, note.file) == ("warning", "ignored_file", "Sales.csv")
    assert "orders" in note.what


def test_what_cannot_be_known_is_told_each_time() -> None:
    told = parsed(MINIMAL + '\n[cannot_know]\npayments = "No dates."')
    (note,) = told.notes(["inv.csv"])
    assert (note.code, note.what) == ("cannot_know", "No dates")


def test_files_match_by_name_in_any_folder_and_case() -> None:
    readings = parsed(MINIMAL).readings(["2024/INV_1.CSV", "2025/inv_2.csv"])
    assert [reading.file for reading in readings] == ["2024/INV_1.CSV", "2025/inv_2.csv"]
    capitals = parsed(dedent(MINIMAL).replace("inv*.csv", "Inv*.CSV"))
    assert len(capitals.readings(["inv_1.csv"])) == 1


def test_a_profile_based_on_another_changes_how_files_are_written_only() -> None:
    text = """
        based_on = "open_items"
        description = "ours"
        [layout]
        date_format = "%d.%m.%y"
        """
    mine, base = parsed(text), profile.open_profile("open_items")
    assert mine.description == "ours"
    assert mine.rules[0].tables == base.rules[0].tables
    assert mine.rules[0].layout.date_format == "%d.%m.%y"
    assert mine.rules[0].layout.names == base.rules[0].layout.names
    with pytest.raises(UnableToReadProfile, match="file: there is no such key"):
        parsed(text + "\n[[file]]\nmatch = 'x'")


def test_a_path_is_read_and_an_unknown_name_gets_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("\ufeff" + dedent(MINIMAL), "utf-8")
    assert profile.readings(path, ["inv.csv"]) == profile.readings(str(path), ["inv.csv"])
    with pytest.raises(Misuse, match="the nearest is open_items"):
        profile.open_profile("open_item")
    with pytest.raises(Misuse, match="was not read"):
        profile.open_profile(tmp_path / "absent.toml")


def test_a_profile_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(dedent(MINIMAL).encode("cp1252"))
    with pytest.raises(UnableToReadProfile, match="not written in UTF-8"):
        profile.open_profile(path)


@pytest.mark.skipif(not DOCUMENTED.is_file(), reason="the documentation is not beside the code")
def test_the_documentation_is_true() -> None:
    text = DOCUMENTED.read_text("utf-8")
    whole = [block for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if "description" in block]
    assert len(whole) == 2
    readings = parsed(whole[0]).readings(["list.csv"])
    assert [reading.table for reading in readings] == ["customers", "invoices", "payments", "allocations"]
    assert parsed(whole[1]).rules
    for key in (
        *profile_text.LAYOUT_KEYS,
        *profile_table.FIELD_KEYS,
        "match",
        "needed",
        "cleared_on",
        "one_per_key",
    ):
        assert re.search(rf"`{key}\b", text), f"docs/profiles.md does not speak of {key}"
    for name in profile.shipped():
        assert f"`{name}`" in text
