"""Contacts with customers: whether the right party was reached, and what of the overdue is being worked."""

from __future__ import annotations

import ibis

from countback.kpis.facts import Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.positions import Disputed, open_items
from countback.kpis.measures.windows import within_days, within_period

REACHED = "right_party"
BOUNCED = "bounced"


def _of_period(facts: Facts) -> Table:
    met = within_period(facts, facts.contacts(), "contacted_on")
    return met.mutate(amount=ibis.literal(1, type="int32"))


def arrived(contacts: Table) -> Table:
    """Contacts that are any: a message that bounced has reached nobody."""
    return contacts.filter((contacts.outcome != BOUNCED) | contacts.outcome.isnull())


@measure("contacts in the period", money=False)
def contacts_made(facts: Facts) -> Table:
    """Every contact counts one: any channel, either direction, whatever came of it."""
    return _of_period(facts)


@measure("right-party contacts in the period", money=False)
def right_party_contacts(facts: Facts) -> Table:
    """Contacts that reached the person who decides on the payment."""
    met = _of_period(facts)
    return met.filter(met.outcome == REACHED)


@measure("contacts that did not reach the right party", money=False)
def other_contacts(facts: Facts) -> Table:
    """The other contacts of the period, and what came of them."""
    met = _of_period(facts)
    met = met.filter((met.outcome != REACHED) | met.outcome.isnull())
    words = [("wrong_party", "reached another person"), ("no_answer", "nobody answered")]
    words += [("left_message", "a message was left"), (BOUNCED, "the message bounced")]
    return met.mutate(reason=met.outcome.cases(*words, else_="no outcome was recorded"))


@measure("overdue receivables of customers who were contacted", bucketed=True)
def overdue_contacted(facts: Facts, *, days: int = 30, disputed: Disputed = "include") -> Table:
    """Overdue open items at the end of the period whose customer had a contact in the `days` days to it."""
    items = open_items(facts, "end_on", "gross", disputed, full=True)
    items = items.filter(items.due_on < items.at_on)
    books = facts.everything()
    met = within_days(books, arrived(books.contacts()), "contacted_on", days)
    return items.semi_join(met.select("period", "customer_id"), ["period", "customer_id"])


@measure("contacts that do not count", money=False)
def contacts_bounced(facts: Facts, *, days: int = 30) -> Table:
    """Messages of the same days that bounced."""
    met = within_days(facts, facts.contacts(), "contacted_on", days)
    met = met.filter(met.outcome == BOUNCED)
    return met.mutate(
        amount=ibis.literal(1, type="int32"), reason=ibis.literal("the message bounced: it reached nobody")
    )
