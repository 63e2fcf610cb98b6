"""Headers in six languages: which meaning a header most likely has."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import cache

WORDS: dict[str, tuple[str, ...]] = {
    "invoice": (
        "invoice", "invoice id", "invoice no", "invoice number", "invoice ref", "document", "document no",
        "document number", "doc no", "doc id", "bill no", "num", "rechnung", "rechnungsnr", "rechnungsnummer", "beleg",
        "belegnr", "belegnummer", "facture", "no facture", "n facture", "numero de facture", "num facture", "piece",
        "no piece", "factura", "no factura", "numero de factura", "fattura", "numero fattura", "n fattura", "factuur",
        "factuurnummer", "factuurnr",
    ),
    "customer": (
        "customer", "customer id", "customer no", "customer number", "cust no", "cust number", "cust id", "account",
        "account no", "account number", "client", "client id", "debtor", "debtor no", "contact name", "kunde",
        "kundennr", "kunden nr", "kundennummer", "debitor", "debitorennummer", "debitorennr", "code client",
        "no client", "n client", "numero client", "compte", "compte client", "cliente", "codigo cliente",
        "numero de cliente", "codice cliente", "klant", "klantnummer", "klantnr", "debiteur", "debiteurnummer",
    ),
    "name": (
        "name", "customer name", "client name", "debtor name", "company", "company name", "kundenname", "firma",
        "debitorname", "nom", "nom client", "nom du client", "raison sociale", "nombre", "nombre del cliente",
        "razon social", "nome", "nome cliente", "ragione sociale", "naam", "klantnaam", "bedrijfsnaam",
    ),
    "issued": (
        "issued on", "issued", "issue date", "invoice date", "document date", "doc date", "posting date", "bill date",
        "date", "rechnungsdatum", "belegdatum", "buchungsdatum", "datum", "date facture", "date de facture",
        "date de facturation", "date d emission", "date emission", "date piece", "fecha", "fecha factura",
        "fecha de factura", "fecha de emision", "data", "data fattura", "data documento", "data emissione",
        "factuurdatum",
    ),
    "due": (
        "due on", "due", "due date", "due in date", "payment due", "net due date", "maturity", "fallig", "fallig am",
        "falligkeit", "falligkeitsdatum", "nettofalligkeit", "zahlbar bis", "echeance", "date d echeance",
        "date echeance", "a payer le", "vencimiento", "fecha de vencimiento", "fecha vencimiento", "scadenza",
        "data scadenza", "vervaldatum", "vervaldag",
    ),
    "amount": (
        "amount", "invoice amount", "total", "total amount", "gross", "gross amount", "total open amount", "value",
        "betrag", "rechnungsbetrag", "bruttobetrag", "brutto", "gesamtbetrag", "summe", "montant", "montant ttc",
        "total ttc", "montant facture", "importe", "importe total", "monto", "importo", "importo totale", "totale",
        "bedrag", "factuurbedrag", "totaal", "totaalbedrag",
    ),
    "currency": ("currency", "currency code", "ccy", "curr", "wahrung", "whg", "devise", "monnaie", "moneda", "divisa",
                 "valuta", "munt"),
    "cleared": (
        "cleared on", "cleared", "clear date", "clearing date", "settled on", "settled date", "settlement date",
        "paid on", "paid date", "date paid", "payment date", "ausgleich", "ausgleichsdatum", "ausgleich am",
        "bezahlt am", "bezahlt", "zahldatum", "zahlungsdatum", "zahlung am", "solde le", "paye le", "regle le",
        "date de paiement", "date paiement", "date de reglement", "date reglement", "lettre le", "fecha de pago",
        "fecha pago", "pagado el", "data pagamento", "pagato il", "betaald op", "betaaldatum", "betaald",
    ),
    "payment": ("payment", "payment id", "payment no", "payment number", "receipt no", "zahlung", "zahlungsnr",
                "zahlungsnummer", "paiement", "no paiement", "reglement", "pago", "pagamento", "betaling",
                "betalingsnummer"),
    "paid": ("amount paid", "paid amount", "payment amount", "zahlbetrag", "zahlungsbetrag", "gezahlter betrag",
             "montant paye", "montant regle", "importe pagado", "importo pagato", "betaald bedrag"),
    "terms": ("terms", "payment terms", "term", "zahlungsbedingung", "zahlungsbedingungen", "zahlungsziel",
              "conditions de paiement", "condiciones de pago", "condizioni di pagamento", "betalingsvoorwaarden"),
    "email": ("email", "e mail", "email address", "mail", "courriel", "correo", "correo electronico"),
    "phone": ("phone", "telephone", "tel", "telefon", "telefono", "telefoon"),
    "country": ("country", "country code", "land", "pays", "pais", "paese"),
    "region": ("region", "state", "gebiet", "regione"),
    "segment": ("segment", "industry", "branche", "sector", "secteur", "settore"),
    "collector": ("collector", "account manager", "credit controller", "sachbearbeiter", "gestionnaire"),
    "credit_limit": ("credit limit", "kreditlimit", "limite de credit", "plafond", "limite de credito",
                     "kredietlimiet", "fido"),
    "method": ("method", "payment method", "zahlungsart", "zahlart", "mode de paiement", "forma de pago"),
    "po_number": ("po number", "purchase order", "order no", "bestellnummer", "no commande", "bon de commande"),
    "salesperson": ("salesperson", "sales rep", "vertreter", "verkaufer", "commercial", "vendedor"),
}  # fmt: skip
"""Meaning -> headers that have it, without accents, points and capitals."""

_NEAR = 0.88


def plain_words(header: str) -> str:
    """`Fälligkeits-Datum` and `InvoiceDate` as words to compare: `falligkeits datum`, `invoice date`."""
    parted = re.sub(r"(?<=[a-zà-ÿ0-9])(?=[A-Z])", " ", header)
    bare = unicodedata.normalize("NFKD", parted).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9]+", bare.lower()))


@cache
def likeness(header: str, meaning: str) -> float:
    """How surely the header has the meaning: 3 its very words, above 2 words among others, above 1 nearly, else 0."""
    words = plain_words(header)
    joined = words.replace(" ", "")
    if any(joined == known.replace(" ", "") for known in WORDS[meaning]):
        return 3
    inside = [known for known in WORDS[meaning] if len(known) > 6 and f" {known} " in f" {words} "]
    if inside:
        return 2 + max(map(len, inside)) / (len(words) + 1)
    nearest = max(SequenceMatcher(None, joined, known.replace(" ", "")).ratio() for known in WORDS[meaning])
    return nearest + 0.1 if nearest >= _NEAR and len(joined) > 4 else 0
