"""Each rule of the books format: refused by one cent or one day, accepted without it."""

from __future__ import annotations

import datetime as dt

import pytest

# table, (what stands there, what is put instead), code, line, column
REFUSED = [
    ("customers", ("007,Abel", "007,"), "missing_value", 2, "name"),
    ("customers", ("C2,Berta,007", "C2,Berta,7"), "unknown_customer", 3, "parent_id"),
    ("customers", ("007,Abel,,", "007,Abel,C2,"), "parent_cycle", 2, "parent_id"),
    ("customers", ("DE,EUR", "DE,EURO"), "unknown_currency", 2, "currency"),
    ("customers", ("C2,Berta", "007,Berta"), "duplicate_identifier", 3, "customer_id"),
    ("invoices", ("I1,007,2024-01-10,2024-02-09", "I1,007,2024-01-10,2024-01-09"), "due_before_issue", 2, "due_on"),
    ("invoices", ("2024-02-09", "2024-02-30"), "no_such_day", 2, "due_on"),
    ("invoices", ("2024-02-09", "2024-2-9"), "bad_date", 2, "due_on"),
    ("invoices", ("2024-02-09", "09.02.2024"), "bad_date", 2, "due_on"),
    ("invoices", ("2024-02-09", "2200-01-01"), "date_out_of_range", 2, "due_on"),
    ("invoices", ("I1,007,2024-01-10", "I1,007,1899-12-31"), "date_out_of_range", 2, "issued_on"),
    ("invoices", ("100.00", "1,00"), "ragged_row", 2, None),
    ("invoices", ("100.00", '"100,00"'), "bad_amount", 2, "amount"),
    ("invoices", ("100.00", "1e2"), "bad_amount", 2, "amount"),
    ("invoices", ("100.00", "EUR 100"), "bad_amount", 2, "amount"),
    ("invoices", ("100.00", "-100.00"), "negative_amount", 2, "amount"),
    ("invoices", ("100.00", "100.001"), "too_many_decimals", 2, "amount"),
    ("invoices", ("100.00", "100.00001"), "too_many_decimals", 2, "amount"),
    ("invoices", ("100.00", "100000000000000.00"), "amount_too_large", 2, "amount"),
    ("invoices", ("100.00", ""), "missing_value", 2, "amount"),
    ("invoices", ("I1,007", "I1,7"), "unknown_customer", 2, "customer_id"),
    ("invoices", ("I2,C2", "I1,C2"), "duplicate_identifier", 3, "invoice_id"),
    ("invoices", ("2/10 net 30", "when rich"), "unknown_terms", 3, "terms"),
    ("invoices", ("I2,C2,2024-01-31,,2/10 net 30", "I2,C2,2024-01-31,,"), "missing_due_date", 3, "due_on"),
    ("instalments", ("I4,2,2024-03-10,45.00", "I4,2,2024-03-10,45.01"), "instalments_differ", 2, "amount"),
    ("instalments", ("I4,1,2024-02-10", "I4,1,2024-01-09"), "due_before_issue", 2, "due_on"),
    ("instalments", ("I4,1,", "I4,0,"), "bad_number", 2, "number"),
    ("instalments", ("I4,2,2024", "I4,1,2024"), "duplicate_identifier", 3, "invoice_id"),
    ("credit_notes", ("10.00", "10.01"), "over_allocated", 2, "amount"),
    ("credit_notes", ("I1,damaged", "I9,damaged"), "unknown_invoice", 2, "invoice_id"),
    ("payments", ("90.00", "89.99"), "over_allocated", 2, "amount"),
    ("payments", ("90.00", "0.00"), "zero_amount", 2, "amount"),
    ("payments", ("2024-03-01", "2024-02-19"), "reversed_before_received", 3, "reversed_on"),
    ("payments", ("P1,007", "P1,C9"), "unknown_customer", 2, "customer_id"),
    ("payments", ("P2,C2,2024-02-20,40.00,EUR,card,2024-03-01", "P2,C2,2024-02-20,40.00,EUR,card,2024-02-21"),
     "applied_after_reversal", 3, "applied_on"),
    ("payments", ("P1,007,2024-02-15,90.00,,", "P1,007,2024-02-15,90.00,GBP,"), "missing_rate", 2, None),
    ("allocations", ("P1,,I1,90.00", "P1,,I1,90.01"), "over_allocated", 2, "amount"),
    ("allocations", ("P1,,I1", "P9,,I1"), "unknown_payment", 2, "payment_id"),
    ("allocations", (",N2,I2", ",N9,I2"), "unknown_credit_note", 4, "credit_note_id"),
    ("allocations", ("P1,,I1", "P1,,I9"), "unknown_invoice", 2, "invoice_id"),
    ("allocations", ("P1,,I1", ",,I1"), "no_source", 2, "payment_id"),
    ("allocations", ("P1,,I1", "P1,N2,I1"), "one_source", 2, "payment_id"),
    ("allocations", ("2024-03-05,1", "2024-03-05,3"), "unknown_instalment", 5, "instalment"),
    ("allocations", ("I4,45.00,2024-03-05,1", "I4,45.01,2024-03-05,1"), "over_allocated", 5, "amount"),
    ("write_offs", ("45.00", "45.01"), "over_written_off", 2, "amount"),
    ("write_offs", ("2024-04-01", "2024-02-29"), "over_written_off", 2, "amount"),
    ("write_offs", ("2024-04-01", "2024-01-30"), "written_off_before_issue", 2, "written_off_on"),
    ("promises", ("2024-02-15", "2024-02-09"), "due_before_made", 2, "due_on"),
    ("promises", ("90.00,,", "90.00,2024-02-09,"), "withdrawn_before_made", 2, "withdrawn_on"),
    ("disputes", ("2024-02-01,credited", "2024-01-24,credited"), "resolved_before_opened", 2, "resolved_on"),
    ("disputes", ("2024-02-01,credited", ",credited"), "unresolved_outcome", 2, "outcome"),
    ("disputes", ("credited", "credit"), "unknown_word", 2, "outcome"),
    ("contacts", ("call", "phone"), "unknown_word", 2, "channel"),
    ("contacts", ("T09:30", "T25:30"), "bad_moment", 2, "contacted_on"),
    ("contacts", ("5.5", "-1"), "negative_amount", 2, "minutes"),
    ("placements", ("0.25,", "0.25,2024-05-31"), "recalled_before_placed", 2, "recalled_on"),
    ("placements", ("Fetchers", ""), "missing_value", 2, "agency"),
    ("legal_actions", ("2024-07-01,", "2024-07-01,2024-06-30"), "closed_before_started", 2, "closed_on"),
    ("costs", ("staff", "stuff"), "unknown_word", 2, "kind"),
    ("fx_rates", ("0.9000000000", "0"), "zero_amount", 2, "rate"),
    ("fx_rates", ("0.9000000000", "0.90000000001"), "too_many_decimals", 2, "rate"),
]  # fmt: skip

