"""What went wrong, said so that a person can mend it.

Every message has three parts: what did not happen and to which record, why, and what to do.
Work over many rows returns results *and* problems; it never stops at the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


class CountbackError(Exception):
    """Base of every anticipated failure: named for what could not be done, worded for the person who meets it.

    `what`: what did not happen, and to which record. `why`: the cause. `remedy`: what to do now.
    Shown as one sentence of three parts.
    """

    def __init__(self, what: str, why: str, remedy: str) -> None:
        self.what, self.why, self.remedy = what, why, remedy
        super().__init__(f"{what}: {why}; {remedy}.")


class Misuse(CountbackError):
    """The question itself cannot be asked (unknown KPI, dimension, parameter, date): exit code 2."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing found wrong in a file, with the place and the remedy.

    `severity`: "refused" (the books are not taken) or "warning" (kept as it is).
    `file`: name inside the source. `line`: physical line of the file, the header being line 1; None for the file as
    a whole. `column`: name as the file has it, None for the whole row. `what`: what is wrong, with the value.
    `remedy`: what to do. `code`: stable name of the kind of problem, such as "unknown_customer".
    """

    severity: Literal["refused", "warning"]
    code: str
    file: str
    line: int | None
    column: str | None
    what: str
    remedy: str

    def __str__(self) -> str:
        """`invoices.csv, line 7, due_on: 2024-02-31 is no date; write a day that exists.`"""
        place = self.file
        if self.line is not None:
            place += f", line {self.line}"
        if self.column is not None:
            place += f", {self.column}"
        return f"{place}: {self.what}; {self.remedy}."
