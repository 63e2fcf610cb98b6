"""What the database refuses, whoever asks: changing what was written, two current versions of one row, giving more than
is held.

Rows are refused to be changed at once. The rest is looked at when the transaction ends (or at SET CONSTRAINTS ALL
IMMEDIATE), once for all that it wrote, so that a correction may end and add in any order: every statement that adds
rows leaves a mark in `ledger_unchecked`, whose constraint trigger is deferred. The look is taken under a lock, by one
transaction at a time, with a snapshot taken after the lock was given: it sees what all others have committed. A
transaction with one snapshot for all of it could not, and is refused.
"""

from __future__ import annotations

from collections.abc import Callable

from countback.books.tables import TABLES
from countback.ledger.holdings import LIMITS, Limit
from countback.ledger.locks import WRITING
from countback.ledger.schema import current_of, found_by, table_of

_REFUSED = """CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    RAISE EXCEPTION '% of % was refused: what was written stays as it was; add a row that corrects it instead.',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $function$"""

_NOTED = """CREATE FUNCTION ledger_note_writing() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO ledger_unchecked DEFAULT VALUES ON CONFLICT DO NOTHING;
    RETURN NULL;
END $function$"""

_MINE = "written_in = pg_current_xact_id()"

_MOVING = ("invoices", "payments", "credit_notes", "allocations", "write_offs")

MANY = 250_000
"""Rows written from which on all items are looked at: adding everything up is then quicker than following indexes."""

_SOURCES = {"payments": "payment_id", "credit_notes": "credit_note_id"}


def statements() -> list[str]:
    """The SQL of all guards, in order."""
    noted = [*map(table_of, TABLES), "ledger_ended"]
    made = [
        _REFUSED,
        "CREATE TABLE ledger_unchecked (written_in xid8 PRIMARY KEY DEFAULT pg_current_xact_id())",
    ]
    made += [_NOTED, _check()]
    made += [
        f"""CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()"""
        for table in (*noted, "ledger_entry", "ledger_import")
    ]
    made += [
        f"""CREATE TRIGGER {table}_noted AFTER INSERT ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_note_writing()"""
        for table in noted
    ]
    made.append(
        """CREATE CONSTRAINT TRIGGER ledger_unchecked_check AFTER INSERT ON ledger_unchecked
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check()"""
    )
    return made


def _check() -> str:
    """Every rule, planned anew each time: the tables grow by orders of magnitude while a connection lives."""
    rules = [_one_version(name) for name in TABLES]
    rules += [_has_its_import(table) for table in (*map(table_of, TABLES), "ledger_ended")]
    each, all_of_them = (
        "\n".join(_within(limit, touched) for limit in LIMITS) for touched in (_touched, lambda _: None)
    )
    steps = "\n".join(rules)
    written = " + ".join(f"(SELECT count(*) FROM {table_of(name)} WHERE {_MINE})" for name in _MOVING)
    return f"""CREATE FUNCTION ledger_check() RETURNS trigger LANGUAGE plpgsql SET work_mem = '64MB' SET jit = off
AS $function$
DECLARE
    broken record;
    written bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'The ledger was not written: the transaction is %, in which it cannot see what others write; '
            'write in one that is read committed.', current_setting('transaction_isolation')
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    PERFORM pg_advisory_xact_lock({WRITING});
    {steps}
    EXECUTE 'SELECT {written}' INTO written;
    IF written < {MANY} THEN
    {each}
    ELSE
    {all_of_them}
    END IF;
    DELETE FROM ledger_unchecked WHERE {_MINE};
    RETURN NULL;
END $function$"""


def _one_version(name: str) -> str:
    """A table's rows have one current version each."""
    current, column = current_of(name), found_by(name)
    same = f"twin.{column} = new.{column}" + (
        "" if column == "row_key" else " AND twin.row_key = new.row_key"
    )
    said = f"The row % of {name} was not added: another version of it is current; end that one in the same transaction."
    return _step(
        f"""SELECT new.row_key AS id FROM {current} AS new
        JOIN {current} AS twin ON {same} AND twin.version <> new.version
        WHERE new.{_MINE}""",
        f"RAISE EXCEPTION '{said}', replace(broken.id, chr(31), ' / ') USING ERRCODE = 'unique_violation', "
        f"CONSTRAINT = 'ledger_one_version', TABLE = '{table_of(name)}';",
    )


def _has_its_import(table: str) -> str:
    return _step(
        f"""SELECT mine.import_id AS id FROM (SELECT DISTINCT import_id FROM {table} WHERE {_MINE}) AS mine
        WHERE NOT EXISTS (SELECT FROM ledger_import AS known WHERE known.id = mine.import_id)""",
        f"RAISE EXCEPTION 'Rows of {table} were not added: there is no import %; add that first.', broken.id "
        f"USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'ledger_import_known', TABLE = '{table}';",
    )


def _within(limit: Limit, touched: Callable[[str], str | None]) -> str:
    query = limit.query(current_of, touched(limit.table))
    told, missing = (_raised(words, limit) for words in (limit.told, limit.missing))
    return _step(
        query,
        f"IF broken.held IS NULL THEN {missing} ELSE {told} END IF;",
    )


def _raised(words: str, limit: Limit) -> str:
    values = {"id": "broken.id", "currency": "broken.currency"}
    values |= {name: f"trim_scale(broken.{name})" for name in ("held", "taken")}
    given = sorted((words.index(f"{{{name}}}"), name) for name in values if f"{{{name}}}" in words)
    listed = ", ".join(values[name] for _, name in given)
    text = words.format(**dict.fromkeys(values, "%"))
    return (
        f"RAISE EXCEPTION 'The ledger was not written: {text}; correct the amounts.', {listed} "
        f"USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_{limit.name}';"
    )


def _touched(table: str) -> str:
    """Items of a table on which this transaction wrote anything."""
    key = _SOURCES.get(table, "invoice_id")
    naming = ["allocations", table] if table in _SOURCES else ["allocations", "write_offs", table]
    parts = [
        f"SELECT {key} AS id FROM {table_of(name)} WHERE {_MINE} AND {key} IS NOT NULL" for name in naming
    ]
    parts.append(
        f"""SELECT gone.{key} FROM ledger_ended AS ended JOIN {table_of(table)} AS gone ON gone.version = ended.version
        WHERE ended.table_name = '{table}' AND ended.{_MINE}"""
    )
    if table == "invoices":
        parts.append(
            f"""SELECT part.invoice_id FROM {table_of("payments")} AS paid
            JOIN {current_of("allocations")} AS part ON part.payment_id = paid.payment_id WHERE paid.{_MINE}"""
        )
    return " UNION ALL ".join(parts)


def _step(query: str, told: str) -> str:
    """One query, and what is raised for the first row that it gives. It is planned as if all were asked for: mostly
    there is none, and to find that, every row is looked at."""
    return f"""EXECUTE $query$WITH broken AS MATERIALIZED ({query}) SELECT * FROM broken LIMIT 1$query$ INTO broken;
    IF broken.id IS NOT NULL THEN {told} END IF;"""
