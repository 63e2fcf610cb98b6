"""The contract that scripts rely on: options, JSON field by field, CSV columns, exit codes."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

FIELDS = [
    "kpi",
    "as_of",
    "period_start",
    "period_end",
    "by",
    "value",
    "unit",
    "numerator",
    "denominator",
    "reason",
]
ON = ("--as-of", "2026-03-31")


def test_json_field_by_field(ask, books) -> None:
    ran = ask(
        "kpis", books, *ON, "--kpi", "overdue_share", "--kpi", "average_days_to_pay", "--format", "json"
    )
    assert ran.code == 0
    assert ran.said == ""
    share, days = ran.json
    assert list(share) == FIELDS
    assert share == {
        "kpi": "overdue_share", "as_of": "2026-03-31", "period_start": "2026-03-01", "period_end": "2026-03-31",
        "by": {}, "value": "30", "unit": "%", "numerator": "150", "denominator": "500", "reason": None,
    }  # fmt: skip
    # 100 after 54 days, 100 after 38
    assert (days["value"], days["unit"]) == ("46", "days")


def test_what_is_undefined_is_null_with_a_reason(ask, books) -> None:
    (found,) = ask("kpis", books, "--as-of", "2025-06-30", "--kpi", "dso", "--format", "json").json
    assert found["value"] is None
    assert found["reason"]


def test_by_is_an_object_and_blank_is_null(ask, books) -> None:
    found = ask("kpis", books, *ON, "--kpi", "open_receivables", "--by", "region", "--format", "json").json
    assert {row["by"]["region"]: row["value"] for row in found} == {
        "South": "300",
        "North": "150",
        None: "50",
    }
    assert {row["unit"] for row in found} == {"EUR"}


def test_the_cells_of_the_ageing_are_its_by(ask, books) -> None:
    found = ask("kpis", books, *ON, "--kpi", "aging", "--format", "json").json
    assert [(row["by"], row["value"]) for row in found] == [
        ({"bucket": "current"}, "350"), ({"bucket": "1-30"}, "150"), ({"bucket": "31-60"}, "0"),
        ({"bucket": "61-90"}, "0"), ({"bucket": "over 90"}, "0"), ({"bucket": "unapplied"}, "0"),
    ]  # fmt: skip


def test_without_a_kpi_all_single_valued_ones(ask, books) -> None:
    from countback.kpis.catalogue import catalogue

    found = ask("kpis", books, *ON, "--format", "json").json
    assert [row["kpi"] for row in found] == [kpi.id for kpi in catalogue() if not kpi.cells]
    assert all((row["value"] is None) <= bool(row["reason"]) for row in found)


def test_a_trend_has_full_periods_the_last_one_cut(ask, books) -> None:
    asked = (
        "kpis",
        books,
        "--as-of",
        "2026-03-15",
        "--kpi",
        "open_receivables",
        "--trend",
        "3",
        "--format",
        "json",
    )
    found = ask(*asked).json
    assert [(row["period_start"], row["period_end"], row["value"]) for row in found] == [
        ("2026-01-01", "2026-01-31", "100"), ("2026-02-01", "2026-02-28", "350"), ("2026-03-01", "2026-03-15", "600"),
    ]  # fmt: skip
    weeks = ask(*asked, "--every", "week").json
    assert [row["period_start"] for row in weeks] == ["2026-02-23", "2026-03-02", "2026-03-09"]


@pytest.mark.parametrize(
    ("known_at", "value"),
    [
        ("2026-04-05T09:59", "450"),
        ("2026-04-05T12:00+02:00", "500"),
        ("2026-04-05T12:00+02:30", "450"),
        ("2026-04-05", "500"),
    ],
)
def test_known_at(ask, books, known_at, value) -> None:
    asked = ("kpis", books, *ON, "--kpi", "open_receivables", "--known-at", known_at, "--format", "json")
    assert ask(*asked).json[0]["value"] == value


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (["region=South"], "300"),
        (["region=South", "region=North"], "450"),
        (["region="], "50"),
        (["region=South", "region="], "350"),
        (["region=South", "customer=C2"], "0"),
        (["bucket=1-30"], "150"),
    ],
)
def test_where(ask, books, where, value) -> None:
    asked = [part for one in where for part in ("--where", one)]
    found = ask("kpis", books, *ON, "--kpi", "open_receivables", *asked, "--format", "json").json
    assert sum((Decimal(row["value"]) for row in found), Decimal(0)) == Decimal(value)


def test_parameters(ask, books) -> None:
    asked = ("kpis", books, *ON, "--kpi", "dso", "--format", "json")
    assert ask(*asked).json[0]["denominator"] == "700"
    assert ask(*asked, "--param", "dso.window=30").json[0]["denominator"] == "50"
    assert ask(*asked, "--param", "dso.window=x").code == 2


def test_csv_is_flat(ask, books) -> None:
    ran = ask(
        "kpis", books, *ON, "--kpi", "overdue_share", "--kpi", "aging", "--by", "region", "--format", "csv"
    )
    rows = list(csv.reader(io.StringIO(ran.out)))
    assert rows[0] == [*FIELDS[:4], "region", "bucket", *FIELDS[5:]]
    north = dict(
        zip(
            rows[0], next(row for row in rows if row[0] == "overdue_share" and row[4] == "North"), strict=True
        )
    )
    assert (north["value"], north["numerator"], north["bucket"], north["reason"]) == ("100", "150", "", "")


def test_rows_close_to_the_figure(ask, books) -> None:  # check 52
    found = ask("rows", books, *ON, "--kpi", "overdue_share", "--format", "json").json
    assert {row["side"] for row in found} == {"numerator", "denominator"}
    sums = {
        side: sum(Decimal(row["amount"]) for row in found if row["side"] == side)
        for side in ("numerator", "denominator")
    }
    assert sums == {"numerator": 150, "denominator": 500}
    (overdue,) = (row for row in found if row["side"] == "numerator")
    assert overdue["row"] == "invoice"
    assert (overdue["row_id"], overdue["customer_id"], overdue["due_on"]) == ("INV-2", "C2", "2026-03-12")


def test_filters_reach_the_rows_and_every_format_has_the_same_ones(ask, books, tmp_path) -> None:  # check 52
    asked = (
        "rows",
        books,
        *ON,
        "--kpi",
        "dso",
        "--side",
        "numerator",
        "--where",
        "region=South",
        "--where",
        "region=",
    )
    found = ask(*asked, "--format", "json").json
    assert {row["row_id"] for row in found} == {"INV-3", "INV-4"}
    as_csv = list(csv.DictReader(io.StringIO(ask(*asked, "--format", "csv").out)))
    assert [(row["row_id"], row["amount"]) for row in as_csv] == [
        (row["row_id"], row["amount"]) for row in found
    ]
    assert ask(*asked, "--out", tmp_path / "rows.csv").code == 0
    assert list(csv.DictReader(io.StringIO((tmp_path / "rows.csv").read_text("utf-8")))) == as_csv


def test_explain_adds_up(ask, books) -> None:
    asked = (
        "explain",
        books,
        "--kpi",
        "overdue_share",
        "--from",
        "2026-02-28",
        "--to",
        "2026-03-31",
        "--by",
        "region",
    )
    found = ask(*asked, "--format", "json").json
    change = Decimal(found[0]["to"]) - Decimal(found[0]["from"])
    assert sum(Decimal(row["contribution"]) for row in found) == change
    assert {row["by"]["region"] for row in found} == {"South", "North", None}
    assert list(found[0]) == ["kpi", "unit", "from", "to", "by", "side", "before", "after", "contribution"]


def test_check_says_what_is_wrong_and_ends_with_1(ask, books, tmp_path) -> None:
    assert ask("check", books).code == 0
    bad = tmp_path / "bad"
    bad.mkdir()
    for file in books.iterdir():
        (bad / file.name).write_text(file.read_text().replace("INV-3,C1,2026-03-01", "INV-3,C9,2026-02-31"))
    ran = ask("check", bad)
    assert ran.code == 1
    assert "invoices.csv, line 4" in ran.out
    assert "C9" in ran.out
    assert ran.said.count("\n") == 1
    assert "were not taken" in ran.said
    listed = ask("check", bad, "--format", "json").json
    assert {"severity", "code", "file", "line", "column", "what", "remedy"} == set(listed[0])
    refused = ask("kpis", bad, *ON)
    assert (refused.code, refused.out) == (1, "")
    assert "invoices.csv, line 4" in refused.said


def test_demo_books_are_the_same_for_the_same_seed(ask, tmp_path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert (
            ask("demo-books", tmp_path / name, "--customers", "2", "--months", "2", "--seed", seed).code == 0
        )
    first, same, other = ((tmp_path / name / "invoices.csv").read_bytes() for name in "abc")
    assert first == same != other
    assert ask("demo-books", tmp_path / "a", "--customers", "2", "--months", "2", "--seed", "2").code == 0
    assert (tmp_path / "a" / "invoices.csv").read_bytes() == other, "earlier demo books are replaced"


def test_the_catalogue_is_listed_and_described(ask) -> None:
    listed = ask("list").out
    assert "What is owed" in listed
    assert "  dso " in listed
    described = ask("describe", "dso").out
    assert described.startswith("Days sales outstanding (dso)\n")
    assert "dso.window (default 90)" in described
    helped = ask("kpis", "--help").out
    assert "Days sales outstanding" in helped
    assert "--known-at" in helped


def test_the_version(ask) -> None:
    assert ask("--version").out.startswith("countback ")


def test_convert_answers_the_same(ask, books, tmp_path) -> None:
    folder = tmp_path / "parquet"
    assert ask("convert", books, "--to", folder).code == 0
    asked = (*ON, "--kpi", "dso", "--by", "region", "--format", "csv")
    assert ask("kpis", folder, *asked).out == ask("kpis", books, *asked).out


@pytest.mark.parametrize("ending", [".html", ".pdf", ".xlsx"])
def test_report(ask, books, tmp_path, ending) -> None:
    out = tmp_path / f"report{ending}"
    ran = ask("report", books, *ON, "--out", out)
    assert (ran.code, ran.out) == (0, "")
    assert out.stat().st_size > 1_000
