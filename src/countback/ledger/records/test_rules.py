"""Values of custom fields, and finding somebody in texts."""

from __future__ import annotations

import pytest

from countback.ledger.records import rules
from countback.ledger.records.rules import FieldKind


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        (FieldKind.NUMBER, "1250.50", "1250.5"),
        (FieldKind.NUMBER, " +0.00 ", "0"),
        (FieldKind.NUMBER, "-3", "-3"),
        (FieldKind.NUMBER, "100000", "100000"),
        (FieldKind.DATE, "2026-02-28", "2026-02-28"),
        (FieldKind.CHOICE, "high  risk", "high risk"),
        (FieldKind.YES_NO, "no", "no"),
        (FieldKind.TEXT, "  two\n lines ", "two\n lines"),
    ],
)
def test_a_value_is_kept_in_one_way(kind: FieldKind, written: str, kept: str) -> None:
    assert rules.kept_value(kind, written, ["high risk"]) == kept


@pytest.mark.parametrize(
    ("kind", "written", "said"),
    [
        (FieldKind.NUMBER, "1,250", "without separators"),
        (FieldKind.NUMBER, "1e5", "without separators"),
        (FieldKind.NUMBER, "NaN", "without separators"),
        (FieldKind.NUMBER, "1" * 19, "without separators"),
        (FieldKind.DATE, "2026-02-29", "a day that exists"),
        (FieldKind.DATE, "28.02.2026", "a day that exists"),
        (FieldKind.CHOICE, "low", "Choose one of high"),
        (FieldKind.YES_NO, "Yes", "Choose yes or no"),
        (FieldKind.TEXT, "x" * 1001, "At most 1,000"),
    ],
)
def test_what_is_no_such_value_is_refused(kind: FieldKind, written: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        rules.kept_value(kind, written, ["high"])


def test_changes_are_named_in_order() -> None:
    assert rules.changed({"a": 1, "b": 2, "c": 3}, {"c": 4, "a": 1, "b": 0}) == ["c", "b"]


def test_values_to_look_for_are_long_enough_and_not_erased() -> None:
    assert rules.telling(["Al", " Alder ", "erased", None, "", "Alder and Sons"]) == [
        "Alder and Sons",
        "Alder",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("spoke to ILSE WAGNER.", True),
        ("Wagner pays", True),
        ("wagner is also a word", False),
        ("Wagnerian", False),
        ("mail to i.wagner@x.example!", True),
        ("li is too short", False),
        ("", False),
    ],
)
def test_who_is_named_in_a_text(text: str, found: bool) -> None:
    assert rules.mentions(text, ["Ilse Wagner", "i.wagner@x.example"], "Ilse Wagner Li") is found


def test_an_erased_name_names_nobody() -> None:
    assert not rules.mentions("it was erased", [], "erased")


def test_what_somebody_is_called_goes_from_plain_values() -> None:
    given = {"rows": [["Alder and Sons", 1, None], ["ALDER", "Alderman"]], "Alder": "x"}
    assert rules.without(given, ["Alder and Sons", "Alder"]) == {
        "rows": [["erased", 1, None], ["erased", "Alderman"]],
        "Alder": "x",
    }


def test_other_parts_give_another_fingerprint() -> None:
    found = {rules.fingerprint(parts) for parts in (["a", "b"], ["ab"], ["a", "b", ""], ["b", "a"])}
    assert len(found) == 4
