"""Topics under which KPIs are listed. A KPI that stands under none is listed last; nothing else changes for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A heading of lists of KPIs. `place`: in the order of reading."""

    place: int
    title: str


_TOPICS: dict[str, str] = {
    "What is owed": """
        open_receivables current_receivables overdue_receivables unapplied_credits net_receivables aging
        current_share overdue_share over_90_share overdue_accounts_share top_10_share concentration loss_allowance
    """,
    "Sales and cash": "credit_sales cash_applied receivables_turnover weighted_terms",
    "How long it takes": """
        dso dso_countback best_possible_dso delinquent_dso average_days_past_due average_days_to_pay
        days_beyond_terms median_days_to_pay median_days_to_resolve late_payment_share
    """,
    "How well it is collected": """
        collection_effectiveness_index cash_collection_effectiveness_index collection_rate recovered_to_outstanding
        recovery_rate recovery_curve cure_rate at_risk_rate roll_rates bad_debt_ratio
    """,
    "Promises and contacts": """
        right_party_contact_rate promise_rate promise_kept_rate promise_kept_amount_rate promise_follow_through
        promise_outcomes promise_outcome_amounts collector_cash coverage
    """,
    "Disputes": "disputed_receivables dispute_rate median_dispute_days days_deductions_outstanding",
    "Agency, court and cost": """
        collection_cost collection_cost_by_kind cost_of_collection net_recovery legal_action_rate
    """,
}

OTHER = Topic(len(_TOPICS), "Further")
"""Where a KPI stands that no topic names."""

_FOUND = {
    kpi: Topic(place, title)
    for place, (title, listed) in enumerate(_TOPICS.items())
    for kpi in listed.split()
}


_RANKS = {kpi: rank for rank, kpi in enumerate(_FOUND)}


def rank(kpi_id: str) -> tuple[int, str]:
    """Where a KPI stands in lists: as its topic has it, those of no topic last and in alphabetical order."""
    return _RANKS.get(kpi_id, len(_RANKS)), kpi_id


def topic_of(kpi_id: str) -> Topic:
    """The topic of a KPI."""
    return _FOUND.get(kpi_id, OTHER)
