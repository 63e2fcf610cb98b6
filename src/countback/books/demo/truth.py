"""The ground truth beside the books: what the simulator knows and the books do not say."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from countback.books.demo import habits, story, truth_files

if TYPE_CHECKING:
    from pathlib import Path

    from countback.books.demo.account import Account, Invoice, Row


def rows(account: Account) -> dict[str, list[Row]]:
    """Truth rows of one customer, by the name of the file that the writer knows."""
    customer = account.customer
    manner = customer.manner
    about = [
        customer.number, manner.habit, f"{manner.delay:.2f}", f"{manner.spread:.2f}", f"{manner.reaction:.3f}",
        manner.runs, f"{customer.habit.keeps_promise:.2f}", f"{customer.weight:.4f}", manner.fails_on,
    ]  # fmt: skip
    return {
        **{f"truth_{name}": found for name, found in account.truths.items()},
        "truth_customers": [about],
        "truth_invoices": [_invoice(each) for each in account.invoices if each.issued <= account.story.ends],
    }


def _invoice(invoice: Invoice) -> Row:
    return [
        invoice.invoice_id, _disposition(invoice), invoice.reason, invoice.planned, invoice.settled, invoice.paid,
        invoice.credited, invoice.written_off, invoice.short,
    ]  # fmt: skip


def _disposition(invoice: Invoice) -> str:
    """How the invoice ends, also where that lies after the end of the books."""
    if invoice.settled is None:
        return "unsettled"
    if invoice.written_off:
        return "written_off"
    if invoice.disputed:
        return "disputed"
    if invoice.short:
        return "short_paid"
    return "paid" if invoice.paid else "credited"


def write_parameters(folder: Path, arguments: dict[str, Any], happened: story.Story) -> None:
    """Write `truth/parameters.json` and `truth/README.md`."""
    target = folder / truth_files.FOLDER
    target.mkdir(parents=True, exist_ok=True)
    dates = {name: date.fromordinal(day).isoformat() for name, day in asdict(happened).items()}
    content = {
        "arguments": arguments,
        "story": dates | {"sliding_region": story.SLIDING_REGION, "sliding_reaction": story.SLIDING_REACTION},
        "habits": {name: asdict(habit) for name, habit in habits.HABITS.items()},
        "habit_shares": habits.SHARES,
        "effects_of_contacts": habits.EFFECTS,
        "reaction_days": habits.REACTION_DAYS,
        "policies": {
            "old": [asdict(step) for step in story.OLD_POLICY],
            "new": [asdict(step) for step in story.NEW_POLICY],
        },
    }
    (target / "parameters.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    (target / "README.md").write_text(truth_files.readme(), encoding="utf-8")
