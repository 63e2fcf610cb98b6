"""What comes after dunning: agency, court, write-off, and money that comes in after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countback.books.demo.business import AGENCIES, Agency
from countback.books.demo.calendar_days import working_day
from countback.books.demo.chance import between
from countback.books.demo.contacts import contact, write_contact
from countback.books.demo.payments import receive

if TYPE_CHECKING:
    from countback.books.demo.account import Account, Item, Row

_WORTH_COURT = 2_500_00
_WORTH_VISIT = 9_000_00
_UNECONOMICAL = 120_00
_RECALLED_ON = 7
_CLOSED_ON = 5
"""Positions in a placement and in a legal action."""

_STAGES = {
    "claim": ("judgment", 0.40, (45, 110)),
    "judgment": ("enforcement", 0.45, (25, 60)),
    "enforcement": (None, 0.40, (40, 120)),
}
"""By stage of a lawsuit: the next one, the chance that the customer pays before it, days until then."""

_COST_SHARE = {"claim": 0.045, "judgment": 0.012, "enforcement": 0.020}
_COST_BASE = {"claim": 180_00, "judgment": 60_00, "enforcement": 95_00}


def escalate(account: Account, day: int, items: list[Item]) -> None:
    """Decide what becomes of items that dunning did not move."""
    items = [item for item in items if item in account.items and item.payable > 0 and not item.placed]
    total = sum(item.payable for item in items)
    if not items:
        return
    oldest = items[0].level
    if account.customer.type == "public_body" or (total > _WORTH_VISIT and oldest % 4):
        contact(account, day, "visit" if total > _WORTH_VISIT else "call", items)
        for item in items:
            item.level += 1
    elif total < _UNECONOMICAL:
        write_off(account, day, items, "uneconomical to pursue")
    elif total >= _WORTH_COURT and account.rng.random() < 0.55:
        sue(account, day, items, "claim")
    else:
        place(account, day, items)


def place(account: Account, day: int, items: list[Item]) -> None:
    """Hand the items to an agency, one placement for each."""
    region = account.customer.country.region
    agency = next(each for each in AGENCIES if region in each.regions)
    for item in items:
        row: Row = [
            account.identifier("A"), account.customer.number, item.invoice.invoice_id, agency.name, day,
            item.open, agency.fee_rate, None,
        ]  # fmt: skip
        account.write("placements", day, row)
        item.placed, item.plan = True, None
        success = account.rng.random() < agency.success
        days = between(account.rng, 20, 150) if success else between(account.rng, 130, 220)
        account.at(working_day(day + days), "remittance" if success else "recall", (item, agency, row))


def remittance(account: Account, day: int, subject: tuple[Item, Agency, Row]) -> None:
    """The agency remits what it has collected, wholly or in part, and charges its commission."""
    item, agency, _ = subject
    if not item.open or account.failed:
        return
    rng = account.rng
    amount = item.open if rng.random() < 0.7 else max(1, int(item.open * (0.25 + 0.5 * rng.random())))
    credit, _ = receive(account, day, amount, "agency", agency.name)
    account.allocate(credit, item, amount, day)
    account.cost(day, "agency_fee", amount * agency.fee_rate // 1_000_000, account.customer.country.currency)
    if item.open:
        again = rng.random() < 0.5
        account.at(working_day(day + between(rng, 25, 70)), "remittance" if again else "recall", subject)


def recall(account: Account, day: int, subject: tuple[Item, Agency, Row]) -> None:
    """Take an unsuccessful placement back, and sue or write off."""
    item, _, row = subject
    if not item.open:
        return
    account.fill(row, _RECALLED_ON, day)
    item.placed = False
    if item.open >= _WORTH_COURT and not account.failed:
        sue(account, day, [item], "claim")
    elif account.rng.random() < 0.35 and not account.failed:
        contact(account, day, "call", [item])
        account.at(working_day(day + 45), "give_up", item)
    else:
        account.at(working_day(day + between(account.rng, 10, 60)), "give_up", item)


def give_up(account: Account, day: int, item: Item) -> None:
    """Write off an item that nothing has moved."""
    if item.open and not item.disputed:
        item.placed = True
        write_off(account, day, [item], "uncollectable")


def letter_before_action(account: Account, day: int, items: list[Item]) -> None:
    """Record the letter that announces a lawsuit, for what is worth one."""
    total = sum(item.payable for item in items)
    if total >= _WORTH_COURT / 5:
        row = _legal_row(account, day, "letter_before_action", items)
        account.cost(day, "legal", 28_00)
        account.at(working_day(day + 28), "close_letter", row)


def close_letter(account: Account, day: int, row: Row) -> None:
    """The time given by a letter before action is over."""
    account.fill(row, _CLOSED_ON, day)


def sue(account: Account, day: int, items: list[Item], kind: str) -> None:
    """Start a stage of a lawsuit over the items."""
    total = sum(item.open for item in items)
    row = _legal_row(account, day, kind, items)
    account.cost(day, "legal", int(total * _COST_SHARE[kind]) + _COST_BASE[kind])
    for item in items:
        item.placed, item.plan = True, None
    low, high = _STAGES[kind][2]
    account.at(working_day(day + between(account.rng, low, high)), "court", (items, kind, row))


def court(account: Account, day: int, subject: tuple[list[Item], str, Row]) -> None:
    """A stage ends: the customer pays, or the next one starts, or nothing is to be had."""
    items, kind, row = subject
    account.fill(row, _CLOSED_ON, day)
    items = [item for item in items if item.open]
    if not items or account.failed:
        return
    following, chance, _ = _STAGES[kind]
    if account.rng.random() < chance:
        credit, _ = receive(account, day, sum(item.open for item in items), "court", row[0])
        for item in items:
            item.disputed = 0
            account.allocate(credit, item, item.open, day)
    elif following:
        sue(account, day, items, following)
    else:
        write_off(account, day, items, "uncollectable")


def _legal_row(account: Account, day: int, kind: str, items: list[Item]) -> Row:
    numbers = {item.invoice.invoice_id for item in items}
    row: Row = [
        account.identifier("L"), account.customer.number, numbers.pop() if len(numbers) == 1 else None, kind, day,
        None, sum(item.open for item in items),
    ]  # fmt: skip
    account.write("legal_actions", day, row)
    return row


def write_off(account: Account, day: int, items: list[Item], reason: str) -> None:
    """Write off what is open of the items' invoices, with all instalments; some money may come in later anyhow."""
    for invoice in {item.invoice.invoice_id: item.invoice for item in items}.values():
        parts = [item for item in account.items if item.invoice is invoice]
        amount = sum(item.open for item in parts)
        row = [account.identifier("W"), invoice.invoice_id, day, amount, reason]
        account.write("write_offs", day, row, account.recorded_late(day, 0.05))
        invoice.written_off += amount
        for item in parts:
            item.written += item.open
            item.disputed, item.plan = 0, None
            account.settle(item, item.open, day)
        if amount > 300_00 and account.rng.random() < 0.3 and parts[0].number is None:
            account.at(working_day(day + between(account.rng, 40, 280)), "recovery", parts[0])


