"""The files of ground truth: their columns and what each of them means, which is also their README."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from countback.books.demo.writer import Shape

if TYPE_CHECKING:
    from countback.books.tables import Kind

FOLDER = "truth"


@dataclass(frozen=True, slots=True)
class TruthFile:
    """One file: what a row is, and its columns, each with its kind and meaning."""

    row: str
    columns: dict[str, tuple[Kind, str]]


FILES = {
    "customers": TruthFile(
        "a customer",
        {
            "customer_id": ("text", "as in the books"),
            "habit": ("text", "how it pays, see `habits` in parameters.json"),
            "mean_delay_days": (
                "text",
                "days after the due date that it intends, before season, drift and story",
            ),
            "spread_days": ("text", "standard deviation of that delay"),
            "reaction": ("text", "factor on the effect of every contact"),
            "payment_runs": ("text", "when it pays: `any` day, `weekly`, `twice_monthly`, `month_end`"),
            "keeps_promise": ("text", "chance that it keeps a promise"),
            "size": ("text", "its sales against those of the mean customer"),
            "insolvent_on": ("date", "day on which it fails; may lie after the end of the books"),
        },
    ),
    "invoices": TruthFile(
        "an invoice of the books",
        {
            "invoice_id": ("text", "as in the books"),
            "disposition": (
                "text",
                "how it ends, though that may lie after the end of the books: `paid`, `short_paid`, `disputed`, "
                "`credited`, `written_off`, or `unsettled` a year and a half after the end",
            ),
            "delay_reason": (
                "text",
                "why it is paid when it is paid: `habit`, `direct_debit`, `discount` (paid early), `forgotten` "
                "(only when asked), `unwilling` (not by asking), `cash_shortage`, `crisis` (the bad spring), `region` "
                "(the sliding one), `season`, `dispute`, `instalments`, `returned_debit`, `insolvency`",
            ),
            "planned_on": ("date", "when the customer would pay if nobody asked; blank: never"),
            "settled_on": ("date", "when nothing of it is open any more"),
            "paid": ("money", "paid by the end of the simulation, recoveries after write-off left out"),
            "credited": ("money", "settled by credit notes"),
            "written_off": ("money", "written off"),
            "deducted": ("money", "what the customer means to deduct"),
        },
    ),
    "contacts": TruthFile(
        "an outgoing contact of the dunning policy",
        {
            "contact_id": ("text", "as in the books"),
            "kind": ("text", "dunning step, see `effects_of_contacts` in parameters.json"),
            "moved": ("count", "1 where the customer now means to pay earlier than before, else 0"),
        },
    ),
    "promises": TruthFile(
        "a promise that is not withdrawn",
        {
            "promise_id": ("text", "as in the books"),
            "fate": (
                "text",
                "`kept`, `partly`, `broken`, as decided; other payments may show another",
            ),
        },
    ),
    "future_payments": TruthFile(
        "a payment after the end of the books, which forecasts have to foresee",
        {
            "payment_id": ("text", "number that the payment would get"),
            "customer_id": ("text", "as in the books"),
            "received_on": ("date", "day of the payment"),
            "amount": ("money", "in the currency beside it"),
            "currency": ("text", "ISO 4217"),
        },
    ),
}

_HEAD = """# The truth behind these books

Written by the simulator that wrote the books around this folder. It is no part of the books; no import reads it.

- `parameters.json`: the arguments, the dates of the story, the habits and their shares, the effect of each kind of
  contact, the dunning policies.
- A contact that reaches its customer moves it with the chance `effects_of_contacts[kind] * reaction`, where it
  had meant to pay later or not at all. After a talk by telephone this holds where no promise was made and nothing
  disputed; a promise moves it by `keeps_promise`. In the sliding region, once it slides, the chance is
  `sliding_reaction` of that.
- What is open at the end of the books goes on being chased and paid in the simulation, under the policy then in force.
  No new orders come.
"""


def shapes() -> dict[str, Shape]:
    """The files to write, under the names that the writer knows them by (`truth_customers`)."""
    return {
        f"truth_{name}": Shape(
            f"{FOLDER}/{name}", {column: kind for column, (kind, _) in file.columns.items()}
        )
        for name, file in FILES.items()
    }


def readme() -> str:
    """The text of `truth/README.md`."""
    parts = [_HEAD]
    for name, file in FILES.items():
        lines = [f"\n## {name}\nOne row: {file.row}.\n\n| column | meaning |\n|---|---|"]
        lines += [f"| {column} | {meaning} |" for column, (_, meaning) in file.columns.items()]
        parts.append("\n".join(lines) + "\n")
    return "".join(parts)
