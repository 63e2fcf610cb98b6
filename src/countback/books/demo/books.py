"""Writes the demo books: every table of the books format, and the truth beside them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from countback.books.demo import fx, truth, truth_files
from countback.books.demo.collectors import Staff
from countback.books.demo.overheads import Hours, monthly_costs
from countback.books.demo.population import Population
from countback.books.demo.simulate import simulate
from countback.books.demo.story import Story
from countback.books.demo.writer import Format, Shape, Writer
from countback.books.tables import TABLES, Kind
from countback.core.problem import Misuse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from countback.books.demo.account import Row
    from countback.books.demo.customers import Customer

    Progress = Callable[[str, float], None]

ENDS_ON = date(2026, 10, 31)
_EXTRA: dict[str, dict[str, Kind]] = {"customers": {"industry": "text"}, "invoices": {"product_line": "text"}}
_STEP = 200
"""Customers between two reports of progress."""


def write_demo_books(
    folder: Path,
    *,
    customers: int = 200,
    months: int = 36,
    seed: int = 7,
    ends_on: date = ENDS_ON,
    format: Format = "csv",
    progress: Progress | None = None,
) -> None:
    """Write the books of an invented wholesaler to a folder, with the ground truth in its sub-folder `truth`.

    `customers`: how many, each with about 1.3 invoices a month. `months`: calendar months of trade, the last one cut
    at `ends_on`. `seed`: another seed makes another business; the same arguments make the same bytes.
    `format`: "csv" or "parquet". `progress`: told a word and the part done, 0 to 1, every few hundred customers.

    Files of those names that the folder already holds are written over. Raises Misuse where there is not at least
    one customer and one month.
    """
    if customers < 1 or months < 1:
        raise Misuse(
            f"No demo books were written for {customers} customers and {months} months",
            "a business has at least one customer and one month of trade",
            "ask for at least one of each",
        )
    story = Story.ending(ends_on, months)
    staff = Staff(seed, customers)
    population = Population(seed, customers, story, staff)
    folder.mkdir(parents=True, exist_ok=True)
    with Writer(folder, _shapes(), format) as writer:
        hours = _write_accounts(writer, population, progress)
        writer.add("costs", monthly_costs(hours, staff, story, customers))
        writer.add("fx_rates", fx.rates(seed, story.starts, story.ends))
        writer.add("collectors", _collector_rows(staff))
    arguments = {"customers": customers, "months": months, "seed": seed, "ends_on": ends_on.isoformat()}
    truth.write_parameters(folder, arguments, story)


def _write_accounts(writer: Writer, population: Population, progress: Progress | None) -> Hours:
    hours = Hours()
    for index in range(population.size):
        customer = population.customer(index)
        account = simulate(population.seed, customer, population.story)
        writer.add("customers", [_customer_row(customer)])
        for table, rows in account.rows.items():
            writer.add(table, rows)
        for name, rows in truth.rows(account).items():
            writer.add(name, rows)
        hours.add(account.rows.get("contacts", []))
        if progress and (index + 1) % _STEP == 0:
            progress("simulating customers", (index + 1) / population.size)
    if progress:
        progress("writing", 1.0)
    return hours


def _shapes() -> dict[str, Shape]:
    shapes = {
        name: Shape(name, {column.name: column.kind for column in table.columns} | _EXTRA.get(name, {}))
        for name, table in TABLES.items()
    }
    return shapes | truth_files.shapes()


def _customer_row(customer: Customer) -> Row:
    country = customer.country
    return [
        customer.number, customer.name, customer.parent, country.entity, customer.segment, country.region,
        country.code, country.language, country.timezone, country.currency, customer.terms, customer.credit_limit,
        customer.collector, customer.email, customer.phone, customer.type, None, customer.industry,
    ]  # fmt: skip


def _collector_rows(staff: Staff) -> list[Row]:
    return [
        [each.code, each.name, f"{each.code}@merrow.example", each.team, each.hourly_cost, None]
        for each in staff.everyone
    ]
