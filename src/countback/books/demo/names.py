"""Invented names that sound like their country; addresses lie in the domain that is kept for examples."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from countback.books.demo.business import Country

_FIRST = {
    "de": "Brandel Hollwig Kestner Ostmark Rheinfeld Sandhorst Tannberg Wolkow Eichlau Grünthal Lindwerder Märkel",
    "en": "Ashcombe Barlow Crossfield Denholm Fairleigh Harrowgate Kelby Langmere Oakhurst Redfern Thornby Wexcombe",
    "nl": "Bosveld Duinker Haverkamp Kloosterman Meerdijk Oosterhof Polderman Rietveen Terwolde Vlietstra Zandberg",
    "fr": "Aubrelle Bellecombe Chardenal Delmarche Fontvieux Garonnet Lavaudière Montclar Pressigny Rivanelle",
    "it": "Albarosa Bertolani Castelvero Ferrandini Lombrasco Montevari Pietralba Rovagnati Santoreggi Valdoro",
    "es": "Almendral Barrionuevo Castrillar Fuensanta Lasierra Montearagón Olivares Peñablanca Riojeda Valdecampo",
    "pl": "Brzezina Dąbrowiec Jaworek Kalinowa Lipnik Modrzew Olszanka Sosnowiec Wierzbica Zielonka",
    "da": "Bækgaard Elmelund Fjordholm Højbjerg Kildedal Lyngvang Nørreskov Skovsende Vestervang",
    "sv": "Almby Björkdal Ekholmen Granvik Hammarsjö Lindåker Norrström Sjöhagen Vasterlund",
}
_TRADE = {
    "de": "Bau|Technik|Werkzeuge|Maschinenbau|Logistik|Gebäudeservice|Handel|Stahlbau|Agrar|Montage",
    "en": "Builders|Engineering|Tool Hire|Fabrications|Logistics|Facilities|Trading|Steel|Farm Supplies|Contractors",
    "nl": "Bouw|Techniek|Gereedschap|Machines|Logistiek|Onderhoud|Handel|Staal|Agri|Montage",
    "fr": "Bâtiment|Outillage|Mécanique|Logistique|Services|Négoce|Métallerie|Agricole",
    "it": "Costruzioni|Utensili|Meccanica|Logistica|Servizi|Commercio|Acciai|Agraria",
    "es": "Construcciones|Herramientas|Mecánica|Logística|Servicios|Comercial|Aceros|Agrícola",
    "pl": "Budownictwo|Narzędzia|Maszyny|Logistyka|Serwis|Handel|Stal|Rolnik",
    "da": "Byg|Værktøj|Maskiner|Logistik|Service|Handel|Stål|Landbrug",
    "sv": "Bygg|Verktyg|Maskin|Logistik|Service|Handel|Stål|Lantbruk",
}
_FORM = {
    "DE": "GmbH|GmbH & Co. KG|AG|OHG", "AT": "GmbH|KG|AG", "CH": "AG|GmbH", "PL": "Sp. z o.o.|S.A.", "DK": "ApS|A/S",
    "SE": "AB", "GB": "Ltd|Limited|plc|LLP", "IE": "Ltd|DAC", "US": "Inc.|LLC|Corp.", "NL": "B.V.|V.O.F.",
    "BE": "BV|NV", "FR": "SARL|SAS|SA", "IT": "S.r.l.|S.p.A.", "ES": "S.L.|S.A.",
}  # fmt: skip
_GIVEN = {
    "de": "Anke Bernd Claudia Dirk Elke Fabian Greta Heiko Jonas Karin Lutz Meike",
    "en": "Alice Ben Clare Daniel Emma Frank Grace Harry Isla Jack Kate Liam",
    "nl": "Anouk Bram Daan Eline Femke Gijs Hanna Jeroen Lotte Maarten Sanne Wouter",
    "fr": "Agnès Benoît Camille Didier Élodie Florent Hélène Luc Maëlle Rémi",
    "it": "Alba Bruno Chiara Dario Elena Fabio Giulia Luca Marta Paolo",
    "es": "Ana Carlos Elena Íñigo Lucía Marcos Nuria Pablo Rosa Sergio",
    "pl": "Agata Bartosz Dorota Jacek Kinga Łukasz Marta Paweł Róża Tomasz",
    "da": "Anders Birgit Freja Jens Karen Lars Mette Niels Signe Søren",
    "sv": "Åsa Björn Elin Gustav Ida Karin Lars Maja Nils Sven",
}
_TOWN = {
    "de": "Neuhafen Altfurt Bergheide Seeleben Mühlrode", "en": "Eastbridge Northwell Millford Stonehaugh Wexby",
    "nl": "Nieuwerhaven Oudenbrug Zuidveen", "fr": "Villeneuve-sur-Aure Pontvert", "it": "Borgoverde Pontelago",
    "es": "Puentealto Villaclara", "pl": "Nowobrzeg Zielonów", "da": "Nyhavnsby Østerlund", "sv": "Nysund Västerhamn",
}  # fmt: skip
_COUNCIL = {
    "de": "Stadtverwaltung", "en": "Borough Council", "nl": "Gemeente", "fr": "Mairie de", "it": "Comune di",
    "es": "Ayuntamiento de", "pl": "Urząd Miasta", "da": "Kommune", "sv": "Kommun",
}  # fmt: skip
_COUNCIL_LAST = {"en", "da", "sv"}
_PLAIN = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ø": "oe", "Ø": "Oe", "æ": "ae", "Æ": "Ae"})


def person(rng: Random, language: str) -> str:
    """A given name and a family name."""
    return f"{rng.choice(_GIVEN[language].split())} {rng.choice(_FIRST[language].split())}"


def company(rng: Random, country: Country) -> str:
    """A company's name with its legal form."""
    language = country.language
    words = _FIRST[language].split()
    trade = rng.choice(_TRADE[language].split("|"))
    form = rng.choice(_FORM[country.code].split("|"))
    first = rng.choice(words)
    if rng.random() < 0.35:
        first += (" & " if language != "fr" else " et ") + rng.choice(
            [word for word in words if word != first]
        )
    return f"{first} {trade} {form}"


def public_body(rng: Random, language: str) -> str:
    """A town council."""
    town = rng.choice(_TOWN[language].split())
    return f"{town} {_COUNCIL[language]}" if language in _COUNCIL_LAST else f"{_COUNCIL[language]} {town}"


def branch(rng: Random, parent_name: str, language: str) -> str:
    """A daughter or branch of a named company."""
    return f"{parent_name} – {rng.choice(_TOWN[language].split())}"


def email(name: str, local_part: str, number: str) -> str:
    """An address in the domain kept for examples; the customer's number keeps it unique."""
    return f"{local_part}@{slug(name.split(' – ')[0])[:24].strip('-')}-{int(number)}.example"


def slug(name: str) -> str:
    """The name in lower-case ASCII letters, digits and single hyphens."""
    plain = unicodedata.normalize("NFKD", name.translate(_PLAIN)).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(sign if sign.isalnum() else " " for sign in plain).split())
