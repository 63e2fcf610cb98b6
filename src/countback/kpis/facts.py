"""Facts: the relations that measures draw on, whoever provides them.

A measure sees the books only through `Facts`. The package analytics provides it, on DuckDB today and Spark tomorrow;
here stands what each relation holds. All relations are Ibis tables, already cut to the rows known at the asked
knowledge time and passing the asked filters, and carry besides their own columns

- `dim_<name>` for every asked dimension (text, NULL where the row has none),
- `currency` of the amounts,
- in full grain the identity of a row, `ROW`: `row` (what it is: invoice, instalment, credit_note, payment, allocation,
  write_off, promise, dispute, contact, placement, legal_action, cost, customer), `row_id`, `invoice_id`, `customer_id`,
  `happened_on` (the date that counts), `issued_on` and `due_on` (NULL where there is none).
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, Protocol

Table = Any
"""An Ibis table expression; Ibis gives no useful static type."""

At = Literal["end_on", "before_on", "start_on"]

ROW = ("row", "row_id", "invoice_id", "customer_id", "happened_on", "issued_on", "due_on")
"""Columns that name a row behind a figure, in full grain."""

FOREVER = date(9999, 12, 31)
"""Stands for 'never' where a date is compared."""


class Facts(Protocol):
    """What a measure may ask for. `dims`: asked dimensions, as `dim_` columns. `full`: whether rows, not sums, are
    asked."""

    dims: tuple[str, ...]
    full: bool

    @property
    def periods(self) -> Table:
        """One row a period: `period` (number), `start_on`, `end_on`, `before_on` (the day before it starts)."""
        ...

    def positions(self, at: At = "end_on", *, days: int = 0, months: int = 0, full: bool = False) -> Table:
        """Open items with a balance: one row an item and period, as of the period's `at` plus `days`; with
        `months`, as of the last day before the window of so many calendar months that ends with the period (see
        windows.asked_day).

        Columns: `period`, `at_on`, `due_on`, `amount` (open, never negative), and with `full` (or `self.full`) ROW
        (row: invoice or instalment), `item_id`, `item_amount`, `entity_id`. Without it rows may come added up by
        due date, so only sums are meaningful. An asked dimension `bucket` is filled in from the days past due at
        that date.
        """
        ...

    def in_bucket(self, table: Table, name: str) -> Table:
        """`table` as rows of the ageing bucket `name`: with `dim_bucket` where that is an asked dimension, and
        without rows where a filter asks other buckets."""
        ...

    def everything(self) -> Facts:
        """The same books without dimensions and filters: for a rate that is one for all of them."""
        ...

    def balances(self) -> Table:
        """The balance of each open item as intervals: ROW, `item_id`, `item_amount`, `from_on`, `to_on`
        (exclusive; FOREVER if it stands), `amount`. Intervals of balance zero are included. Not yet joined with
        periods."""
        ...

    def documents(self) -> Table:
        """Invoices (amount positive) and credit notes (negative), by `issued_on` (`happened_on` is the same).
        Without `self.full` rows may come added up by day."""
        ...

    def entries(self, *kinds: str) -> Table:
        """Movements on open items: ROW (row: allocation or write_off; invoice for `issue`), `item_id`, `kind`
        (issue, cash, credit, write_off, recovery), `effective_on` (= `happened_on`), `amount` (cash, credits,
        write-offs and recoveries positive; a reversal negative, on its own date), `source_id` (payment, credit
        note, write-off), `reverses` (this row undoes an earlier one), `reversed_on` (of an allocation that is
        undone later, else NULL). `kinds`: only these."""
        ...

    def credits(self) -> Table:
        """Movements of unapplied credit: ROW (row: payment or credit_note), `effective_on`, `amount` (received or
        issued: positive; applied or reversed: negative)."""
        ...

    def promises(self) -> Table:
        """Promises: ROW, `made_on`, `promised_on` (due), `deadline_on` (due plus 2 working days), `withdrawn_on`,
        `amount`, `paid` (cash applied to the promised invoice, or to the customer's invoices where it names none, from
        `made_on` to `deadline_on`, both counted, and not returned by then)."""
        ...

    def disputes(self) -> Table:
        """Disputes: ROW, `opened_on`, `resolved_on`, `outcome`, `reason`, `amount`."""
        ...

    def contacts(self) -> Table:
        """Contacts: ROW, `contacted_on` (date), `channel`, `direction`, `outcome`, `collector`, `minutes`."""
        ...

    def placements(self) -> Table:
        """Placements with agencies: ROW, `agency`, `placed_on`, `recalled_on`, `fee_rate`, `amount`."""
        ...

    def legal_actions(self) -> Table:
        """Legal actions: ROW, `kind`, `started_on`, `closed_on`, `amount`."""
        ...

    def costs(self) -> Table:
        """Costs: ROW, `kind`, `incurred_on`, `amount`."""
        ...

    def collectors(self) -> Table:
        """Collectors: `collector`, `name`, `team`, `hourly_cost`. No dimensions."""
        ...
