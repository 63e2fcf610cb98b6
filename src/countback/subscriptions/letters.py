"""The mail that brings a pack: words in the reader's language, numbers as they are written there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext, ngettext

from countback.core.money import NO_CURRENCY
from countback.report.content import Content
from countback.report.tiles import Tile
from countback.subscriptions.models import Sending, attachment_name
from countback.subscriptions.packs import Pack
from countback.subscriptions.rules import AsOf

LANGUAGES = (("en", "English"), ("de", "Deutsch"))
"""Languages in which the mail's words are written."""

REPORT_LANGUAGE = "en"
MEDIA = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A figure in the mail. `before`: the month before, or why there is no value."""

    title: str
    value: str
    before: str


@dataclass(frozen=True, slots=True)
class Writing:
    """How numbers and dates are written for a reader: a locale and a time zone."""

    locale: Locale
    zone: ZoneInfo

    def amount(self, value: Decimal, unit: str) -> str:
        """A value with its unit: an amount to the cent, a share, days."""
        if unit in ("days", "times", "count"):
            number = format_decimal(value, "#,##0" if unit == "count" else "#,##0.0", locale=self.locale)
            return f"{number} {gettext('days')}" if unit == "days" else number
        if unit == "%":
            return f"{format_decimal(value, '#,##0.0', locale=self.locale)}\N{NO-BREAK SPACE}%"
        if unit == NO_CURRENCY:
            return str(format_decimal(value, "#,##0.00", locale=self.locale))
        return str(format_currency(value, unit, locale=self.locale))

    def moment(self, at: datetime, zone: ZoneInfo | None = None) -> str:
        """A moment with the name of its zone."""
        zone = zone or self.zone
        return f"{format_datetime(at, 'd MMMM y, HH:mm', tzinfo=zone, locale=self.locale)} ({zone.key})"


def letter(sending: Sending, pack: Pack) -> EmailMultiAlternatives:
    """The mail of a sending, with the pack in each form of its subscription."""
    subscription, reader = sending.subscription, sending.recipient
    language = subscription.language or reader.language
    writing = Writing(_locale(language), ZoneInfo(reader.time_zone))
    with translation.override(language):
        day = format_date(sending.as_of, "long", locale=writing.locale)
        told = _told(sending, pack, writing) | {
            "day": day,
            "english": not language.startswith(REPORT_LANGUAGE),
        }
        name = " ".join(subscription.name.split())
        subject = gettext("%(name)s: receivables as of %(day)s") % {"name": name, "day": day}
        mail = EmailMultiAlternatives(
            subject,
            render_to_string("subscriptions/mail/pack.txt", told),
            to=[reader.email],
            headers={"Message-ID": sending.message_id, "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("subscriptions/mail/pack.html", told), "text/html")
    for form in subscription.formats:
        mail.attach(attachment_name(sending.as_of, form), pack.file(form), MEDIA[form])
    return mail


def message_id(sending_id: int) -> str:
    """The same for a sending whenever it is tried: a mail that comes twice is known as one by many mail programs."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<countback-report-{sending_id}@{domain}>"


def as_of_words(relative: AsOf) -> str:
    """What the date is, seen from the day of sending."""
    return {
        AsOf.TODAY: gettext("the day of sending"),
        AsOf.YESTERDAY: gettext("the day before the sending"),
        AsOf.LAST_BUSINESS_DAY: gettext("the last business day before the sending"),
        AsOf.LAST_MONTH_END: gettext("the end of the month before the sending"),
        AsOf.LAST_QUARTER_END: gettext("the end of the quarter before the sending"),
    }[relative]


def _told(sending: Sending, pack: Pack, writing: Writing) -> dict[str, object]:
    """What the mail's templates say."""
    subscription, content = sending.subscription, pack.content
    missed = ngettext(
        "It stands for %(count)d earlier one, too, which was not sent: Countback did not run then.",
        "It stands for %(count)d earlier ones, too, which were not sent: Countback did not run then.",
        sending.missed,
    ) % {"count": sending.missed}
    return {
        "subscription": subscription,
        "reader": sending.recipient,
        "at_once": sending.at_once,
        "due": writing.moment(sending.due_at, ZoneInfo(subscription.time_zone)),
        "zone": subscription.time_zone,
        "relative": as_of_words(AsOf(subscription.relative_date)),
        "known_through": writing.moment(pack.known_through),
        "missed": missed if sending.missed else "",
        "currency": "" if content.currency == NO_CURRENCY else content.currency,
        "only": [f"{name} {value}" for name, value in content.filters],
        "left_aside": ", ".join(writing.amount(amount, name) for name, amount in content.left_aside),
        "lines": [_line(tile, content, writing) for tile in content.headline],
        "aging": [(name, writing.amount(amount, content.currency)) for name, amount in content.aging],
        "files": [attachment_name(sending.as_of, form) for form in subscription.formats],
        "language": writing.locale.language,
    }


def _line(tile: Tile, content: Content, writing: Writing) -> Line:
    if tile.exact is None:
        return Line(tile.title, "—", tile.reason or "")
    unit = content.series[tile.kpi].unit
    earlier = tile.points[-2] if len(tile.points) > 1 else None
    before = (
        gettext("a month before: %(value)s") % {"value": writing.amount(earlier, unit)}
        if earlier is not None
        else ""
    )
    return Line(tile.title, writing.amount(tile.exact, unit), before)


def _locale(language: str) -> Locale:
    """English is written as in Britain, as in the report."""
    try:
        return Locale.parse("en_GB" if language == "en" else language, sep="-" if "-" in language else "_")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")
