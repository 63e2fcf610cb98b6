"""Rules on the order of days."""

from __future__ import annotations

from countback.books.check.rule import Rule, broken
from countback.books.tables import TABLES
from countback.core.terms import WRITTEN_LIKE

_INVOICE = "JOIN books.invoices AS known ON known.invoice_id = row.invoice_id"
_PAIRS = (
    ("invoices", "issued_on", "due_on", "due_before_issue", "is due {late}, before it is issued on {early}"),
    ("payments", "received_on", "reversed_on", "reversed_before_received",
     "is reversed {late}, before it is received on {early}"),
    ("disputes", "opened_on", "resolved_on", "resolved_before_opened",
     "is resolved {late}, before it is opened on {early}"),
    ("promises", "made_on", "withdrawn_on", "withdrawn_before_made",
     "is withdrawn {late}, before it is made on {early}"),
    ("promises", "made_on", "due_on", "due_before_made", "is due {late}, before it is made on {early}"),
    ("placements", "placed_on", "recalled_on", "recalled_before_placed",
     "is recalled {late}, before it is placed on {early}"),
    ("legal_actions", "started_on", "closed_on", "closed_before_started",
     "is closed {late}, before it is started on {early}"),
)  # fmt: skip


def _pair(table: str, early: str, late: str, code: str, what: str) -> Rule:
    shown = f"row.{TABLES[table].key[0]} AS shown, row.{early} AS early, row.{late} AS late"
    query = broken(table, f"row.{late} < row.{early}", shown)
    return Rule(code, (table,), late, query, f"{{shown}} {what}", "correct one of the two days")


def _before_issue(table: str, key: str, column: str, code: str, what: str) -> Rule:
    shown = f"row.{key} AS shown, row.{column} AS late, known.issued_on AS early"
    query = broken(table, f"row.{column} < known.issued_on", shown, _INVOICE)
    return Rule(code, (table,), column, query, what, "correct one of the two days")


RULES = (
    *(_pair(*pair) for pair in _PAIRS),
    Rule(
        "missing_due_date", ("invoices",), "due_on",
        broken("invoices", "row.due_on IS NULL AND row.issued_on IS NOT NULL AND row.terms IS NULL",
               "row.invoice_id AS shown"),
        "{shown} has neither a due date nor terms, and its customer has no terms that are understood",
        f"fill in due_on, or terms such as {WRITTEN_LIKE}",
        rests_on=("customers", "instalments"),
    ),
    Rule(
        "unknown_terms", ("invoices",), "terms",
        broken("invoices", "row.due_on IS NULL AND row.issued_on IS NOT NULL AND row.terms IS NOT NULL",
               "row.invoice_id AS shown, row.terms AS terms"),
        "{shown} has no due date, and its terms {terms!r} are not understood",
        f"fill in due_on, or write the terms like {WRITTEN_LIKE}",
    ),
    _before_issue("instalments", "invoice_id", "due_on", "due_before_issue",
                  "an instalment of {shown} is due {late}, before the invoice is issued on {early}"),
    _before_issue("write_offs", "write_off_id", "written_off_on", "written_off_before_issue",
                  "{shown} is written off {late}, before the invoice is issued on {early}"),
    Rule(
        "unresolved_outcome", ("disputes",), "outcome",
        broken("disputes", "row.outcome IS NOT NULL AND row.resolved_on IS NULL",
               "row.dispute_id AS shown, row.outcome AS outcome"),
        "{shown} has the outcome {outcome} but no day on which it was resolved",
        "fill in resolved_on, or clear the outcome",
    ),
    Rule(
        "applied_early", ("allocations",), "applied_on",
        broken("allocations", "row.applied_on < row._available_on",
               "coalesce(row.payment_id, row.credit_note_id) AS shown, row.applied_on AS early, "
               "row._available_on AS late"),
        "{shown} is applied {early}, before it is there on {late}",
        "correct applied_on, or leave it blank",
        "warning",
    ),
    Rule(
        "applied_before_issue", ("allocations",), "applied_on",
        broken("allocations", "row.applied_on < row._issued_on",
               "row.invoice_id AS shown, row.applied_on AS early, row._issued_on AS late"),
        "is applied to {shown} {early}, before that invoice is issued on {late}",
        "correct applied_on, or leave it blank",
        "warning",
    ),
)  # fmt: skip
