"""Contacts, by day, with a currency: an effort has none of its own, but a figure by currency must put it somewhere."""

from __future__ import annotations

import ibis

from countback.analytics.tables.books import BookTables
from countback.kpis.facts import Table


def build(books: BookTables) -> Table:
    """One row a contact; `contacted_on` is a date, `currency` that of the invoice it names, else the customer's (NULL
    where neither states one)."""
    made = books["contacts"]
    made = made.mutate(contacted_on=made.contacted_on.cast("date"))
    customers = books["customers"].select(key_customer="customer_id", usual="currency")
    invoices = books["invoices"].select(key_invoice="invoice_id", named="currency")
    made = made.left_join(customers, made.customer_id == customers.key_customer)
    made = made.left_join(invoices, made.invoice_id == invoices.key_invoice)
    made = made.mutate(currency=ibis.coalesce(made.named, made.usual))
    return made.drop("key_customer", "key_invoice", "named", "usual")
