"""By mail."""

from __future__ import annotations

import smtplib

from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string

from countback.alerts.messages import Message
from countback.alerts.outcomes import UnableToDeliver, UnsureWhetherDelivered

TITLE = "Mail"
HELP = "a mail to each recipient"
POSTS = False
TEMPORARY = range(400, 500)


def send(message: Message, address: str) -> None:
    """Hands the mail to the mail server. Until the server is reached nothing has left; once it was told the mail, only
    its answer says whether it took it."""
    mail = EmailMessage(
        message.title,
        render_to_string("alerts/mail/raised.txt", {"message": message}),
        None,
        [address],
        headers={"Message-ID": f"<{message.id}@alerts.countback>", "Auto-Submitted": "auto-generated"},
    )
    connection = get_connection()
    try:
        connection.open()
    except smtplib.SMTPResponseException as error:
        raise _refused(error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise UnableToDeliver(f"the mail server was not reached: {_words(error)}", again=True) from error
    try:
        mail.connection = connection
        mail.send()
    except smtplib.SMTPResponseException as error:
        raise _refused(error) from error
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _refused(smtplib.SMTPResponseException(code, said)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise UnsureWhetherDelivered(f"the mail server broke off: {_words(error)}") from error
    finally:
        _close(connection)


def _close(connection: object) -> None:
    """Says goodbye; a server that does not answer that has long taken or refused the mail."""
    try:
        connection.close()  # type: ignore[attr-defined]
    except (OSError, smtplib.SMTPException):
        return


def _refused(error: smtplib.SMTPResponseException) -> UnableToDeliver:
    said = error.smtp_error
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return UnableToDeliver(
        f"the mail server refused it: {error.smtp_code} {words}", again=error.smtp_code in TEMPORARY
    )


def _words(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
