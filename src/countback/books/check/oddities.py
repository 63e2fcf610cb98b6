"""What is kept and told: odd, though it may be so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countback.books.check.rule import Rule, broken

if TYPE_CHECKING:
    import datetime as dt

_DOCUMENTS = (
    ("invoices", "invoice_id", "issued_on"),
    ("credit_notes", "credit_note_id", "issued_on"),
    ("payments", "payment_id", "received_on"),
    ("write_offs", "write_off_id", "written_off_on"),
    ("promises", "promise_id", "made_on"),
    ("disputes", "dispute_id", "opened_on"),
    ("placements", "placement_id", "placed_on"),
    ("legal_actions", "legal_action_id", "started_on"),
    ("costs", "cost_id", "incurred_on"),
)

RULES = (
    Rule(
        "no_invoices", ("customers",), "customer_id",
        """SELECT _reading, _row, customer_id AS shown FROM books.customers AS row
        ANTI JOIN books.invoices AS known ON known.customer_id = row.customer_id""",
        "{shown} has no invoice", "nothing, if that is so", "warning",
        rests_on=("invoices",),
    ),
    Rule(
        "other_customer", ("allocations",), "payment_id",
        broken("allocations", "row._payer_id <> row.customer_id AND payer.root_id <> owner.root_id",
               "coalesce(row.payment_id, row.credit_note_id) AS source, row._payer_id AS payer, "
               "row.invoice_id AS shown, row.customer_id AS owner",
               "JOIN books.customers AS payer ON payer.customer_id = row._payer_id "
               "JOIN books.customers AS owner ON owner.customer_id = row.customer_id"),
        "{source} of the customer {payer} pays {shown} of {owner}, and the two have no common parent",
        "nothing, if one pays for the other", "warning",
    ),
    Rule(
        "other_customer", ("promises", "contacts", "placements", "legal_actions", "credit_notes"), "invoice_id",
        " UNION ALL ".join(
            broken(table, "row.customer_id <> known.customer_id",
                   "row.customer_id AS named, row.invoice_id AS shown, known.customer_id AS owner",
                   "JOIN books.invoices AS known ON known.invoice_id = row.invoice_id")
            for table in ("promises", "contacts", "placements", "legal_actions", "credit_notes")
        ),
        "names the customer {named}, but {shown} is an invoice of {owner}",
        "nothing, if one acts for the other", "warning",
    ),
)  # fmt: skip


def future_rules(today: dt.date) -> tuple[Rule, ...]:
    """Documents dated after `today`."""
    return tuple(
        Rule(
            "future_document", (table,), column,
            broken(table, f"row.{column} > DATE '{today.isoformat()}'", f"row.{key} AS shown, row.{column} AS day"),
            f"{{shown}} is dated {{day}}, after {today.isoformat()}", "nothing, if that is so", "warning",
        )
        for table, key, column in _DOCUMENTS
    )  # fmt: skip
