"""Whatever is asked wrongly is refused in one sentence of three parts, on standard error, with the right exit code."""

from __future__ import annotations

import errno
import re

import pytest

from countback.project import cli

PARTS = re.compile(r"[^\n]+: [^\n]+; [^\n]+\.\n\Z")
DAY = ("--as-of", "2026-03-31")

MISUSES = {
    ("kpi",): "`countback kpi` was not run: there is no such command; did you mean kpis.",
    ("frobnicate",): "`countback frobnicate` was not run: there is no such command; use one of check, kpis, rows",
    ("--wersion",): "`countback` was not run: it has no option --wersion; did you mean --version.",
    ("kpis",): "`countback kpis` was not run: SOURCE is missing; add it, as `countback kpis --help` says.",
    ("kpis", "BOOKS"): "`countback kpis` was not run: --as-of is missing; add it, as `countback kpis --help` says.",
    ("kpis", "BOOKS", "--as-of"): "--as-of was given without a value; add it",
    ("kpis", "BOOKS", "--asof", "x"): "it has no option --asof; did you mean --as-of.",
    ("kpis", "BOOKS", "more", *DAY): "it takes no further argument: more; leave it out, or quote a name",
    ("kpis", "BOOKS", *DAY, "--format", "xml"): "--format: 'xml' is not one of 'table', 'json', 'csv', 'xlsx'",
    ("kpis", "BOOKS", *DAY, "--trend", "x"): "--trend: it takes a whole number; write it as",
    ("kpis", "BOOKS", *DAY, "--trend", "0"): "no trend of 0 points was made: 1 to 1200 can be asked",
    ("kpis", "BOOKS", *DAY, "--trend", "5000"): "no trend of 5000 points was made",
    ("kpis", "BOOKS", *DAY, "--every", "year"): "--every: 'year' is not one of 'day', 'week', 'month', 'quarter'",
    ("kpis", "BOOKS", "--as-of", "2026-02-31"): "'2026-02-31' is no day of the calendar; choose a day that exists.",
    ("kpis", "BOOKS", "--as-of", "31/03/2026"): "'31/03/2026' is no date; write it as year-month-day",
    ("kpis", "BOOKS", *DAY, "--known-at", "noon"): "--known-at was not understood: 'noon' is no date and time",
    ("kpis", "BOOKS", *DAY, "--kpi", "dsso"): "'dsso' was not computed: there is no KPI of that id; did you mean dso",
    ("kpis", "BOOKS", *DAY, "--by", "regin"): "the books have no dimension 'regin'; did you mean region.",
    ("kpis", "BOOKS", *DAY, "--where", "regin=x"): "the books have no dimension 'regin'; did you mean region.",
    ("kpis", "BOOKS", *DAY, "--where", "region"): "--where was not understood: 'region' names no dimension and value",
    ("kpis", "BOOKS", *DAY, "--param", "window=3"): "--param was not understood: 'window=3' names no KPI",
    ("kpis", "BOOKS", *DAY, "--kpi", "dso", "--param", "dso.windw=3"): "it has no parameter 'windw'; its parameters:",
    ("kpis", "BOOKS", *DAY, "--kpi", "dso", "--param", "aging.bounds=3"): "its KPI is not asked; add --kpi aging",
    ("kpis", "BOOKS", *DAY, "--currency", "eur"): "'eur' is no currency of ISO 4217; write a code such as EUR.",
    ("kpis", "BOOKS", *DAY, "--profile", "xerro"): "The profile xerro was not found",
    ("kpis", "BOOKS", *DAY, "--out", "a.pdf"): "a.pdf was not written: its ending '.pdf' names no form of export",
    ("kpis", "BOOKS", *DAY, "--out", "a.csv", "--format", "json"): "its ending and --format json differ",
    ("kpis", "BOOKS", *DAY, "--out", "a.txt", "--format", "table"): "a table is made for the screen",
    ("rows", "BOOKS", *DAY): "nothing was listed: no KPI was named; name one with --kpi, such as --kpi dso.",
    ("rows", "BOOKS", *DAY, "--kpi", "dso", "--kpi", "aging"): "nothing was listed: 2 KPIs were named",
    ("rows", "BOOKS", *DAY, "--kpi", "dso", "--side", "top"): "--side: 'top' is not one of 'numerator',",
    ("explain", "BOOKS", "--kpi", "dso", "--from", "2026-01-31", "--to", "2026-03-31"): "no dimension was named",
    ("explain", "BOOKS", "--kpi", "dso", "--from", "2026-01-31", "--by", "region"): "--to is missing",
    ("report", "BOOKS", *DAY, "--out", "a.doc"): "its ending '.doc' names no form of it; end it in",
    ("demo-books", "NEW", "--customers", "0"): "a business has at least one customer",
    ("describe", "dsoo"): "there is no KPI of that id; did you mean dso",
    ("profile", "BOOKS", "--answer", "x"): "--answer was not understood: 'x' names no question and value",
}  # fmt: skip


