"""An invoice's life, told day by day, with the figures on each day that matters and on the day before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from countback import Books
from tests.asking import amounts, figures, left_out, values
from tests.ledger import books_of

LIFE = """
customer acme "Acme Ltd" segment=retail collector=ann
collector ann "Ann Ames"

2024-01-05 invoice I1 acme 1000.00 due 2024-02-04
2024-02-05 contact reminder acme email for I1
2024-02-12 contact call acme call right_party collector=ann minutes=6
2024-02-12 promise R1 acme 600.00 by 2024-02-20 for I1 collector=ann     # a Tuesday: until Thursday
2024-02-21 payment P1 acme 400.00 -> I1 400.00                           # two thirds of what was promised
2024-02-26 dispute D1 I1 200.00 reason=quality
2024-03-08 credit_note C1 acme 150.00 for I1
2024-03-08 resolve D1 credited
2024-03-14 contact call-again acme call right_party collector=ann minutes=4
2024-03-14 promise R2 acme 450.00 by 2024-03-18 for I1 collector=ann     # and nothing comes
2024-04-01 placement L1 acme 450.00 with "Gull Agency" for I1
2024-04-15 payment P2 acme 100.00 -> I1 100.00
2024-04-16 cost X1 agency_fee 20.00 for acme
2024-04-22 legal G1 acme letter_before_action 350.00 for I1
2024-05-06 legal G2 acme claim 350.00 for I1
2024-05-06 cost X2 legal 30.00 for acme
2024-06-03 write_off W1 I1 350.00 reason=uncollectable
2024-06-20 payment P3 acme 80.00 -> I1 80.00                             # after all
"""

ON_THE_DAY = """
| day        | open_receivables | overdue_receivables | disputed_receivables | average_days_past_due | over_90_share |
| 2024-01-04 |                0 |                   0 |                    0 |                       |               |
| 2024-01-05 |             1000 |                   0 |                    0 |                       |             0 |
| 2024-02-04 |             1000 |                   0 |                    0 |                       |             0 |
| 2024-02-05 |             1000 |                1000 |                    0 |                     1 |             0 |
| 2024-02-20 |             1000 |                1000 |                    0 |                    16 |             0 |
| 2024-02-21 |              600 |                 600 |                    0 |                    17 |             0 |
| 2024-02-26 |              600 |                 600 |                  200 |                    22 |             0 |
| 2024-03-07 |              600 |                 600 |                  200 |                    32 |             0 |
| 2024-03-08 |              450 |                 450 |                    0 |                    33 |             0 |
| 2024-04-14 |              450 |                 450 |                    0 |                    70 |             0 |
| 2024-04-15 |              350 |                 350 |                    0 |                    71 |             0 |
| 2024-05-04 |              350 |                 350 |                    0 |                    90 |             0 |
| 2024-05-05 |              350 |                 350 |                    0 |                    91 |           100 |
| 2024-06-02 |              350 |                 350 |                    0 |                   119 |           100 |
| 2024-06-03 |                0 |                   0 |                    0 |                       |               |
| 2024-06-20 |                0 |                   0 |                    0 |                       |               |
"""

IN_THE_MONTH = """
| month   | credit_sales | cash_applied | bad_debt_ratio | collection_cost | cost_of_collection | legal_action_rate |
| 2024-01 |         1000 |            0 |              0 |               0 |                    |                   |
| 2024-02 |            0 |          400 |              0 |               0 |                  0 |                 0 |
| 2024-03 |         -150 |            0 |              0 |               0 |                    |                 0 |
| 2024-04 |            0 |          100 |              0 |              20 |                 20 |                 0 |
| 2024-05 |            0 |            0 |              0 |              30 |                    |               100 |
| 2024-06 |            0 |            0 |          41.18 |               0 |                    |               100 |

