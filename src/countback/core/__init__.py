"""Pure words of the trade: money, calendar, terms, ageing, periods, problems. Imports nothing of the house."""
