"""Pages of the reports that arrive by themselves."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from countback.accounts.access import Asking, needs, origin
from countback.accounts.actions import Doing
from countback.core.problem import CountbackError
from countback.subscriptions import actions, queries, rules
from countback.subscriptions.forms import SubscriptionForm, blank, filled, people_for
from countback.subscriptions.letters import MEDIA
from countback.subscriptions.models import Sending, Subscription, attachment_name
from countback.subscriptions.offered import offered_to
from countback.subscriptions.packs import FORMS, Packs, chosen_by
from countback.subscriptions.reports import name_of
from countback.subscriptions.rules import AsOf

READ_AND_WRITE = ("GET", "HEAD", "POST")
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


@require_safe
@needs("see_figures")
def subscriptions(request: Asking) -> HttpResponse:
    """The person's reports, one line each."""
    listed = queries.listing(request.user, request.moment)
    return render(request, "subscriptions/list.html", {"listed": listed, "mail": _mail_is_set()})


@require_http_methods(READ_AND_WRITE)
@needs("see_figures")
def new(request: Asking) -> HttpResponse:
    """Making one: it is saved when what the page tells of the next sendings is what would be sent."""
    return _fill_in(request, None)


@require_http_methods(READ_AND_WRITE)
@needs("see_figures")
def edit(request: Asking, subscription_id: int) -> HttpResponse:
    """Changing one, in the same way."""
    return _fill_in(request, _own(request, subscription_id))


@require_safe
@needs("see_figures")
def subscription(request: Asking, subscription_id: int) -> HttpResponse:
    """One report: when, to whom, and what became of each sending."""
    try:
        record = queries.record(request.user, subscription_id, request.moment)
    except Subscription.DoesNotExist as error:
        raise Http404 from error
    day = rules.as_of(AsOf(record.subscription.relative_date), request.moment, _zone(record.subscription))
    shown = {
        "record": record,
        "subscription": record.subscription,
        "report": name_of(record.subscription.report, record.subscription.owner),
        "day": day,
        "mail": _mail_is_set(),
    }
    return render(request, "subscriptions/subscription.html", shown)


@require_safe
@never_cache
@needs("see_figures")
def pack(request: Asking, subscription_id: int) -> HttpResponse:
    """The pack as of any date, in the part of the books that who asks may see: as a page, or to keep."""
    found = _seen(request, subscription_id)
    form = request.GET.get("format", "html")
    day = _day(request.GET.get("as_of", ""))
    if day is None or form not in FORMS:
        error = CountbackError(
            "The report was not made",
            "the date or the form was not understood",
            "write the date as 2026-10-31",
        )
        return _refused(request, found, error)
    if form == "html" and found.report:
        form = "pdf"  # a dashboard is a page of its own; what is sent is read as PDF
    try:
        file = Packs().of(request.user, day, found.where, found.currency, chosen_by(found)).file(form)
    except CountbackError as error:
        return _refused(request, found, error)
    if form == "html":
        return _page_of_its_own(file)
    response = HttpResponse(file, content_type=MEDIA[form])
    response["Content-Disposition"] = f'attachment; filename="{attachment_name(day, form)}"'
    return response


STEPS: dict[str, tuple[Callable[[int, Doing], object], str]] = {
    "pause": (actions.pause, "Paused. Nothing is sent by schedule until you resume it."),
    "resume": (actions.resume, "Resumed. What fell into the pause is not sent."),
    "end": (actions.end, "Ended. Nothing more is sent of it."),
    "leave": (actions.leave, "You get it no more."),
    "send": (actions.send_now, "On its way to you; it is shown below as soon as the mail server took it."),
}
"""What can be done to a subscription, by its word in the address -> the action, and what is said then."""

FOR_READERS = ("leave", "send")
"""What whoever gets it may do, too."""

DECISIONS: dict[str, tuple[Callable[[int, Doing], None], str]] = {
    "again": (actions.try_again, "It is tried again."),
    "arrived": (actions.confirm_sent, "Noted: it did arrive."),
}


