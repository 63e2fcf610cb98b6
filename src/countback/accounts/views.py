"""The pages about people."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from countback.accounts import actions, queries
from countback.accounts.access import needs, origin
from countback.accounts.forms import FirstPasswordForm, InvitationForm, OwnPageForm, PersonForm
from countback.accounts.letters import UnableToSendInvitation
from countback.accounts.models import Person
from countback.core.problem import CountbackError

READ_AND_WRITE = ["GET", "HEAD", "POST"]


@require_safe
@needs("manage_people")
def people(request: HttpRequest) -> HttpResponse:
    """Everyone who may come in."""
    return render(request, "accounts/people.html", {"people": queries.people(request.moment)})  # type: ignore[attr-defined]


@require_http_methods(READ_AND_WRITE)
@needs("manage_people")
def invite(request: HttpRequest) -> HttpResponse:
    """Asks for who shall come, and sends them a link."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            link = actions.invite(email, form.asked(), _link(request), _doing(request))
            _say_link(request, email, link)
            return redirect("accounts:people")
        except UnableToSendInvitation as error:
            messages.error(request, str(error))
            return redirect("accounts:people")
        except actions.UnableToInvite as error:
            form.add_error("email", str(error))
    return render(request, "accounts/invite.html", {"form": form})


@require_http_methods(READ_AND_WRITE)
@needs("manage_people")
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person: what they are here for, and what was done about them."""
    try:
        record = queries.record(person_id, request.moment)  # type: ignore[attr-defined]
    except Person.DoesNotExist as error:
        raise Http404 from error
    form = PersonForm(request.POST) if request.method == "POST" else PersonForm.of(record.shown.person)
    saved = request.method == "POST" and form.is_valid()
    if saved and _done(
        request, lambda: actions.change_person(person_id, form.asked(), _doing(request)), "Saved."
    ):
        return redirect("accounts:person", person_id)
    return render(
        request, "accounts/person.html", {"form": form, "shown": record.shown, "lines": record.lines}
    )


STEPS: dict[str, tuple[Callable[[int, actions.Doing], None], str]] = {
    "deactivate": (actions.deactivate, "Deactivated, and signed out everywhere."),
    "reactivate": (actions.reactivate, "Reactivated."),
    "remove-second-factors": (actions.remove_second_factors, "Second factors removed."),
}
"""What can be done to a person, by its word in the address -> the action, and what is said then."""


@require_POST
@needs("manage_people")
def step(request: HttpRequest, person_id: int, what: str) -> HttpResponse:
    """Does one thing to a person."""
    try:
        if what == "invite":
            to = Person.objects.only("email").get(pk=person_id).email
            _done(
                request,
                lambda: _say_link(
                    request, to, actions.invite_again(person_id, _link(request), _doing(request))
                ),
            )
        else:
            act, said = STEPS[what]
            _done(request, lambda: act(person_id, _doing(request)), said)
    except (Person.DoesNotExist, KeyError) as error:
        raise Http404 from error
    return redirect("accounts:person", person_id)


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(READ_AND_WRITE)
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of an invitation leads: to look at it changes nothing, to send the form sets the password."""
    invitation = queries.open_invitation(token, request.moment)  # type: ignore[attr-defined]
    if invitation is None:
        return render(request, "accounts/invitation_over.html", status=410)
    form = FirstPasswordForm(
        request.POST or None, person=invitation.person, initial={"name": invitation.person.name}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.accept_invitation(
                token, name=given["name"], password=given["password"],
                at=request.moment, where=origin(request),  # type: ignore[attr-defined]
            )  # fmt: skip
        except actions.UnableToAcceptInvitation:
            return render(request, "accounts/invitation_over.html", status=410)
        messages.success(request, "Your password is set. Sign in with it.")
        return redirect("account_login")
    return render(request, "accounts/invitation.html", {"form": form, "person": invitation.person})


@require_http_methods(READ_AND_WRITE)
@needs("manage_self")
def me(request: HttpRequest) -> HttpResponse:
    """A person's own page."""
    mine = _person(request)
    held = {"name": mine.name, "language": mine.language, "time_zone": mine.time_zone}
    form = OwnPageForm(request.POST or None, initial=held)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.change_own_page(given["name"], given["language"], given["time_zone"], _doing(request))
        messages.success(request, "Saved.")
        return redirect("accounts:me")
    return render(request, "accounts/me.html", {"form": form, "own": queries.own_page(mine)})


@require_POST
@needs("manage_self")
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Signs a person out wherever they are, but here."""
    actions.end_other_sessions(request.session.session_key or "", _doing(request))
    messages.success(request, "You are signed out everywhere else.")
    return redirect("accounts:me")


@require_safe
@needs("manage_self")
def to_own_page(request: HttpRequest) -> HttpResponse:
    """Where allauth has a page of its own for what stands on the own page."""
    del request
    return redirect("accounts:me")


def closed(request: HttpRequest) -> HttpResponse:
    """Where allauth has a way that is none here: signing oneself up, another address, a code by mail."""
    del request
    raise Http404


def _person(request: HttpRequest) -> Person:
    """Who asks: a guarded page is asked by somebody."""
    return cast(Person, request.user)


def _doing(request: HttpRequest) -> actions.Doing:
    return actions.Doing(_person(request), request.moment, origin(request))  # type: ignore[attr-defined]


def _done(request: HttpRequest, act: Callable[[], object], said: str = "") -> bool:
    """Does it, and says that it was done, or why not."""
    try:
        act()
    except CountbackError as error:
        messages.error(request, str(error))
        return False
    if said:
        messages.success(request, said)
    return True


def _link(request: HttpRequest) -> Callable[[str], str]:
    return lambda token: request.build_absolute_uri(reverse("accounts:invitation", args=[token]))


def _say_link(request: HttpRequest, email: str, link: str) -> None:
    """Where no mail server is set, nobody but the administrator can hand the link over."""
    if settings.ENVIRONMENT.mail_url:
        messages.success(
            request, f"An invitation is on its way to {email}. Its link works once, for seven days."
        )
    else:
        messages.warning(
            request,
            f"No mail server is set: give {email} this link yourself. It works once, for seven days: {link}",
        )
