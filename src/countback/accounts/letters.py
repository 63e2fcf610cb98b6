"""Mails to people."""

from __future__ import annotations

import smtplib

from django.core.mail import send_mail
from django.template.loader import render_to_string

from countback.accounts.models import Person
from countback.core.problem import CountbackError


class UnableToSendInvitation(CountbackError):
    """The invitation stands, its mail did not leave."""


def send_invitation(person: Person, link: str, by: Person) -> None:
    """Sends the link to the person. Raises UnableToSendInvitation where no mail server takes it."""
    text = render_to_string("accounts/mail/invitation.txt", {"person": person, "link": link, "by": by})
    try:
        send_mail("You are invited to Countback", text, None, [person.email])
    except (OSError, smtplib.SMTPException) as error:
        raise UnableToSendInvitation(
            f"The invitation for {person.email} was made, but its mail was not sent",
            error.strerror or str(error) or type(error).__name__,
            "check COUNTBACK_MAIL_URL, then send the invitation again",
        ) from error