@require_POST
@needs("see_figures")
def step(request: Asking, subscription_id: int, what: str) -> HttpResponse:
    """Does one thing to a subscription."""
    if what not in STEPS:
        raise Http404
    (_seen if what in FOR_READERS else _own)(request, subscription_id)
    act, said = STEPS[what]
    try:
        act(subscription_id, _doing(request))
        messages.success(request, said)
    except CountbackError as error:
        messages.error(request, str(error))
    still = queries.visible(request.user).filter(pk=subscription_id).exists()
    return (
        redirect("subscriptions:subscription", subscription_id)
        if still
        else redirect("subscriptions:subscriptions")
    )


@require_POST
@needs("see_figures")
def decide(request: Asking, subscription_id: int, sending_id: int, what: str) -> HttpResponse:
    """What a person decides about a sending that did not go well."""
    try:
        queries.find_sending(request.user, subscription_id, sending_id)
        act, said = DECISIONS[what]
    except (Subscription.DoesNotExist, Sending.DoesNotExist, KeyError) as error:
        raise Http404 from error
    try:
        act(sending_id, _doing(request))
        messages.success(request, said)
    except CountbackError as error:
        messages.error(request, str(error))
    return redirect("subscriptions:subscription", subscription_id)


def _fill_in(request: Asking, found: Subscription | None) -> HttpResponse:
    offered = offered_to(request.user, found)
    named = {
        "people": people_for(request.user, found),
        "offered": offered.filters,
        "currencies": offered.currencies,
        "reports": offered.reports,
    }
    initial = filled(found) if found else blank(request.user)
    posted = request.method == "POST"
    form = SubscriptionForm(request.POST if posted else None, initial=initial, **named)
    looked = form if posted else SubscriptionForm(initial, **named)
    told = ""
    shown: dict[str, Any] = {"form": form, "subscription": found, "mail": _mail_is_set()}
    if looked.is_valid():
        schedule, relative = looked.schedule(), looked.relative()
        told = rules.schedule_words(schedule, relative)
        if posted and "save" in request.POST and form.cleaned_data["told"] == told:
            return _saved(request, found, form)
        shown |= {"ahead": queries.ahead(schedule, relative, request.moment), "place": schedule.zone}
    unsaved = posted and "save" in request.POST and form.is_valid()
    return render(request, "subscriptions/form.html", shown | {"told": told, "unsaved": unsaved})


def _saved(request: Asking, found: Subscription | None, form: SubscriptionForm) -> HttpResponse:
    if found is None:
        made = actions.subscribe(form.asked(), _doing(request))
        messages.success(request, f"Saved. {made.words.capitalize()}.")
        return redirect("subscriptions:subscription", made.pk)
    actions.change(found.pk, form.asked(), _doing(request))
    messages.success(request, "Saved.")
    return redirect("subscriptions:subscription", found.pk)


def _refused(request: Asking, found: Subscription, error: CountbackError) -> HttpResponse:
    return render(request, "subscriptions/refused.html", {"subscription": found, "error": error}, status=400)


def _page_of_its_own(page: bytes) -> HttpResponse:
    """The report's page has its own scripts and style, which its own policy names by their content: that policy holds
    in place of the site's, and the page can reach nothing of the site."""
    named = re.search(rb'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    policy = html.unescape(named[1].decode()) if named else "default-src 'none'"
    response = HttpResponse(page)
    response["Content-Security-Policy"] = (
        f"{policy}; frame-ancestors 'none'; sandbox allow-scripts allow-downloads"
    )
    return response


def _seen(request: Asking, subscription_id: int) -> Subscription:
    try:
        return queries.find(request.user, subscription_id)
    except Subscription.DoesNotExist as error:
        raise Http404 from error


def _own(request: Asking, subscription_id: int) -> Subscription:
    try:
        return queries.find_own(request.user, subscription_id)
    except Subscription.DoesNotExist as error:
        raise Http404 from error


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _zone(found: Subscription) -> str:
    """Its time zone; the installation's where that one is gone."""
    try:
        rules.latest_moment(found.schedule, found.made_at)
    except rules.UnableToSchedule:
        return str(settings.TIME_ZONE)
    return found.time_zone


def _mail_is_set() -> bool:
    return not settings.EMAIL_BACKEND.endswith("console.EmailBackend")


def _doing(request: Asking) -> Doing:
    return Doing(request.user, request.moment, origin(request))