# one cent or one day the other way: nothing to refuse
ACCEPTED = [
    ("invoices", ("2024-02-09", "2024-01-10")),
    ("invoices", ("2024-02-09", "2199-12-31")),
    ("invoices", ("100.00", "100.0100")),
    ("invoices", ("100.00", "+100")),
    ("invoices", ("100.00", " 100.00 ")),
    ("invoices", ("100.00", "99999999999999.99")),
    ("instalments", ("I4,1,2024-02-10", "I4,1,2024-01-10")),
    ("payments", ("90.00", "90.01")),
    ("payments", ("2024-03-01", "2024-02-22")),
    ("allocations", ("P1,,I1,90.00", "P1,,I1,89.99")),
    ("allocations", ("I4,45.00,2024-03-05,1", "I4,44.99,2024-03-05,1")),
    ("write_offs", ("45.00", "44.99")),
    ("write_offs", ("2024-04-01", "2024-03-01")),
    ("promises", ("90.00,,", "90.00,2024-02-10,")),
    ("disputes", ("2024-02-01,credited", "2024-01-25,credited")),
    ("contacts", ("right_party", "Right_Party")),
    ("placements", ("0.25,", "0.25,2024-06-01")),
    ("legal_actions", ("2024-07-01,", "2024-07-01,2024-07-01")),
]


def test_sound_books_have_nothing_to_tell(told):
    assert told() == []


@pytest.mark.parametrize(("table", "change", "code", "line", "column"), REFUSED)
def test_refused(told, table, change, code, line, column):
    problems = [problem for problem in told({table: change}) if problem.severity == "refused"]
    assert code in [problem.code for problem in problems], problems
    found = next(problem for problem in problems if problem.code == code)
    assert (found.line, found.column) == (line, column), found
    assert found.what
    assert found.remedy


