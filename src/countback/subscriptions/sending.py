"""One sending, worked on: the pack is made with the recipient's rights, then handed to the mail server, once.

What was not handed over can be tried again. Before it is, the row says `sending`: who dies from there on leaves it so,
and nobody sends it again by themselves.
"""

from __future__ import annotations

import contextlib
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import InterfaceError, OperationalError
from django.db.models import F

from countback.core.problem import CountbackError
from countback.subscriptions.due import FAULT
from countback.subscriptions.letters import letter, message_id
from countback.subscriptions.models import Sending
from countback.subscriptions.packs import NothingToSee, Packs, chosen_by
from countback.subscriptions.rules import TRIES, State
from countback.subscriptions.steps import moved, worked_on

NOT_NOW = range(400, 500)
"""Replies by which a mail server asks to come later."""

NO_SERVER = "no mail server is set: set COUNTBACK_MAIL_URL, start Countback anew, then try again"

Clock = Callable[[], datetime]
_log = structlog.get_logger("countback.subscriptions")


class Refused(Exception):
    """The mail server did not take a mail. `later`: it may another time."""

    def __init__(self, why: str, *, later: bool) -> None:
        self.why, self.later = why, later
        super().__init__(why)


class Unknown(Exception):
    """The connection broke while the mail server was taking it."""


def send(sending_id: int, packs: Packs, now: Clock) -> None:
    """Works on a sending that waits; nothing where somebody else does. Whatever goes wrong is kept with it."""
    with worked_on(sending_id) as mine:
        if not mine or not _take(sending_id, now()):
            return
        sending = Sending.objects.select_related("subscription__owner", "recipient").get(pk=sending_id)
        try:
            _work(_Work(sending, now), packs)
        except (OperationalError, InterfaceError) as error:
            # The database went away, which is no fault of the report: it stays as it is, and `take_back` sees to it.
            _log.warning("report broken off", sending=sending_id, error=str(error))
        except Exception:  # noqa: BLE001 -- it stops no other, and is told with the sending
            _log.exception("report not sent", sending=sending_id)
            _Work(sending, now).move((State.MAKING,), State.FAILED, FAULT)


@dataclass(frozen=True, slots=True)
class _Work:
    """A sending in the hands of one attempt."""

    sending: Sending
    now: Clock

    def move(self, start: tuple[State, ...], to: State, reason: str = "") -> bool:
        """Moves it on, unless another attempt has taken it up since."""
        return moved(self.sending.pk, start, to, self.now(), reason, attempt=self.sending.attempt)


def _take(sending_id: int, at: datetime) -> bool:
    """Takes up what waits; whether it did."""
    known = message_id(sending_id)
    once_more = {"attempt": F("attempt") + 1, "tries": F("tries") + 1}
    return moved(sending_id, (State.WAITING,), State.MAKING, at, changes=once_more | {"message_id": known})


def _work(work: _Work, packs: Packs) -> None:
    sending = work.sending
    subscription = sending.subscription
    if why := _no_longer(sending):
        work.move((State.MAKING,), State.SKIPPED, why)
        return
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        work.move((State.MAKING,), State.FAILED, NO_SERVER)
        return
    try:
        pack = packs.of(
            sending.recipient,
            sending.as_of,
            subscription.where,
            subscription.currency,
            chosen_by(subscription),
        )
        mail = letter(sending, pack)
        mail.message()  # whatever cannot be written shows here, before anything is handed over
    except NothingToSee as nothing:
        work.move((State.MAKING,), State.SKIPPED, nothing.why)
    except CountbackError as error:
        work.move((State.MAKING,), State.FAILED, str(error))
    else:
        _deliver(work, mail)


def _no_longer(sending: Sending) -> str:
    """Why what was put in line is not to be sent any more; blank where it is."""
    subscription = sending.subscription
    if sending.at_once:
        return ""
    if not subscription.active:
        return "it was paused or ended before this was sent"
    if not subscription.recipients.filter(pk=sending.recipient_id).exists():
        return f"{sending.recipient} is no longer a recipient"
    return ""


def _deliver(work: _Work, mail: EmailMultiAlternatives) -> None:
    try:
        taken = _hand_over(mail, lambda: work.move((State.MAKING,), State.SENDING))
    except Refused as refused:
        again = refused.later and work.sending.tries < TRIES
        tried = f"tried {work.sending.tries} of {TRIES} times" if refused.later else ""
        why = ", ".join(part for part in (refused.why, tried) if part)
        work.move((State.MAKING, State.SENDING), State.WAITING if again else State.FAILED, why)
    except Unknown as unknown:
        why = f"the connection broke while the mail server was taking it ({unknown}): look whether it arrived"
        work.move((State.SENDING,), State.UNCERTAIN, why)
    else:
        if taken:
            work.move((State.SENDING, State.UNCERTAIN), State.SENT)


def _hand_over(mail: EmailMultiAlternatives, begin: Callable[[], bool]) -> bool:
    """Hands a mail to the mail server; `begin` is called once that is there to take it, and says whether it may be.
    Whether it was taken. Raises Refused, Unknown."""
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise _refusal("the mail server was not reached", error) from error
    try:
        return begin() and bool(connection.send_messages([mail]))
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _refusal(
            "the mail server refused the address", smtplib.SMTPResponseException(code, said)
        ) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal("the mail server refused the mail", error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refused(f"the mail server cannot take such an address ({error})", later=False) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unknown(str(error) or type(error).__name__) from error
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            connection.close()


def _refusal(words: str, error: Exception) -> Refused:
    """A refusal in words. What says nothing of a reply is the network's, and may pass."""
    if not isinstance(error, smtplib.SMTPResponseException):
        return Refused(
            f"{words} ({getattr(error, 'strerror', None) or error or type(error).__name__})", later=True
        )
    said = (
        error.smtp_error.decode("utf-8", "replace")
        if isinstance(error.smtp_error, bytes)
        else error.smtp_error
    )
    return Refused(f"{words} ({error.smtp_code} {said})", later=error.smtp_code in NOT_NOW)
