"""Tables are readable on eighty columns, lose nothing, and take text of others for text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from countback.analytics.answer import NUMBER
from countback.analytics.figures import Figures
from countback.kpis.topics import OTHER, topic_of
from countback.project.shown import figures as shown_figures
from countback.project.shown.figures import figure_grids
from countback.project.shown.grid import broken, draw
from countback.project.shown.numbers import DASH, shown
from countback.project.terminal import safe

DAY = ("--as-of", "2026-03-31")


def figures(rows: list[tuple[str, str | None, str | None]], dims: dict[str, tuple[str, ...]]) -> Figures:
    """Figures of (kpi, customer, value) on one day."""
    day = pa.array([date(2026, 3, 31)] * len(rows), pa.date32())
    numbers = pa.array([None if value is None else Decimal(value) for _, _, value in rows], NUMBER)
    table = pa.table({
        "kpi": pa.array([kpi for kpi, _, _ in rows]), "as_of": day, "period_start": day, "period_end": day,
        "by_customer": pa.array([customer for _, customer, _ in rows], pa.string()), "value": numbers,
        "unit": pa.array(["EUR"] * len(rows)), "numerator": numbers, "denominator": pa.nulls(len(rows), NUMBER),
        "reason": pa.array([None if value else "nothing there" for _, _, value in rows], pa.string()),
    })  # fmt: skip
    return Figures(table, dims)


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        ("1234567.005", "EUR", "1,234,567.01"),
        ("-1234.5", "EUR", "-1,234.50"),
        ("1234.5", "JPY", "1,235"),
        ("1.2345", "KWD", "1.235"),
        ("52.3966942149", "days", "52.40"),
        ("-0.001", "%", "0.00"),
        ("7", "count", "7"),
        ("123456789012345678901234.56", "EUR", "123,456,789,012,345,678,901,234.56"),
    ],
)
def test_numbers(number: str, unit: str, text: str) -> None:
    assert shown(Decimal(number), unit) == text


def test_a_number_that_is_none_is_a_dash() -> None:
    assert shown(None, "days") == DASH
    assert shown(Decimal("1.7"), "days", signed=True) == "+1.70"
    assert shown(Decimal(0), "days", signed=True) == "0.00"


def test_figures_of_one_value_are_listed_by_topic(ask, books) -> None:
    ran = ask("kpis", books, *DAY, "--kpi", "overdue_share", "--kpi", "dso", "--kpi", "promise_rate")
    lines = ran.out.splitlines()
    assert lines[0] == "small · as of 2026-03-31 · EUR"
    assert [line.split() for line in lines if line.startswith("  ")] == [
        ["overdue_share", "30.00", "%"], ["dso", "64.29", "days"], ["promise_rate", DASH, "%"]
    ]  # fmt: skip
    assert f"{DASH} promise_rate: no right-party contacts in the period" in lines
    assert {"What is owed", "How long it takes", "Promises and contacts"} <= {line.strip() for line in lines}


def test_the_heading_says_what_was_asked(ask, books) -> None:
    ran = ask(
        "kpis",
        books,
        *DAY,
        "--kpi",
        "dso",
        "--known-at",
        "2026-04-01",
        "--where",
        "region=",
        "--where",
        "region=South",
    )
    assert ran.out.splitlines()[0] == (
        "small · as of 2026-03-31 · known at 2026-04-01 23:59:59 UTC · EUR · only region = (blank) or South"
    )


def test_groups_go_down_and_kpis_across(ask, books) -> None:
    ran = ask(
        "kpis",
        books,
        *DAY,
        "--kpi",
        "open_receivables",
        "--kpi",
        "overdue_share",
        "--by",
        "region",
        "--trend",
        "2",
    )
    cells = [line.split() for line in ran.out.splitlines()]
    assert ["2026-03-31", "North", "150.00", "100.00"] in cells
    assert ["2026-03-31", "(blank)", "50.00", "0.00"] in cells
    assert ["2026-02-28", "South", "100.00", "100.00"] in cells


def test_one_kpi_shows_its_sides(ask, books) -> None:
    out = ask("kpis", books, *DAY, "--kpi", "overdue_share").out
    assert "numerator" in out
    assert ["30.00", "150.00", "500.00"] in [line.split() for line in out.splitlines()]


def test_numbers_stand_right_below_each_other(ask, books) -> None:
    lines = ask("kpis", books, *DAY, "--kpi", "aging").out.splitlines()
    ends = {len(line.rstrip()) for line in lines if line.rstrip().endswith(".00")}
    assert len(ends) == 1


@pytest.mark.parametrize("more", [(), ("--by", "region"), ("--trend", "6", "--by", "customer")])
def test_every_table_fits_eighty_columns(ask, books, more) -> None:
    out = ask("kpis", books, *DAY, *more).out
    assert max(map(len, out.splitlines())) <= 80
    assert "…" not in out.split(DASH)[0], "no cell is cut"


@pytest.mark.parametrize("kpi", ["overdue_share", "collection_effectiveness_index", "average_days_to_pay"])
def test_rows_fit_eighty_columns_and_say_what_is_left_out(ask, books, kpi) -> None:
    out = ask("rows", books, *DAY, "--kpi", kpi).out
    assert max(len(line) for line in out.splitlines()[1:]) <= 80
    assert "sum " in out


def test_the_rows_say_their_sum_and_the_figure(ask, books) -> None:
    out = ask("rows", books, *DAY, "--kpi", "overdue_share").out
    assert out.splitlines()[0].endswith("· overdue_share 30.00 %")
    assert "1 row, sum 150.00 EUR" in out
    assert "3 rows, sum 500.00 EUR" in out


def test_explain_says_the_change_and_the_sum(ask, books) -> None:
    out = ask(
        "explain", books, "--kpi", "dso", "--from", "2026-02-28", "--to", "2026-03-31", "--by", "region"
    ).out
    assert "dso 90.00 to 64.29 days" in out
    assert "The contributions sum to -25.71 days, the whole change." in out


def test_rows_that_are_not_shown_are_counted(monkeypatch, capsys) -> None:  # check 53
    monkeypatch.setattr(shown_figures, "MOST_ROWS", 3)
    rows = [("open_receivables", f"C{n}", str(n + 1)) for n in range(5)]
    draw(figure_grids(figures(rows, {"open_receivables": ("customer",)})))
    out = capsys.readouterr().out
    assert "C2" in out
    assert "C3" not in out
    assert "3 of 5 rows are shown; --format csv or --out FILE.xlsx gives them all." in out


def test_text_of_others_is_only_text(capsys) -> None:  # check 57
    wicked = ["[red]x[/red]", "\x1b[2Jx", "a\u202eb", ":smile:", "a\nb"]
    rows = [("open_receivables", name, "1") for name in wicked]
    draw(figure_grids(figures(rows, {"open_receivables": ("customer",)})))
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "[red]x[/red]" in out
    assert ":smile:" in out
    assert "a\ufffdb" in out
    assert safe("plain – text") == "plain – text"


def test_a_reason_stands_below_with_its_group(capsys) -> None:
    rows = [("open_receivables", "C1", None), ("open_receivables", None, "2")]
    draw(figure_grids(figures(rows, {"open_receivables": ("customer",)})))
    out = capsys.readouterr().out
    assert f"{DASH} open_receivables C1: nothing there" in out


def test_an_answer_without_rows_says_so(capsys) -> None:
    draw(figure_grids(figures([], {"open_receivables": ("customer",)})))
    assert "no rows" in capsys.readouterr().out


def test_names_break_at_underscores() -> None:
    assert broken("period end") == "period end"
    assert broken("dso") == "dso"
    assert max(map(len, broken("cash_collection_effectiveness_index").split("\n"))) <= 14
    assert broken("a_very_long_name_indeed_it_is").replace("\n", "") == "a_very_long_name_indeed_it_is"


def test_a_kpi_of_no_topic_is_listed_last() -> None:
    assert topic_of("something_new") == OTHER
    assert topic_of("dso").title == "How long it takes"