@pytest.fixture
def place(books, tmp_path, monkeypatch):
    """An empty current folder; BOOKS and NEW stand for folders."""
    monkeypatch.chdir(tmp_path)
    return {"BOOKS": str(books), "NEW": str(tmp_path / "new")}


@pytest.mark.parametrize("line", MISUSES, ids=" ".join)
def test_misuse(ask, place, tmp_path, line) -> None:
    ran = ask(*(place.get(word, word) for word in line))
    assert (ran.code, ran.out) == (2, "")
    assert MISUSES[line] in ran.said
    assert PARTS.match(ran.said), ran.said
    assert list(tmp_path.iterdir()) == [], "nothing is written"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("check", "nowhere"), "the books nowhere were not taken"),
        (("kpis", "nowhere", *DAY), "nowhere"),
        (("profile", "nowhere"), "nowhere"),
        (("kpis", "BOOKS", *DAY, "--out", "none/a.csv"), "none/a.csv was not written: the folder"),
        (("kpis", "BOOKS", *DAY, "--out", ".", "--format", "csv"), "it is a folder; name a file in it."),
        (("report", "BOOKS", *DAY, "--out", "none/a.html"), "none/a.html was not written"),
        (("demo-books", "none/new"), "is not there; make it first, or name another."),
        (
            ("demo-books", "BOOKS"),
            "it holds books that are no demo books; name another folder, or empty this one.",
        ),
        (("convert", "BOOKS", "--to", "BOOKS"), "The books were not written to"),
        (("kpis", "BOOKS", *DAY, "--currency", "GBP"), "amounts in EUR were not converted into GBP"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_refused_ends_with_1(ask, place, line, said) -> None:
    ran = ask(*(place.get(word, word) for word in line))
    assert ran.code == 1
    assert said in ran.said
    assert PARTS.search(ran.said), ran.said
    assert "Traceback" not in ran.said


def test_a_folder_of_others_is_never_overwritten(ask, tmp_path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    ran = ask("demo-books", tmp_path, "--customers", "1", "--months", "1")
    assert (ran.code, (tmp_path / "letters.txt").read_text()) == (1, "mine")
    assert "it holds other files, such as letters.txt" in ran.said


def test_a_fault_of_ours_is_owned_up_to(ask, books, monkeypatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("countback.analytics.opened.open_books", broken)
    ran = ask("kpis", books, *DAY)
    assert ran.code == 70
    assert PARTS.match(ran.said)
    assert "Countback itself is at fault" in ran.said
    assert "COUNTBACK_DEBUG=1" in ran.said
    assert "Traceback" not in ran.said
    monkeypatch.setenv("COUNTBACK_DEBUG", "1")
    assert "Traceback" in ask("kpis", books, *DAY).said


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (MemoryError(), "memory ran out"),
    ],
)
def test_what_the_machine_lacks_is_said(ask, books, monkeypatch, error, why) -> None:
    def lacking(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("countback.analytics.opened.open_books", lacking)
    ran = ask("kpis", books, *DAY)
    assert ran.code == 1
    assert why in ran.said
    assert PARTS.match(ran.said)


def test_ctrl_c_ends_quietly(ask, books, monkeypatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("countback.analytics.opened.open_books", stopped)
    ran = ask("kpis", books, *DAY)
    assert (ran.code, ran.out, ran.said) == (130, "", "")


def test_an_interrupted_query_is_ctrl_c_too(monkeypatch) -> None:
    import duckdb

    def stopped(_: object) -> int:
        raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")

    monkeypatch.setattr(cli, "_invoked", stopped)
    assert cli.run(["kpis"]) == 130
