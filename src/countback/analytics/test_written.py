"""SQL is compiled once for all questions of a shape, and says of each what it asked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from countback import Books, open_books
from countback.analytics import written
from countback.analytics.engine import Engine
from countback.analytics.keeping import keep_derived
from countback.analytics.scope import Scope
from countback.analytics.tables.books import BookTables
from countback.books.convert import convert
from countback.books.demo import write_demo_books
from countback.kpis.catalogue import catalogue

pytestmark = pytest.mark.xdist_group("written")  # what is compiled is kept by the process

AS_OF = date(2026, 10, 31)
SEGMENTS = ("mid-market", "public sector")
DAYS = (AS_OF, date(2026, 10, 17), date(2026, 3, 31), date(2025, 12, 30))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two sets of demo books of one shape."""
    made = [tmp_path_factory.mktemp("one") / "books", tmp_path_factory.mktemp("two") / "books"]
    for folder, customers in zip(made, (12, 15), strict=True):
        write_demo_books(folder, customers=customers, months=14, ends_on=AS_OF)
    return made


class Compiled:
    """Counts what is compiled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        compile_it = Engine.compile

        def counted(engine: Engine, expression: Any) -> str:
            self.count += 1
            return compile_it(engine, expression)

        monkeypatch.setattr(Engine, "compile", counted)


def asked(books: Books, day: date, where: dict[str, Any]) -> list[Any]:
    """Figures and rows of a question, by two ways to read positions."""
    found = books.kpis(["overdue_receivables", "credit_sales"], as_of=day, where=where).to_dicts()
    return [*found, *books.kpis("overdue_share", as_of=day, where=where, trend=6).to_dicts(),
            *books.rows("overdue_receivables", as_of=day, where=where).to_dicts()]  # fmt: skip


def test_another_date_value_or_set_of_books_is_not_compiled_again(
    folders: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_books(folders[0]) as first, open_books(folders[1]) as second:
        for day in DAYS:
            asked(first, day, {"segment": [SEGMENTS[0], None]})
        compiled = Compiled(monkeypatch)
        for day in DAYS:
            asked(second, day, {"segment": [SEGMENTS[1], None]})
        assert compiled.count <= 1, "the dates of the books are read anew, nothing else"


def test_rows_of_another_cell_are_not_compiled_again(
    folders: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_books(folders[0]) as books:
        cells = [row["by"]["bucket"] for row in books.kpis("aging", as_of=AS_OF).to_dicts()]
        figures = {row["by"]["bucket"]: row["value"] for row in books.kpis("aging", as_of=AS_OF).to_dicts()}
        sums = {}
        compiled = None
        for cell in cells:
            rows = books.rows("aging", as_of=AS_OF, where={"bucket": cell}).to_dicts()
            compiled = compiled or Compiled(monkeypatch)
            sums[cell] = sum(row["amount"] for row in rows)
    assert compiled is not None
    assert compiled.count == 0
    assert len(sums) > 2
    assert sums == figures


def test_tables_that_shape_no_sql_are_not_asked_for_their_size() -> None:
    tables = BookTables({"invoices": 3, "write_offs": 0, "payments": 2}, {}, False)
    assert (tables.has("payments"), tables.has("write_offs"), tables.has("credit_notes")) == (
        True,
        False,
        False,
    )
    with pytest.raises(
        ValueError, match="disputes is not among the tables that shape SQL: allocations, credit_"
    ):
        tables.has("disputes")


@pytest.fixture(scope="module")
def twice(folders: list[Path]) -> Iterator[tuple[Books, Books]]:
    """The same books opened twice: to be asked with what was compiled for others, and without."""
    with open_books(folders[1]) as shared, open_books(folders[1]) as alone:
        yield shared, alone


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("where", [{}, {"segment": [SEGMENTS[0]]}, {"segment": [SEGMENTS[1], None]}])
def test_what_was_compiled_for_others_gives_the_same_answer(
    twice: tuple[Books, Books], monkeypatch: pytest.MonkeyPatch, day: date, where: dict[str, Any]
) -> None:
    shared = asked(twice[0], day, where)
    monkeypatch.setattr(Scope, "shape", property(lambda scope: scope))
    monkeypatch.setattr("countback.analytics.pool.written_text", lambda _key, write: write())
    monkeypatch.setattr("countback.analytics.engine.written", lambda _key, write: write())
    monkeypatch.setattr("countback.analytics.engine.written_text", lambda _key, write: write())
    assert asked(twice[1], day, where) == shared


def test_values_are_quoted_and_none_is_read_as_the_place_of_another() -> None:
    scope = Scope(where=(("segment", ("O'Neill", "⟦where 1.0⟧")), ("region", ("north", None))))
    (first, second), (third, blank) = (given for _, given in scope.shape.where)
    assert blank is None
    sql = f"a IN ('{first}', '{second}') AND b = '{third}'"
    assert scope.fill(sql) == "a IN ('O''Neill', '⟦where 1.0⟧') AND b = 'north'"


def test_dates_are_filled_in() -> None:
    scope = Scope.of((), (), None, (date(2026, 1, 31), date(2026, 2, 14)), date(2026, 3, 1))
    assert scope.since == date(2026, 2, 1)
    sql = "MAKE_DATE(1, 1, 1) MAKE_DATE(1, 1, 2) MAKE_DATE(1, 1, 3)"
    assert scope.fill(sql) == "MAKE_DATE(2026, 1, 31) MAKE_DATE(2026, 2, 14) MAKE_DATE(2026, 2, 1)"


class Process:
    """What a process has compiled, and the folder that it shares with others: all that a new one knows of."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        monkeypatch.setattr(written, "_folder", [])
        written.keep_texts_in(folder)
        self.starts()

    def starts(self) -> None:
        self._patch.setattr(written, "_kept", OrderedDict())


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Process:
    return Process(tmp_path / "compiled", monkeypatch)