| month   | right_party_contact_rate | promise_rate | promise_kept_rate | promise_kept_amount_rate | coverage |
| 2024-01 |                          |              |                   |                          |          |
| 2024-02 |                       50 |          100 |                 0 |                    66.67 |      100 |
| 2024-03 |                      100 |          100 |                 0 |                        0 |      100 |
| 2024-04 |                          |              |                   |                          |        0 |
| 2024-06 |                          |              |                   |                          |          |
"""

Table = dict[str, dict[str, Decimal | None]]


def tables(text: str) -> Iterator[Table]:
    """Each table of the text: its rows by their first cell; a blank cell is a figure that has no value."""
    for block in re.split(r"\n\s*\n", text.strip()):
        header, *rows = (
            [cell.strip() for cell in line.strip()[1:-1].split("|")] for line in block.splitlines()
        )
        yield {
            first: {
                name: Decimal(cell) if cell else None for name, cell in zip(header[1:], cells, strict=True)
            }
            for first, *cells in rows
        }


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    return books_of(LIFE, tmp_path_factory.mktemp("life"))


def test_figures_on_the_day(books):
    (expected,) = tables(ON_THE_DAY)
    kpis = list(next(iter(expected.values())))
    last = date.fromisoformat(max(expected))
    days = (last - date.fromisoformat(min(expected))).days + 1
    found = told(books, kpis, last, days, "day")
    assert {day: found[day] for day in expected} == expected


def test_figures_in_the_month(books):
    for expected in tables(IN_THE_MONTH):
        found = told(books, list(next(iter(expected.values()))), date(2024, 6, 30), 6, "month")
        by_month = {day[:7]: row for day, row in found.items()}
        assert {month: by_month[month] for month in expected} == expected


def told(books: Books, kpis: list[str], last: date, points: int, every: str) -> Table:
    """The figures of each period by its last day, rounded to two places."""
    found: Table = {}
    for row in books.kpis(kpis, as_of=last, trend=points, every=every).to_dicts():
        value = row["value"]
        found.setdefault(str(row["period_end"]), {})[row["kpi"]] = None if value is None else round(value, 2)
    return found


def test_agency_brings_less_than_it_seems(books):
    """450 placed; 100 came in, less 20 of fees and 30 for the court; the 80 after the write-off count, too."""
    sides = {
        day: [(row["numerator"], row["denominator"]) for row in figures(books, "net_recovery", day)]
        for day in ("2024-03-31", "2024-04-15", "2024-05-31", "2024-06-30")
    }
    assert sides == {
        "2024-03-31": [],
        "2024-04-15": [(100, 450)],
        "2024-05-31": [(50, 450)],
        "2024-06-30": [(130, 450)],
    }
    assert amounts(books, "net_recovery", "2024-06-30", "denominator") == {"L1": 450}


def test_every_step_that_does_not_count_says_why(books):
    assert left_out(books, "promise_rate", "2024-02-29") == {"reminder": "no outcome was recorded"}
    assert (
        left_out(books, "promise_kept_rate", "2024-02-21")["R1"]
        == "due, but within its two working days of grace"
    )
    assert left_out(books, "legal_action_rate", "2024-06-30") == {"G1": "a letter before action is no claim"}
    reasons = left_out(books, "cash_applied", "2024-06-30")
    assert list(reasons.values()) == ["received after the invoice was written off: a recovery"]


def test_what_becomes_of_the_promises(books):
    """The first is judged on Thursday, the second on Wednesday, not a day before."""
    outcome = {
        day: [name for name, count in values(books, "promise_outcomes", day, by="outcome").items() if count]
        for day in ("2024-02-21", "2024-02-22", "2024-03-19", "2024-03-20")
    }
    assert outcome == {
        "2024-02-21": ["open"],
        "2024-02-22": ["partly kept"],
        "2024-03-19": ["partly kept", "open"],
        "2024-03-20": ["partly kept", "broken"],
    }


@pytest.mark.parametrize("day", ["2024-02-21", "2024-03-07", "2024-05-06"])
def test_what_comes_later_changes_no_earlier_figure(books, tmp_path, day):  # check 2
    """The books as they stood that evening say of that day what the whole of them says."""
    lines = [line for line in LIFE.splitlines() if not re.match(r"\d{4}", line) or line[:10] <= day]
    then = books_of("\n".join(lines), tmp_path)
    kpis = [
        *next(iter(next(tables(ON_THE_DAY)).values())),
        "net_receivables",
        "cash_applied",
        "promise_kept_rate",
    ]
    kpis += ["promise_rate", "coverage", "legal_action_rate", "days_deductions_outstanding", "collector_cash"]
    asked = {"as_of": date.fromisoformat(day)}
    assert then.kpis(kpis, **asked).to_dicts() == books.kpis(kpis, **asked).to_dicts()
