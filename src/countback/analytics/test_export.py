"""Exports hold what was asked, all of it, and no formula of a stranger."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from countback.analytics.answer import NUMBER, Answer
from countback.analytics.export import (
    UnableToExport,
    csv_chunks,
    export,
    flat_names,
    form_of,
    harmless,
    json_chunks,
    may_be_written,
    replace_file,
)
from countback.analytics.workbook import CELL_CHARACTERS, fitting, write_workbook
from countback.core.problem import Misuse

WICKED = ["=1+1", "+49 30 1", "-a", "@sum", "\ttab", "\rreturn"]
MEEK = ["-110.7", "-5", "A=B", "", "plain"]


def answer(names: list[str], **more: object) -> Answer:
    count = len(names)
    columns = {
        "kpi": pa.array(["open_receivables"] * count),
        "as_of": pa.array([date(2026, 3, 31)] * count, pa.date32()),
        "by_industry": pa.array(names, pa.string()),
        "value": pa.array([Decimal("-1234.50")] * count, NUMBER),
        "unit": pa.array(["EUR"] * count),
    }
    return Answer(pa.table(columns | more))


def rows_of(chunks: object) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(chunks).decode(), newline="")))


def sheets(written: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(written))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def workbook(given: Answer, **more: int) -> bytes:
    stream = io.BytesIO()
    write_workbook(given, stream, {"As of": "2026-03-31"}, **more)
    return stream.getvalue()


@pytest.mark.parametrize("text", WICKED)
def test_no_csv_cell_begins_a_formula(text: str) -> None:  # check 56
    assert harmless(text) == f"'{text}"
    assert rows_of(csv_chunks(answer([text])))[1][2] == f"'{text}"


@pytest.mark.parametrize("text", MEEK)
def test_other_text_and_negative_numbers_stay(text: str) -> None:  # check 56
    (_, row) = rows_of(csv_chunks(answer([text])))
    assert row == ["open_receivables", "2026-03-31", text, "-1234.5", "EUR"]


def test_headers_are_text_of_others_too() -> None:  # check 56
    wicked = Answer(pa.table({"by_=cmd()": ["x"]}))
    assert rows_of(csv_chunks(wicked))[0] == ["'=cmd()"]


def test_a_workbook_holds_text_as_text_and_numbers_as_numbers() -> None:  # check 56
    book = openpyxl.load_workbook(io.BytesIO(workbook(answer([*WICKED, *MEEK]))))
    sheet = book["Rows"]
    assert [cell.value for cell in sheet[1]] == ["kpi", "as_of", "industry", "value", "unit"]
    for row, text in enumerate([*WICKED, *MEEK], start=2):
        cell = sheet.cell(row, 3)
        assert cell.data_type in ("s", "n"), text
        assert (cell.value or "") == text.replace("\r", "_x000D_") or (cell.value or "") == text
        assert sheet.cell(row, 4).value == -1234.5
        assert sheet.cell(row, 4).number_format == "#,##0.00"
        assert sheet.cell(row, 2).value.date() == date(2026, 3, 31)


def test_rows_beyond_one_sheet_go_on_in_the_next() -> None:  # check 53
    found = sheets(workbook(answer([str(n) for n in range(25)]), sheet_rows=11))
    assert list(found) == ["Rows", "Rows 2", "Rows 3", "About"]
    assert [len(found[name]) for name in list(found)[:3]] == [11, 11, 6]
    assert {rows[0] for name, rows in found.items() if name != "About"} == {
        ("kpi", "as_of", "industry", "value", "unit")
    }
    assert [row[2] for name in list(found)[:3] for row in found[name][1:]] == [str(n) for n in range(25)]
    assert ("Rows", "25 on 3 sheets") in found["About"]


def test_what_a_cell_cannot_hold_is_cut_and_said_to_be() -> None:  # check 53
    assert fitting("a" * CELL_CHARACTERS) == "a" * CELL_CHARACTERS
    cut = fitting("a" * (CELL_CHARACTERS + 1))
    assert len(cut) == CELL_CHARACTERS
    assert cut.endswith("(cut here: a cell holds 32,767 characters, this text has 32,768)")


def test_the_same_answer_makes_the_same_bytes() -> None:
    assert workbook(answer(["a"])) == workbook(answer(["a"]))


def test_no_row_is_lost_between_batches(monkeypatch: pytest.MonkeyPatch) -> None:  # check 53
    monkeypatch.setattr("countback.analytics.export.BATCH", 3)
    given = answer([str(n) for n in range(10)])
    assert [row[2] for row in rows_of(csv_chunks(given))[1:]] == [str(n) for n in range(10)]
    found = json.loads(b"".join(json_chunks(given)))
    assert [row["by"] for row in found] == [{"industry": str(n)} for n in range(10)]
    assert found[0] == {
        "kpi": "open_receivables", "as_of": "2026-03-31", "by": {"industry": "0"}, "value": "-1234.5", "unit": "EUR"
    }  # fmt: skip


def test_an_empty_answer_is_an_empty_list_and_a_header() -> None:
    assert json.loads(b"".join(json_chunks(answer([])))) == []
    assert rows_of(csv_chunks(answer([]))) == [["kpi", "as_of", "industry", "value", "unit"]]


def test_a_dimension_called_like_a_column_keeps_its_prefix() -> None:
    given = answer(["a"], by_value=pa.array(["x"]), by_unit=pa.array(["y"]))
    assert flat_names(given) == ["kpi", "as_of", "industry", "value", "unit", "by_value", "by_unit"]


def test_the_ending_decides(tmp_path: Path) -> None:
    for form in ("csv", "json", "xlsx"):
        assert form_of(Path(f"a.{form.upper()}")) == form
        export(answer(["a"]), tmp_path / f"a.{form}")
    assert (tmp_path / "a.json").read_bytes().startswith(b"[")
    assert (tmp_path / "a.xlsx").read_bytes().startswith(b"PK")
    with pytest.raises(Misuse, match="end it in"):
        form_of(Path("a.pdf"))


def test_a_file_is_replaced_whole_or_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("before")

    def half(stream: io.BytesIO) -> None:
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(UnableToExport, match="No space left"):
        replace_file(file, half)
    assert file.read_text() == "before"
    export(answer(["a"]), file)
    assert file.read_text().startswith("kpi,")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"], "nothing half-written is left"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("before")
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "real.csv")
    export(answer(["a"]), link)
    assert link.is_symlink()
    assert (tmp_path / "real.csv").read_text().startswith("kpi,")


def test_a_device_is_written_straight() -> None:
    export(answer(["a"]), Path("/dev/null"), "csv")
    with pytest.raises(UnableToExport, match="No space left"):
        export(answer(["a"]), Path("/dev/full"), "csv")


def test_a_place_that_cannot_be_written_is_known_before(tmp_path: Path) -> None:
    may_be_written(tmp_path / "a.csv")
    with pytest.raises(UnableToExport, match="is not there"):
        may_be_written(tmp_path / "none" / "a.csv")
    with pytest.raises(UnableToExport, match="it is a folder"):
        may_be_written(tmp_path)
