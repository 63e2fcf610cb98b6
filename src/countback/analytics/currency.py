"""Currencies of an answer: no sum mixes currencies; conversion is at stated rates, and a missing rate is an error."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from countback.books.loaded import NO_CURRENCY, LoadedBooks
from countback.core.money import is_currency
from countback.core.problem import CountbackError, Misuse

CARRY_DAYS = 7
"""A rate serves the days after it until the next one, but no longer than this: weekends and holidays have no rates."""

RATE_PLACES = Decimal("1e-10")


class UnableToConvert(CountbackError):
    """An amount could not be converted into the reporting currency."""


@dataclass(frozen=True, slots=True)
class Reporting:
    """How amounts are reported. `currency` None: each in its own, figures are given by currency. `rate_on`:
    None for the
    rate of the period's end, `document` for each document's own date, or one fixed date for all."""

    currency: str | None
    converts: bool
    rate_on: date | str | None = None


class Rates:
    """The books' rates: units of the base currency for one unit of each other."""

    def __init__(self, books: LoadedBooks) -> None:
        found = books.connection.execute(
            'SELECT currency, "on", rate FROM books.fx_rates ORDER BY "on"'
        ).fetchall()
        self._days: dict[str, list[date]] = {}
        self._rates: dict[str, list[Decimal]] = {}
        for currency, day, rate in found:
            self._days.setdefault(currency, []).append(day)
            self._rates.setdefault(currency, []).append(rate)
        quoted = {currency for currency, rates in self._rates.items() if any(rate != 1 for rate in rates)}
        bases = [currency for currency in books.currencies if currency not in quoted]
        self.base = bases[0] if len(bases) == 1 and quoted else None
        self.days = sorted({day for days in self._days.values() for day in days})

    def rate(self, currency: str, into: str, day: date) -> Decimal:
        """Units of `into` for one unit of `currency` on `day`. Raises UnableToConvert naming currency and day."""
        if currency == into:
            return Decimal(1)
        one = self._quoted(currency, into, day)
        other = self._quoted(into, into, day)
        return one if other == 1 else (one / other).quantize(RATE_PLACES)

    def _quoted(self, currency: str, into: str, day: date) -> Decimal:
        if currency not in self._days:
            if currency in (into, self.base):
                return Decimal(1)
            raise self._missing(currency, into, day, "the books hold no rate of it")
        place = bisect_right(self._days[currency], day) - 1
        if place < 0 or self._days[currency][place] < day - timedelta(days=CARRY_DAYS):
            raise self._missing(
                currency, into, day, "no rate of that day or the seven days before it is given"
            )
        return self._rates[currency][place]

    def _missing(self, currency: str, into: str, day: date, why: str) -> UnableToConvert:
        return UnableToConvert(
            f"amounts in {currency} were not converted into {into} at the rate of {day}",
            why,
            f"add a row {day},{currency},RATE to fx_rates, or ask by currency",
        )


def decide(
    books: LoadedBooks,
    rates: Rates,
    asked: str | None,
    rate_on: str | None = None,
    *,
    apart: bool = False,
    within: tuple[str, ...] = (),
) -> Reporting:
    """In which currency to report: the asked one; else the only one in question; else the one that the rates
    lead to; else
    none: by currency. `apart`: figures are grouped by currency, so each stays in its own unless one is asked.
    `within`: the currencies that a filter leaves."""
    if asked is not None and not is_currency(asked):
        raise Misuse(
            "the figures were not computed",
            f"{asked!r} is no currency of ISO 4217",
            "write a code such as EUR",
        )
    left = within or books.currencies or (NO_CURRENCY,)
    if len(left) == 1 and (asked is None or left[0] in (asked, NO_CURRENCY)):
        return Reporting(asked or left[0], converts=False)
    reporting = asked or (None if apart else rates.base)
    return Reporting(reporting, converts=reporting is not None, rate_on=read_rate_on(rate_on))


def read_rate_on(text: str | None) -> date | str | None:
    """The date of rates as asked: `as_of` (None), `document`, or a date."""
    if text in (None, "as_of"):
        return None
    if text == "document":
        return text
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise Misuse(
            "the figures were not computed",
            f"{text!r} is no date of rates",
            "use as_of, document or a date as 2024-01-31",
        ) from error


def rate_rows(
    rates: Rates, into: str, currencies: Iterable[str], keys: Iterable[tuple[int | None, date]]
) -> list[tuple[int | None, date, str, Decimal | None]]:
    """(period, day, currency, rate) for every key and currency; None where the rate is missing, so that it
    is only an error
    when an amount needs it."""
    wanted = list(currencies)
    return [
        (period, day, currency, _or_none(rates, currency, into, day))
        for period, day in keys
        for currency in wanted
    ]


def _or_none(rates: Rates, currency: str, into: str, day: date) -> Decimal | None:
    try:
        return rates.rate(currency, into, day)
    except UnableToConvert:
        return None
