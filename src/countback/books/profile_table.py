"""How a profile says where the columns of a table come from, and which rows belong to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import cast

from countback.books.profile_keys import Section
from countback.books.profile_layout import checked_date_format
from countback.books.reading import Condition, Field, Test
from countback.books.tables import TABLES, Column, Table

FIELD_KEYS = (
    "column",
    "constant",
    "template",
    "fallback",
    "date_format",
    "absolute",
    "add_days",
    "words",
    "via",
    "optional",
    "minus",
)
_TESTS = ("filled", "blank", "positive", "negative", "nonzero")
_DATES = ("date", "moment", "day_or_moment")
_NEARLY = 0.85  # a further column this like a known one is taken for a slip of the pen


@dataclass(frozen=True, slots=True)
class TableRule:
    """One table out of a file: its fields, its conditions, whether rows with one identifier make one row."""

    name: str
    fields: dict[str, Field]
    when: tuple[Condition, ...]
    one_per_key: bool


def table_rules(section: Section) -> list[TableRule]:
    """The table of this section, and the payments and allocations that its `cleared_on` makes."""
    name = section.path.rsplit(".", 1)[-1]
    if name not in TABLES:
        near = get_close_matches(name, TABLES, 1)
        raise section.refusal(
            "",
            f"the format has no table {name}" + (f"; did you mean {near[0]}?" if near else ""),
            f"take one of {', '.join(TABLES)}",
        )
    section.allow("columns", "when", "one_per_key", "cleared_on")
    table = TABLES[name]
    columns = section.section("columns", tuple(section.content.get("columns", {})))
    fields = {key: _field(columns, key, table) for key in columns.content}
    _refuse_missing(section, table, fields)
    when = tuple(_condition(each) for each in section.sections("when"))
    rule = TableRule(name, fields, when, section.flag("one_per_key"))
    if "cleared_on" not in section.content:
        return [rule]
    return [rule, *_clearing(section, rule)]


def _clearing(section: Section, invoices: TableRule) -> list[TableRule]:
    """Each cleared row makes a payment of its whole amount on that date, applied to its invoice."""
    if invoices.name != "invoices":
        raise section.refusal(
            "cleared_on", f"{invoices.name} are not cleared", "write it under tables.invoices"
        )
    number, amount = invoices.fields["invoice_id"], invoices.fields["amount"]
    inside = number.template or f"{{{number.column}}}"
    payment = Field(template=f"PAY-{inside}")
    cleared = _one_field(section, "cleared_on")
    if cleared.column is None:
        raise section.refusal(
            "cleared_on", "it names no header", 'write cleared_on = "Header of the clearing date"'
        )
    when = (*invoices.when, Condition(cleared.column, "filled", optional=cleared.optional))
    fields = {
        "payment_id": payment,
        "customer_id": invoices.fields["customer_id"],
        "received_on": cleared,
        "amount": amount,
    }
    if "currency" in invoices.fields:
        fields["currency"] = invoices.fields["currency"]
    applied = {"payment_id": payment, "invoice_id": number, "amount": amount}
    return [
        TableRule("payments", fields, when, invoices.one_per_key),
        TableRule("allocations", applied, when, invoices.one_per_key),
    ]


def _refuse_missing(section: Section, table: Table, fields: dict[str, Field]) -> None:
    missing = [column.name for column in table.columns if column.required and column.name not in fields]
    if table.name == "invoices" and not {"due_on", "terms"} & set(fields):
        missing.append("due_on (or terms)")
    if table.name == "allocations" and len({"payment_id", "credit_note_id"} & set(fields)) != 1:
        missing.append("payment_id or credit_note_id, one of them")
    if missing:
        raise section.refusal(
            "columns", f"the table needs {', '.join(missing)}", "say which header or constant gives it"
        )


def _field(columns: Section, name: str, table: Table) -> Field:
    column = next((column for column in table.columns if column.name == name), None)
    if column is None:
        near = get_close_matches(name, table.names, 1, _NEARLY if table.open_ended else 0.6)
        if near or not table.open_ended:
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(table.names)}"
            raise columns.refusal(
                name,
                f"{table.name} have no such column; {hint}",
                "correct the name" + (", or choose one less alike" if table.open_ended else ""),
            )
        column = Column(name)
    field = _one_field(columns, name)
    _refuse_misfit(columns, name, field, column)
    return field


def _one_field(section: Section, key: str) -> Field:
    """A header as plain text, or a table that says more."""
    if isinstance(section.content[key], str):
        return Field(column=section.text(key))
    inner = section.section(key, FIELD_KEYS)
    given = [each for each in ("column", "constant", "template") if each in inner.content]
    if len(given) != 1:
        raise section.refusal(
            key,
            f"it gives {' and '.join(given) or 'no source of the value'}",
            "give exactly one of column, constant and template",
        )
    field = Field(
        column=inner.optional_text("column"),
        constant=inner.optional_text("constant"),
        template=inner.optional_text("template"),
        fallback=inner.optional_text("fallback"),
        absolute=inner.flag("absolute"),
        add_days=inner.optional_text("add_days"),
        words=_words(inner),
        via=inner.optional_text("via"),
        optional=inner.flag("optional"),
        minus=inner.optional_text("minus"),
    )
    if "date_format" in inner.content:
        field = replace(field, date_format=checked_date_format(inner, "date_format"))
    return field


def _refuse_misfit(section: Section, key: str, field: Field, column: Column) -> None:
    """Refuses what would be without effect: a date format for an amount, a fallback for a constant."""
    only_column = ("fallback", "date_format", "absolute", "add_days", "via", "optional", "minus", "words")
    if field.column is None and any(getattr(field, each) for each in only_column):
        raise section.refusal(
            key, "only a column can have " + ", ".join(only_column), "write column, or take it out"
        )
    if (field.date_format or field.add_days) and column.kind not in _DATES:
        raise section.refusal(
            key, "date_format and add_days are for dates, and this is none", "take them out"
        )
    if (field.absolute or field.minus) and column.kind not in ("money", "rate", "quantity"):
        raise section.refusal(key, "absolute and minus are for amounts, and this is none", "take them out")
    if field.template is not None and not re.search(r"\{[^{}]+\}", field.template):
        raise section.refusal(
            key, f"the template {field.template!r} names no {{Header}}", "write constant, or name one"
        )
    if field.via is not None and (field.via not in TABLES or column.name not in TABLES[field.via].names):
        raise section.refusal(
            key, f"there is no {column.name} in a table {field.via}", "name the table that has it"
        )


def _words(section: Section) -> dict[str, str]:
    if "words" not in section.content:
        return {}
    words = section.content["words"]
    given = section.section("words", tuple(words) if isinstance(words, dict) else ())
    return {word: given.text(word) for word in given.content}


def _condition(section: Section) -> Condition:
    section.allow("column", "is", "equals", "differs", "optional", "minus")
    given = [key for key in ("is", "equals", "differs") if key in section.content]
    if len(given) != 1:
        raise section.refusal(
            "", f"it gives {' and '.join(given) or 'no test'}", "give one of is, equals and differs"
        )
    column, optional = section.text("column"), section.flag("optional")
    minus = section.optional_text("minus")
    if given[0] != "is":
        return Condition(column, cast("Test", given[0]), section.texts(given[0]), optional)
    test = section.text("is")
    if test not in _TESTS:
        near = get_close_matches(test, _TESTS, 1)
        raise section.refusal(
            "is",
            f"there is no test {test}" + (f"; did you mean {near[0]}?" if near else ""),
            f"take one of {', '.join(_TESTS)}",
        )
    return Condition(column, cast("Test", test), (), optional, minus)
