"""What the database refuses about records: deleting anything, changing what was noted; and the one narrow way past
that of the ledger, by which personal columns become "erased", in a transaction that also writes which customer's.

An update of `ledger_customers` goes through where the same transaction holds an erasure of that customer, every column
but the personal ones stays, and each personal one that is filled becomes "erased", in all of the row. Rows that come in
later for such a customer must be erased, too. That a version was written by the transaction which says so was a CHECK,
which looks at updates as well: here a trigger on what is added takes its place.
"""

from __future__ import annotations

from countback.ledger.records.rules import ERASED, PERSONAL

CUSTOMERS = "ledger_customers"

_MINE = "written_in = pg_current_xact_id()"

_ERASING = f"""EXISTS (SELECT FROM ledger_erasure AS mine
        WHERE mine.{_MINE} AND mine.customer_id = OLD.customer_id{{further}})"""

WHICH_TRANSACTION = f"""ALTER TABLE ledger_erasure
    ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    ADD CONSTRAINT ledger_erasure_written_by_whom CHECK ({_MINE}) NOT VALID"""

EXTRA_ERASED = f"""CREATE FUNCTION ledger_erased(extra jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $function$
    SELECT CASE WHEN extra IS NOT NULL THEN coalesce(
        (SELECT jsonb_object_agg(one, '{ERASED}') FROM jsonb_object_keys(extra) AS one), '{{}}') END
$function$"""
"""Further columns of a customer with every value erased: their names stay, so that no filter is lost."""


def statements() -> list[str]:
    """The SQL of all guards, in order."""
    kept = ("contactperson", "address", "note", "customfield", "fieldvalue")
    return [
        WHICH_TRANSACTION,
        EXTRA_ERASED,
        *(_stays(f"ledger_{name}", "DELETE OR TRUNCATE") for name in kept),
        _stays("ledger_erasure", "UPDATE OR DELETE OR TRUNCATE"),
        _only_erased("note", "text", or_else="to_jsonb(NEW) - 'pinned' = to_jsonb(OLD) - 'pinned'"),
        _only_erased("fieldvalue", "value"),
        f"DROP TRIGGER {CUSTOMERS}_stays ON {CUSTOMERS}",
        _stays(CUSTOMERS, "DELETE OR TRUNCATE"),
        *_customers_only_erased(),
        *_written_by_whom(),
        *_stay_erased(),
    ]


def _stays(table: str, what: str) -> str:
    return f"""CREATE TRIGGER {table}_stays BEFORE {what} ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()"""


def _raised(what: str) -> str:
    return f"""RAISE EXCEPTION '{what} was refused: what was written stays as it was; '
            'only an erasure takes personal data away, in the transaction that notes it.'
            USING ERRCODE = 'integrity_constraint_violation'"""


def _only_erased(name: str, column: str, or_else: str = "false") -> str:
    """Rows of which one column may be erased, and nothing else be changed but what `or_else` allows."""
    return f"""CREATE FUNCTION ledger_{name}_only_erased() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    IF {or_else} THEN RETURN NEW; END IF;
    IF NEW.{column} = '{ERASED}' AND to_jsonb(NEW) - '{column}' = to_jsonb(OLD) - '{column}'
        AND {_ERASING.format(further="")} THEN
        RETURN NEW;
    END IF;
    {_raised(f"UPDATE of ledger_{name}")};
END $function$;
CREATE TRIGGER ledger_{name}_only_erased BEFORE UPDATE ON ledger_{name}
    FOR EACH ROW EXECUTE FUNCTION ledger_{name}_only_erased()"""


def _customers_only_erased() -> list[str]:
    personal = ", ".join(f"'{column}'" for column in (*PERSONAL, "extra"))
    erased = " AND ".join(
        f"NEW.{one} IS NOT DISTINCT FROM (CASE WHEN OLD.{one} IS NOT NULL THEN '{ERASED}' END)"
        for one in PERSONAL
    )
    return [
        f"""CREATE FUNCTION ledger_erases_anything() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_erasure WHERE {_MINE}) THEN
        {_raised(f"UPDATE of {CUSTOMERS}")};
    END IF;
    RETURN NULL;
END $function$;
CREATE TRIGGER {CUSTOMERS}_erases_anything BEFORE UPDATE ON {CUSTOMERS}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_erases_anything()""",
        f"""CREATE FUNCTION ledger_customers_only_erased() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    IF {_ERASING.format(further=" AND mine.person_id IS NULL")}
        AND to_jsonb(NEW) - ARRAY[{personal}] = to_jsonb(OLD) - ARRAY[{personal}] AND {erased}
        AND NEW.extra IS NOT DISTINCT FROM ledger_erased(OLD.extra) THEN
        RETURN NEW;
    END IF;
    {_raised(f"UPDATE of {CUSTOMERS}")};
END $function$;
CREATE TRIGGER {CUSTOMERS}_only_erased BEFORE UPDATE ON {CUSTOMERS}
    FOR EACH ROW EXECUTE FUNCTION ledger_customers_only_erased()""",
    ]


def _written_by_whom() -> list[str]:
    return [
        f"ALTER TABLE {CUSTOMERS} DROP CONSTRAINT {CUSTOMERS}_written_by_whom",
        f"""CREATE FUNCTION ledger_written_by_whom() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    RAISE EXCEPTION 'Rows of % were not added: they name another transaction than the one that writes them '
        '(written_by_whom).', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $function$;
CREATE TRIGGER {CUSTOMERS}_written_by_whom BEFORE INSERT ON {CUSTOMERS}
    FOR EACH ROW WHEN (NEW.written_in <> pg_current_xact_id()) EXECUTE FUNCTION ledger_written_by_whom()""",
    ]


def _stay_erased() -> list[str]:
    """Looked at once for all rows that a statement adds: an import adds them by the hundred thousand."""
    named = " OR ".join(f"one.{column} <> '{ERASED}'" for column in PERSONAL)
    return [
        f"""CREATE FUNCTION ledger_customers_stay_erased() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
    broken text;
BEGIN
    SELECT one.customer_id INTO broken FROM added AS one
        JOIN ledger_erasure AS gone ON gone.customer_id = one.customer_id AND gone.person_id IS NULL
        WHERE {named} OR one.extra IS DISTINCT FROM ledger_erased(one.extra) LIMIT 1;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'The customer % was not added: its personal data was erased, and stays so; '
            'add it with "{ERASED}" in their place.', broken
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_customers_stay_erased';
    END IF;
    RETURN NULL;
END $function$;
CREATE TRIGGER {CUSTOMERS}_stay_erased AFTER INSERT ON {CUSTOMERS} REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_customers_stay_erased()""",
    ]
