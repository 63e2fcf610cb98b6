"""What a proposal must ask, because the file can be read in more than one way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from countback.core.problem import Misuse


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer. `value`: what to answer. `meaning`: what it would make of the file, with an example."""

    value: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only a person can know. `id`: the key of its answer. `column`: header, None for the whole file."""

    id: str
    file: str
    column: str | None
    text: str
    choices: tuple[Choice, ...]


class Asking:
    """Answers so far, and the questions that are still open."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self.answers = dict(answers)
        self.asked: dict[str, Question] = {}

    @property
    def open(self) -> tuple[Question, ...]:
        """Questions without an answer, in the order of asking."""
        return tuple(question for question in self.asked.values() if question.id not in self.answers)

    def ask(self, question: Question) -> str | None:
        """The answer, None while there is none; an answer that is no choice is misuse."""
        self.asked[question.id] = question
        answer = self.answers.get(question.id)
        values = [choice.value for choice in question.choices]
        if answer is not None and answer not in values:
            raise Misuse(f"The answer {answer!r} to {question.id} was not taken", question.text,
                         f"answer one of {', '.join(values)}")  # fmt: skip
        return answer

    def refuse_strangers(self) -> None:
        """Misuse where an answer belongs to no question."""
        for given in self.answers:
            if given not in self.asked:
                near = get_close_matches(given, self.asked, 1, 0.3)
                why = "nothing was asked under that name" + (f"; the nearest is {near[0]}" if near else "")
                raise Misuse(f"The answer to {given} was not taken", why, "take it out, or correct its name")


def date_question(file: str, header: str, formats: tuple[str, ...], value: str) -> Question:
    """Which format the dates of a column are in, every value of which fits each."""
    choices = tuple(Choice(name, f"{value} is {_spoken(value, name)}") for name in formats)
    text = f"every date in the column {header} fits {len(formats)} formats; which one is it?"
    return Question(f"date:{file}:{header}", file, header, text, choices)


def unknown_date_question(file: str, header: str, formats: tuple[str, ...]) -> Question:
    """Which format the dates of a column are in, when they fit none that is known."""
    choices = tuple(Choice(name, f"written like {_example(name)}") for name in formats)
    text = f"the values in the column {header} fit no one date format; which is meant? Others will be refused"
    return Question(f"date:{file}:{header}", file, header, text, choices)


def notation_question(file: str, header: str, value: str, *, fits: bool) -> Question:
    """Whether points or commas are the decimal marks of a file."""
    choices = tuple(Choice(mark, _number_meaning(value, mark)) for mark in ".,")
    text = (
        f"the amounts in the column {header} fit two notations; which mark stands before the decimals?"
        if fits
        else "no one notation fits every amount; which mark stands before the decimals? Others will be refused"
    )
    return Question(f"decimal:{file}", file, header, text, choices)


def column_question(file: str, table: str, column: str, headers: tuple[str, ...]) -> Question:
    """Which header gives a column that the table cannot do without."""
    choices = tuple(Choice(header, f"the column {header}") for header in headers)
    text = f"which column gives {column} of {table}?"
    return Question(f"column:{file}:{column}", file, None, text, choices)


def table_question(file: str, headers: tuple[str, ...]) -> Question:
    """What a file is whose columns say too little."""
    choices = (
        Choice("invoices", "one row an invoice"),
        Choice("payments", "one row a payment"),
        Choice("customers", "one row a customer"),
        Choice("ignore", "it is left out, and the profile says so"),
    )
    text = f"what does the file hold? Its columns are {', '.join(headers[:12])}"
    return Question(f"table:{file}", file, None, text, choices)


def _spoken(value: str, name: str) -> str:
    day = dt.datetime.strptime(value, name).date()  # noqa: DTZ007 a date has no zone
    return f"{day.day} {day:%B %Y}"


def _example(name: str) -> str:
    return dt.date(2024, 12, 31).strftime(name)


def _number_meaning(value: str, mark: str) -> str:
    other = "," if mark == "." else "."
    plain = value.replace(other, "").replace(mark, ".")
    return f"{value} is {plain}" if plain.count(".") < 2 else f"{value} is no amount"
