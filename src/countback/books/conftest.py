"""Small books for the tests beside: a sound set of every table, changed where a test says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countback.books.load import check, load
from countback.books.loaded import LoadedBooks
from countback.core.problem import Problem

SOUND = {
    "customers": """customer_id,name,parent_id,entity_id,currency,terms,colour
007,Abel,,DE,EUR,net 30,red
C2,Berta,007,DE,,,
C3,Caesar,,US,USD,eom 15,blue
""",
    "invoices": """invoice_id,customer_id,issued_on,due_on,terms,amount,currency
I1,007,2024-01-10,2024-02-09,,100.00,
I2,C2,2024-01-31,,2/10 net 30,50.00,EUR
I3,C3,2024-01-20,,,30.00,
I4,007,2024-01-10,,net 30,90.00,
""",
    "instalments": """invoice_id,number,due_on,amount
I4,1,2024-02-10,45.00
I4,2,2024-03-10,45.00
""",
    "credit_notes": """credit_note_id,customer_id,issued_on,amount,invoice_id,reason
N1,007,2024-02-01,10.00,I1,damaged
N2,C2,2024-02-01,5.00,,
""",
    "payments": """payment_id,customer_id,received_on,amount,currency,method,reversed_on
P1,007,2024-02-15,90.00,,transfer,
P2,C2,2024-02-20,40.00,EUR,card,2024-03-01
P3,007,2024-03-05,60.00,EUR,,
""",
    "allocations": """payment_id,credit_note_id,invoice_id,amount,applied_on,instalment
P1,,I1,90.00,,
P2,,I2,40.00,2024-02-21,
,N2,I2,5.00,,
P3,,I4,45.00,2024-03-05,1
""",
    "write_offs": """write_off_id,invoice_id,written_off_on,amount,reason
W1,I2,2024-04-01,45.00,insolvent
""",
    "promises": """promise_id,customer_id,invoice_id,made_on,due_on,amount,withdrawn_on,collector
R1,007,I1,2024-02-10,2024-02-15,90.00,,anna
""",
    "disputes": """dispute_id,invoice_id,opened_on,amount,reason,resolved_on,outcome,owner
D1,I1,2024-01-25,10.00,damaged,2024-02-01,credited,anna
""",
    "contacts": """contact_id,customer_id,invoice_id,contacted_on,channel,direction,outcome,collector,minutes
T1,007,I1,2024-02-10T09:30:00+02:00,call,out,right_party,anna,5.5
T2,C2,,2024-02-11,email,,,,
""",
    "placements": """placement_id,customer_id,invoice_id,agency,placed_on,amount,fee_rate,recalled_on
L1,C3,I3,Fetchers,2024-06-01,30.00,0.25,
""",
    "legal_actions": """legal_action_id,customer_id,invoice_id,kind,started_on,closed_on,amount
G1,C3,I3,claim,2024-07-01,,30.00
""",
    "costs": """cost_id,incurred_on,kind,amount,currency,customer_id,collector
K1,2024-02-29,staff,12.50,EUR,,anna
""",
    "fx_rates": """on,currency,rate
2024-02-20,USD,0.9000000000
""",
    "collectors": """collector,name,email,team,hourly_cost
anna,Anna,anna@example.org,north,30
""",
}

Changes = dict[str, tuple[str, str] | str | None]
"""Table -> its whole text, None for none at all, or what in the sound text is replaced by what."""


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes sound books, some tables replaced, given as `old -> new` pieces of text, or left out (None)."""

    def written(change: Changes | None = None, only: tuple[str, ...] = ()) -> Path:
        target = tmp_path / "books"
        target.mkdir(exist_ok=True)
        for name, text in SOUND.items():
            if only and name not in only:
                continue
            new = (change or {}).get(name, text)
            if isinstance(new, tuple):
                if new[0] not in text:
                    raise LookupError(f"{new[0]!r} is not in the sound {name}")
                new = text.replace(*new)
            if new is not None:
                (target / f"{name}.csv").write_text(new, encoding="utf-8", newline="")
        return target

    return written


@pytest.fixture
def told(folder: Callable[..., Path]) -> Callable[..., list[Problem]]:
    """The problems of sound books with changes."""

    def problems(change: Changes | None = None, **options: Any) -> list[Problem]:
        return check(folder(change), **options)

    return problems


@pytest.fixture
def opened(folder: Callable[..., Path]) -> Callable[..., LoadedBooks]:
    """Sound books with changes, loaded."""

    def books(change: Changes | None = None, **options: Any) -> LoadedBooks:
        return load(folder(change), **options)

    return books
