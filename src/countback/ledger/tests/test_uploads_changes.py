"""What is said of an import before, after, and before it is undone."""

from __future__ import annotations

from typing import Any

import pytest

from countback.ledger.uploads_changes import (
    changes_of,
    has_changed,
    listed,
    shown_of,
    total_of,
    undoing_would,
    would_change,
)


def table(*, ends: bool = False, before: str = "0", after: str = "0", **rows: int) -> dict[str, Any]:
    """What a plan says of one table."""
    kinds = ("new", "changed", "was", "vanished", "same")
    told: dict[str, Any] = {kind: {"rows": rows.get(kind, 0), "amounts": {}} for kind in kinds}
    return told | {
        "before": {"rows": int(before != "0"), "amounts": {"EUR": before} if before != "0" else {}},
        "after": {"rows": 0, "amounts": {"EUR": after} if after != "0" else {}},
        "ends": ends,
    }


@pytest.mark.parametrize(
    ("rows", "would", "did", "undoing"),
    [
        ({"new": 1200}, "1,200 rows are new.", "1,200 rows came in.", "ends the 1,200 rows that it brought."),
        ({"new": 1}, "1 row is new.", "1 row came in.", "ends the 1 row that it brought."),
        (
            {"new": 2, "changed": 1, "vanished": 3, "same": 4, "ends": True},
            "2 rows are new, 1 row changes and 3 rows end; 4 rows stay as they are.",
            "2 rows came in, 1 row changed and 3 rows ended; 4 rows were the same.",
            "gives 1 row the former values back and brings back the 3 rows that it ended.",
        ),
        (
            {"new": 2, "vanished": 3, "same": 1},
            "2 rows are new; 1 row stays as it is. 3 rows of the ledger are not in these files: kept.",
            "2 rows came in; 1 row was the same.",
            "ends the 2 rows that it brought.",
        ),
        (
            {"same": 7},
            "Nothing would change: the ledger holds all 7 rows of these files already, as they are.",
            "Nothing changed: the ledger holds all 7 rows of these files already, as they are.",
            "changes no figure",
        ),
    ],
)
def test_an_import_in_words(rows: dict[str, int], would: str, did: str, undoing: str) -> None:
    summary = {"invoices": table(**rows)}
    assert would_change(summary) == would
    assert has_changed(summary, took_back=False) == did
    assert undoing in undoing_would(summary)


def test_an_undoing_in_words() -> None:
    summary = {"invoices": table(new=1, changed=2, vanished=3, ends=True)}
    assert has_changed(summary, took_back=True) == (
        "3 rows that the import had brought ended, 2 rows got the former values back "
        "and 1 row that it had ended stands again."
    )


def test_tables_stand_in_the_order_of_the_format_and_empty_ones_are_left_out() -> None:
    summary = {
        "payments": table(new=1),
        "invoices": table(changed=2),
        "disputes": table(),
        "customers": table(same=3),
    }
    assert [change.title for change in changes_of(summary)] == ["Customers", "Invoices", "Payments"]
    total = total_of(summary)
    assert (total.new, total.changed, total.ended, total.same, total.touched) == (1, 2, 0, 3, 3)


@pytest.mark.parametrize(
    ("before", "after", "difference"),
    [("1000.50", "3000.75", "+2,000.25"), ("3000", "1000", "−2,000.00"), ("5", "5", ""), ("0", "7", "+7.00")],
)
def test_amounts_are_held_against_the_ledger(before: str, after: str, difference: str) -> None:
    (change,) = changes_of({"invoices": table(new=1, before=before, after=after)})
    assert [amount.difference for amount in change.amounts] == [difference]


def test_lists_of_words() -> None:
    assert [listed(words) for words in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]


def test_columns_without_anything_are_left_out() -> None:
    fresh = shown_of({"customers": table(new=1), "invoices": table(new=2, after="7")})
    assert (fresh.changed, fresh.vanished, fresh.same, fresh.before) == (False, False, False, False)
    later = shown_of(
        {"customers": table(changed=1), "invoices": table(vanished=2, same=1, before="5", after="7")}
    )
    assert (later.changed, later.vanished, later.same, later.before) == (True, True, True, True)
    assert later.ended == "Not in the files"
    assert shown_of({"invoices": table(vanished=2, ends=True)}).ended == "Ends"
