"""Customers as the ledger will know them: a blank cell takes nothing away that is stored, what was erased stays so,
and the topmost parent is found among all of them, not only among those that the source tells."""

from __future__ import annotations

from countback.books import limits, sql
from countback.books.findings import refusal
from countback.core.problem import Problem
from countback.ledger.importing.erased import keep_erased
from countback.ledger.importing.working import Working, typed

_OWN = ("customer_id", "root_id", "extra")


def complete(working: Working, *, ends_vanished: bool, source: str) -> list[Problem]:
    """Completes `told.customers`, and what has its entity from its customer. The problems: rings of parents."""
    _keep_what_is_blank(working)
    _keep_entities(working)
    problems = _find_roots(working, ends_vanished, source)
    working.db.execute("DROP VIEW told.customers")
    working.db.execute("ALTER TABLE told.merged RENAME TO customers")
    working.kept_erased = keep_erased(working)
    return problems


def _keep_what_is_blank(working: Working) -> None:
    filled = ", ".join(
        f"coalesce(told.{sql.name(column)}, held.{sql.name(column)}) AS {sql.name(column)}"
        for column in typed("customers")
        if column not in _OWN
    )
    extra = "coalesce(json_merge_patch(held.extra, told.extra), told.extra, held.extra)"
    working.db.execute(
        f"""CREATE TABLE told.merged AS
        SELECT told.customer_id, told.root_id, {filled}, CAST({extra} AS VARCHAR) AS extra, told.row_key
        FROM told.customers AS told LEFT JOIN held.customers AS held ON held.row_key = told.row_key"""
    )


def _keep_entities(working: Working) -> None:
    """Documents that state no entity have their customer's, also where that is one that was kept."""
    kept = """SELECT customer_id, merged.entity_id FROM told.merged AS merged JOIN told.customers AS told
        USING (customer_id) WHERE told.entity_id IS NULL AND merged.entity_id IS NOT NULL"""
    if not working.number(f"SELECT count(*) FROM ({kept})"):
        return
    for name in ("invoices", "payments", "credit_notes"):
        working.db.execute(
            f"""CREATE TABLE told.completed AS
            SELECT told.* REPLACE (coalesce(told.entity_id, kept.entity_id) AS entity_id) FROM told.{name} AS told
            LEFT JOIN ({kept}) AS kept ON kept.customer_id = told.customer_id"""
        )
        working.db.execute(f"DROP VIEW told.{name}")
        working.db.execute(f"ALTER TABLE told.completed RENAME TO {name}")


def _find_roots(working: Working, ends_vanished: bool, source: str) -> list[Problem]:
    """Puts the topmost parent on every customer; those that are not told but have another one now are told, too."""
    db = working.db
    rest = "SELECT * EXCLUDE (version) FROM held.customers WHERE row_key NOT IN (SELECT row_key FROM told.merged)"
    rest += " AND false" if ends_vanished else ""
    everyone = f"SELECT customer_id, parent_id FROM told.merged UNION ALL SELECT customer_id, parent_id FROM ({rest})"
    db.execute(
        f"""CREATE TABLE told.roots AS WITH everyone AS ({everyone})
        SELECT own.customer_id, coalesce(parent.customer_id, own.customer_id) AS root_id
        FROM everyone AS own LEFT JOIN everyone AS parent ON parent.customer_id = own.parent_id"""
    )
    step = """SELECT own.customer_id, own.root_id AS before, up.root_id
        FROM told.roots AS own JOIN told.roots AS up ON up.customer_id = own.root_id"""
    for _ in range(limits.PARENT_LEVELS):
        if not working.number(f"SELECT count(*) FROM ({step}) WHERE before <> root_id"):
            break
        db.execute(f"CREATE OR REPLACE TABLE told.roots AS SELECT * EXCLUDE (before) FROM ({step})")
    db.execute(
        "UPDATE told.merged SET root_id = roots.root_id FROM told.roots AS roots "
        "WHERE roots.customer_id = merged.customer_id"
    )
    db.execute(
        f"""INSERT INTO told.merged BY NAME
        SELECT rest.* REPLACE (roots.root_id AS root_id) FROM ({rest}) AS rest
        JOIN told.roots AS roots USING (customer_id) WHERE roots.root_id <> rest.root_id"""
    )
    return _rings(working, everyone, source)


def _rings(working: Working, everyone: str, source: str) -> list[Problem]:
    query = f"""SELECT roots.customer_id FROM told.roots AS roots
        JOIN ({everyone}) AS top ON top.customer_id = roots.root_id
        WHERE top.parent_id <> top.customer_id AND top.parent_id IN (SELECT customer_id FROM ({everyone}))
        ORDER BY ALL"""
    found = [str(row[0]) for row in sql.rows(working.db, f"{query} LIMIT {limits.PROBLEMS_PER_FILE}")]
    what = "with the parents that the ledger holds, those of {} lead back in a ring, so that none is on top"
    remedy = "state another parent for the one that is on top"
    return [refusal("parent_cycle", source, what.format(one), remedy) for one in found]