def recovery(account: Account, day: int, item: Item) -> None:
    """Money for an item that had been written off: a dividend, or a late conscience."""
    share = 0.03 + (0.12 if account.failed else 0.6) * account.rng.random()
    amount = max(1, int(item.written * share))
    if item.open or amount > item.written:
        return
    credit, _ = receive(account, day, amount, "bank_transfer", item.invoice.invoice_id)
    row = [credit.identifier, None, item.invoice.invoice_id, amount, day, item.number]
    account.write("allocations", day, row, credit.recorded)
    item.written -= amount


def small_difference(account: Account, day: int, item: Item) -> None:
    """Write off a trifle."""
    if item.open and not item.disputed and not item.placed:
        write_off(account, day, [item], "small difference")


def fail(account: Account, day: int, _: None) -> None:
    """The customer becomes insolvent: nothing more comes in, an administrator writes, the rest is written off."""
    account.failed = True
    for item in account.items:
        item.plan = None
        item.invoice.reason = "insolvency"
    if account.items:
        write_contact(account, working_day(day + 2), "letter", "in", "right_party", account.items)
        account.at(working_day(day + between(account.rng, 90, 300)), "insolvency_write_off")


def insolvency_write_off(account: Account, day: int, _: None) -> None:
    """Write off everything that the failed customer owes."""
    for item in account.items:
        item.disputed = 0
    if account.items:
        write_off(account, day, list(account.items), "insolvency")
