"""How people come in: by a password, a passkey or their company's account; never by signing themselves up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from countback.accounts.models import Person


class Entrance(DefaultAccountAdapter):  # type: ignore[misc]
    """The door of passwords and passkeys."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves: an administrator invites."""
        del request
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """After a new password one is back on one's own page."""
        del request
        return reverse("accounts:me")


class OidcEntrance(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The door of the company's own accounts (OpenID Connect): for people who are here already."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whoever is not here already stays outside."""
        del request, sociallogin
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Leads somebody who comes for the first time to the person with their address, if their company vouches that
        it is theirs; tells anyone else why not."""
        if sociallogin.is_existing:
            return
        vouched = {
            address.email.lower() for address in sociallogin.email_addresses if address.verified is True
        }
        person = Person.objects.filter(email__in=vouched, is_active=True).first()
        if person is None:
            told = [address.email for address in sociallogin.email_addresses]
            page = {"address": told[0] if told else "", "vouched": bool(vouched)}
            raise ImmediateHttpResponse(render(request, "accounts/not_here.html", page, status=403))
        sociallogin.connect(request, person)
