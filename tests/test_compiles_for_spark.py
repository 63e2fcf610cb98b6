"""Every measure compiles to SQL that Spark understands, pooled and in full: nothing is written for one engine only."""

from __future__ import annotations

import importlib
import pkgutil
import re
from datetime import date

import ibis
import pytest
import sqlglot

import countback.kpis.measures as package
from countback.analytics.facts import BookFacts
from countback.analytics.scope import Scope
from countback.kpis.measure import Measure

MODULES = [
    importlib.import_module(f"{package.__name__}.{module.name}")
    for module in pkgutil.iter_modules(package.__path__)
]
MEASURES = {
    name: found
    for module in MODULES
    for name, found in vars(module).items()
    if isinstance(found, Measure) and found.rows.__module__ == module.__name__
}

OTHER = {
    "basis": "net",
    "disputed": "exclude",
    "months": 3,
    "method": "crf",
    "floor": 0,
    "net": True,
    "by_date": "issued",
    "rates": (1, 2, 4, 8, 100),
}
"""Parameters under which a measure goes another way than by default."""

DUCKDB_ONLY = re.compile(
    r"\b(hugeint|epoch_us|strptime|make_timestamp|list_value|struct_pack)\b", re.IGNORECASE
)


@pytest.mark.parametrize("full", [False, True], ids=["pooled", "full"])
@pytest.mark.parametrize("name", sorted(MEASURES))
def test_measure_compiles_for_spark(name, full, generated):
    """Pooled as by default, in full under the other parameters: the two differ in nothing that matters to both."""
    measure = MEASURES[name]
    scope = Scope.of(("salesperson",), (), None, (date(2025, 1, 31),), None)
    facts = BookFacts(generated.books._tables, scope, full)
    rows = measure(facts, **(OTHER if full else {}))
    sql = str(ibis.to_sql(rows, dialect="pyspark"))
    sqlglot.parse_one(sql, dialect="spark")
    assert not DUCKDB_ONLY.search(sql)
    assert {"period", "amount"} <= set(rows.columns)
    assert {f"dim_{dim}" for dim in scope.dims} <= set(rows.columns)
    assert not full or {"row", "row_id", "customer_id", "happened_on"} <= set(rows.columns)
    assert set(measure.cells) <= {column.removeprefix("cell_") for column in rows.columns}
    assert rows.amount.type().is_decimal() or rows.amount.type().is_integer(), rows.amount.type()


def test_every_measure_is_found():
    assert {"open_at_end", "sales_in_window", "cash_in_period", "expected_loss"} <= set(MEASURES)