@pytest.mark.parametrize(("table", "change"), ACCEPTED)
def test_accepted(told, table, change):
    assert [str(problem) for problem in told({table: change}) if problem.severity == "refused"] == []


WARNED = [
    ("invoices", ("I1,007,2024-01-10,2024-02-09,,100.00",
    "I0,007,2024-01-10,2024-02-09,,0,\nI1,007,2024-01-10,2024-02-09,,100.00"), "no_amount"),
    ("customers", ("C3,Caesar", "C4,Dora,,,,,\nC3,Caesar"), "no_invoices"),
    ("customers", ("007,Abel,,", "007,Abel,007,"), "own_parent"),
    ("invoices", ("invoice_id,", "invoice_id ,"), None),
    ("invoices", ("currency\n", "curency\n"), "unknown_column"),
    ("invoices", ("I2,C2,2024-01-31,,2/10 net 30,50.00,EUR\n",
    "I2,C2,2024-01-31,,2/10 net 30,50.00,EUR\n" * 2), "repeated_row"),
    ("allocations", ("2024-02-21", "2024-02-19"), "applied_early"),
    ("payments", ("P3,007", "P3,C3"), "other_customer"),
    ("promises", ("R1,007", "R1,C3"), "other_customer"),
    ("placements", ("0.25", "25"), "high_fee_rate"),
    ("costs", ("12.50", "0"), "no_amount"),
    ("promises", ("anna\n", "anna\n,,,,,,,\n"), "blank_rows"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "change", "code"), WARNED)
def test_kept_with_a_warning(told, table, change, code):
    problems = told({table: change})
    assert [problem for problem in problems if problem.severity == "refused"] == []
    assert [problem.code for problem in problems] == ([code] if code else [])


def test_applied_before_the_invoice_exists(told):
    problems = told({"allocations": ("2024-02-21", "2024-01-30")})
    assert [problem.code for problem in problems] == ["applied_early", "applied_before_issue"]


def test_a_payment_within_the_group_needs_no_warning(told):
    assert told({"payments": ("P3,007", "P3,C2")}) == []


def test_documents_after_today_are_warned_of(told):
    assert told(today=dt.date(2024, 7, 1)) == []
    late = told(today=dt.date(2024, 6, 30))
    assert [(problem.code, problem.file, problem.line) for problem in late] == [
        ("future_document", "legal_actions.csv", 2)
    ]


def test_a_misspelt_column_names_the_nearest(told):
    (problem,) = told({"invoices": ("currency\n", "curency\n")})
    assert "currency" in problem.remedy
    missing = told({"invoices": ("issued_on", "isued_on")})
    assert ("missing_column", "rename isued_on to issued_on") in [(one.code, one.remedy) for one in missing]


def test_an_unknown_table_names_the_nearest(folder, told):
    target = folder()
    (target / "invoices.csv").rename(target / "invoises.csv")
    from countback.books.load import check

    problems = check(target)
    unknown = next(one for one in problems if one.code == "unknown_table")
    assert unknown.remedy.startswith("call it invoices")
    assert "missing_table" in [one.code for one in problems]


def test_every_problem_of_every_file_in_one_pass(told):  # check 49
    problems = told(
        {
            "customers": ("007,Abel", "007,"),
            "invoices": ("2024-02-09,,100.00", "2024-02-30,,x"),
            "payments": ("2024-02-20,40.00", "2024-02-20,"),
            "contacts": ("call", "phone"),
        }
    )
    assert [(one.file, one.line, one.column) for one in problems] == [
        ("contacts.csv", 2, "channel"),
        ("customers.csv", 2, "name"),
        ("invoices.csv", 2, "amount"),
        ("invoices.csv", 2, "due_on"),
        ("payments.csv", 3, "amount"),
    ]


def test_beyond_the_limit_the_rest_is_counted(told):
    rows = "".join(f"X{n},007,2024-01-10,2024-02-30,,1.00,\n" for n in range(30))
    problems = told({"invoices": ("I1,007", f"{rows}I1,007")}, limit=10)
    assert [one.code for one in problems] == ["no_such_day"] * 10 + ["more_problems"]
    assert problems[-1].what.startswith("20 more")
