"""What a raised alert says, whichever way it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.crypto import salted_hmac

from countback.alerts.models import Alert, Delivery
from countback.alerts.words import title_of, told
from countback.core.money import plain
from countback.report.words import day_words


@dataclass(frozen=True, slots=True)
class Message:
    """`id`: of the delivery; the same message never goes twice under it. `figure`: in words, `value` with its digits.
    `rows`, `page`: whole addresses; `rows` is blank where there is no page of them. `secret`: with which what is posted
    is signed. `sent_at`: when this try began."""

    id: str
    alert_id: int
    name: str
    kpi: str
    figure: str
    value: Decimal | None
    unit: str
    reason: str
    as_of: date
    at: datetime
    known_through: datetime
    rows: str
    page: str
    secret: str
    sent_at: datetime

    @property
    def title(self) -> str:
        """In one line."""
        return f"{self.name}: {self.figure}"

    @property
    def sentence(self) -> str:
        """Why it speaks, as a sentence."""
        return f"{self.reason[:1].upper()}{self.reason[1:]}."

    @property
    def as_json(self) -> dict[str, Any]:
        """For programs: the value as decimal digits."""
        return {
            "id": self.id,
            "event": "alert.raised",
            "alert": {"id": self.alert_id, "name": self.name, "page": self.page},
            "figure": {
                "kpi": self.kpi,
                "value": None if self.value is None else plain(self.value),
                "unit": self.unit,
            },
            "reason": self.reason,
            "as_of": self.as_of.isoformat(),
            "at": self.at.isoformat(),
            "known_through": self.known_through.isoformat(),
            "rows": self.rows,
        }


def message_of(delivery: Delivery) -> Message:
    """The message of a delivery."""
    look = delivery.look
    alert = look.alert
    title = title_of(alert.kpi)
    figure = told(look.value, look.unit) if look.value is not None else "no value"
    return Message(
        id=str(delivery.id),
        alert_id=alert.pk,
        name=alert.name,
        kpi=alert.kpi,
        figure=f"{title} {figure}, {day_words(look.as_of)}" if look.as_of else title,
        value=look.value,
        unit=look.unit,
        reason=look.reason,
        as_of=look.as_of or look.at.date(),
        at=look.at,
        known_through=look.known_through or look.at,
        rows=f"{alert.site}{look.rows}" if look.rows else "",
        page=f"{alert.site}{reverse('alerts:alert', args=[alert.pk])}",
        secret=secret_of(alert),
        sent_at=delivery.claimed_at or look.at,
    )


def secret_of(alert: Alert) -> str:
    """The secret with which an alert's webhook is signed: made from the installation's, so that it is kept nowhere."""
    return salted_hmac("countback.alerts.webhook", str(alert.pk), algorithm="sha256").hexdigest()
