"""Rules on who belongs to whom."""

from __future__ import annotations

from countback.books.check.rule import Rule, broken

RULES = (
    Rule(
        "parent_cycle", ("customers",), "parent_id",
        broken("customers", "row.parent_id <> row.customer_id AND top.parent_id <> top.customer_id "
               "AND top.parent_id IN (SELECT customer_id FROM books.customers)",
               "row.customer_id AS shown",
               "JOIN books.customers AS top ON top.customer_id = row.root_id"),
        "the parents of {shown} lead back in a ring, so that none is on top",
        "clear the parent of the one that is on top",
    ),
    Rule(
        "own_parent", ("customers",), "parent_id",
        broken("customers", "row.parent_id = row.customer_id", "row.customer_id AS shown"),
        "{shown} names itself as its parent, which was taken for none", "clear the parent", "warning",
    ),
)  # fmt: skip
