"""The business itself: its legal entities, the countries that it sells to, its teams, products and agencies."""

from __future__ import annotations

from dataclasses import dataclass

REPORTING_CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Country:
    """A country that the business sells to.

    `share`: its part of the customers. `entity`: the seller's company that invoices there. `terms`: payment terms in
    use, each with its weight. `dial`: international dialling prefix.
    """

    code: str
    share: float
    region: str
    entity: str
    language: str
    timezone: str
    currency: str
    dial: str
    terms: dict[str, float]


@dataclass(frozen=True, slots=True)
class Entity:
    """One of the seller's companies. `claim_currency`: in which it pays its staff, its agencies and the court."""

    code: str
    name: str
    claim_currency: str


@dataclass(frozen=True, slots=True)
class Agency:
    """A collection agency. `fee_rate`: commission in millionths of what it recovers. `success`: chance that it does."""

    name: str
    regions: tuple[str, ...]
    fee_rate: int
    success: float


ENTITIES = {
    "MERROW-DE": Entity("MERROW-DE", "Merrow Bedarf GmbH", "EUR"),
    "MERROW-UK": Entity("MERROW-UK", "Merrow Supplies Ltd", "GBP"),
    "MERROW-NL": Entity("MERROW-NL", "Merrow Handel B.V.", "EUR"),
}

_GERMAN = {"net 30": 0.42, "2/10 net 30": 0.20, "net 14": 0.10, "net 60": 0.18, "eom 15": 0.10}
_BRITISH = {"net 30": 0.50, "eom 15": 0.24, "net 45": 0.22, "net 14": 0.04}
_WESTERN = {"net 30": 0.46, "net 45": 0.34, "eom 15": 0.14, "net 14": 0.06}
_SOUTHERN = {"net 60": 0.55, "net 45": 0.25, "net 30": 0.20}

# fmt: off
COUNTRIES = {
    country.code: country
    for country in (
        Country("DE", 0.25, "DACH", "MERROW-DE", "de", "Europe/Berlin", "EUR", "+49 30 23125", _GERMAN),
        Country("AT", 0.05, "DACH", "MERROW-DE", "de", "Europe/Vienna", "EUR", "+43 1 555", _GERMAN),
        Country("CH", 0.06, "DACH", "MERROW-DE", "de", "Europe/Zurich", "CHF", "+41 44 555", _GERMAN),
        Country("PL", 0.03, "Nordics & East", "MERROW-DE", "pl", "Europe/Warsaw", "EUR", "+48 22 555", _WESTERN),
        Country("DK", 0.03, "Nordics & East", "MERROW-DE", "da", "Europe/Copenhagen", "EUR", "+45 32 55", _WESTERN),
        Country("SE", 0.03, "Nordics & East", "MERROW-DE", "sv", "Europe/Stockholm", "EUR", "+46 8 555", _WESTERN),
        Country("GB", 0.19, "UK & Ireland", "MERROW-UK", "en", "Europe/London", "GBP", "+44 1632 960", _BRITISH),
        Country("IE", 0.03, "UK & Ireland", "MERROW-UK", "en", "Europe/Dublin", "EUR", "+353 1 555", _BRITISH),
        Country("US", 0.04, "Overseas", "MERROW-UK", "en", "America/New_York", "USD", "+1 212 555", _WESTERN),
        Country("NL", 0.10, "Benelux", "MERROW-NL", "nl", "Europe/Amsterdam", "EUR", "+31 20 555", _WESTERN),
        Country("BE", 0.04, "Benelux", "MERROW-NL", "nl", "Europe/Brussels", "EUR", "+32 2 555", _WESTERN),
        Country("FR", 0.05, "South", "MERROW-NL", "fr", "Europe/Paris", "EUR", "+33 1 55 55", _SOUTHERN),
        Country("IT", 0.06, "South", "MERROW-NL", "it", "Europe/Rome", "EUR", "+39 06 555", _SOUTHERN),
        Country("ES", 0.04, "South", "MERROW-NL", "es", "Europe/Madrid", "EUR", "+34 91 555", _SOUTHERN),
    )
}
# fmt: on

TEAMS = {
    "DACH": "Team Berlin",
    "Nordics & East": "Team Berlin",
    "UK & Ireland": "Team Leeds",
    "Overseas": "Team Leeds",
    "Benelux": "Team Utrecht",
    "South": "Team Utrecht",
}
TEAM_SHARES = {"Team Berlin": 0.5, "Team Leeds": 0.27, "Team Utrecht": 0.23}
HOURLY_COST = {"Team Berlin": 41_00, "Team Leeds": 38_50, "Team Utrecht": 43_00}
"""In cents of the entity's reporting currency (EUR) for an hour of a collector."""

AGENCIES = (
    Agency("Rheintal Inkasso", ("DACH", "Nordics & East"), 140_000, 0.58),
    Agency("Calder & Voss Recoveries", ("UK & Ireland", "Overseas"), 180_000, 0.50),
    Agency("Delta Incasso Groep", ("Benelux", "South"), 160_000, 0.46),
)

INDUSTRIES = {
    "construction": 0.26,
    "mechanical engineering": 0.22,
    "retail": 0.17,
    "facility services": 0.12,
    "logistics": 0.10,
    "public sector": 0.06,
    "agriculture": 0.07,
}

PRODUCT_LINES = {
    "fasteners": 0.30,
    "power tools": 0.22,
    "workwear": 0.16,
    "site equipment": 0.14,
    "garden & outdoor": 0.10,
    "service & repair": 0.08,
}

SEASON = (0.86, 0.92, 1.06, 1.10, 1.12, 1.05, 0.93, 0.84, 1.08, 1.14, 1.08, 0.82)
"""Sales of January to December against the mean month."""

OUTDOOR_SEASON = (0.5, 0.7, 1.4, 1.8, 1.7, 1.3, 0.9, 0.7, 0.8, 0.6, 0.5, 0.4)
"""The same for customers in agriculture."""

YEARLY_GROWTH = 0.06
PRICE_LEVEL = {"EUR": 1.0, "GBP": 0.86, "CHF": 0.96, "USD": 1.09}
"""How many units of a currency are charged for what costs one euro: price lists, not the daily rate."""