@pytest.mark.parametrize("converted", [False, True])
def test_the_next_process_compiles_nothing_again(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, process: Process, converted: bool
) -> None:
    if converted:
        convert(folders[0], tmp_path / "books", derive=keep_derived)
    source = tmp_path / "books" if converted else folders[0]
    with open_books(source) as books:
        first = asked(books, AS_OF, {"segment": [SEGMENTS[0], None]})
    process.starts()
    compiled = Compiled(monkeypatch)
    with open_books(source) as books:
        assert asked(books, AS_OF, {"segment": [SEGMENTS[0], None]}) == first
    assert compiled.count <= 1, "the dates of the books are read anew, nothing else"


@pytest.mark.parametrize("fault", [
    pytest.param(lambda content: content[:-1], id="cut off"),
    pytest.param(lambda content: b"", id="empty"),
    pytest.param(lambda content: content.replace(b"SELECT", b"select", 1), id="changed"),
])  # fmt: skip
def test_a_text_that_is_not_whole_is_compiled_again(
    folders: list[Path], tmp_path: Path, process: Process, fault: Callable[[bytes], bytes]
) -> None:
    with open_books(folders[0]) as books:
        first = asked(books, AS_OF, {})
    files = [file for file in (tmp_path / "compiled").rglob("*") if file.is_file()]
    whole = {file: file.read_bytes() for file in files}
    for file, content in whole.items():
        file.write_bytes(fault(content))
    process.starts()
    with open_books(folders[0]) as books:
        assert asked(books, AS_OF, {}) == first
    assert {file: file.read_bytes() for file in files} == whole


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path, process: Process) -> None:
    (tmp_path / "file").write_text("")
    written.keep_texts_in(tmp_path / "file")
    assert written.written_text(("a", 1), lambda: "SELECT 1") == "SELECT 1"
    process.starts()
    assert written.written_text(("a", 1), lambda: "SELECT 2") == "SELECT 2"


def test_what_other_code_left_goes_and_what_was_not_read_for_longest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, process: Process
) -> None:
    folder = tmp_path / "compiled"
    (folder / "other").mkdir()
    for number in range(5):
        written.written_text((number,), lambda: "SELECT 1")
    own = next(one for one in folder.iterdir() if one.name != "other")
    for age, file in enumerate(sorted(own.iterdir())):
        os.utime(file, (1_000_000 - age, 1_000_000 - age))
    monkeypatch.setattr(written, "MOST_FILES", 3)
    kept = sorted(own.iterdir())[:3]
    written.keep_texts_in(folder)
    assert list(folder.iterdir()) == [own]
    assert sorted(own.iterdir()) == kept


def test_what_holds_in_one_process_only_is_not_told(tmp_path: Path, process: Process) -> None:
    def inner() -> str:
        return str(tmp_path)

    for key in (inner, lambda: None, object(), datetime(2026, 1, 1)):
        with pytest.raises(written.Untold):
            written.told((1, key))
        assert written.written_text((1, key), lambda: "SELECT 1") == "SELECT 1"
    assert not [file for file in (tmp_path / "compiled").rglob("*") if file.is_file()]


def test_every_measure_is_told_and_none_as_another() -> None:
    measures = {measure for kpi in catalogue() for measure in kpi.measures}
    assert len({written.told(measure) for measure in measures}) == len(measures)


def test_every_process_tells_a_key_in_the_same_words() -> None:
    said = "from countback.analytics.written import told; print(told((frozenset({'b', 'a', 'c'}), {'x': 1}, None)))"
    words = {
        subprocess.run(
            [sys.executable, "-c", said], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert words == {b"({'a', 'b', 'c'}, (('x', 1)), None)\n"}
