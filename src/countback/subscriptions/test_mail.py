"""The pack as it arrives: a real mail at a real server, with a PDF and a workbook, whose figures are the engine's."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency

from countback.accounts.models import Person
from countback.accounts.queries import scope_of
from countback.accounts.testing import World
from countback.ledger.figures import Figures, opened
from countback.report.content import Content
from countback.report.words import full_money, value_words
from countback.subscriptions import letters
from countback.subscriptions.models import Sending, Subscription
from countback.subscriptions.packs import Packs
from countback.subscriptions.testing import (
    ANNA,
    AS_OF,
    BEN,
    DUE,
    Post,
    body,
    cells,
    files,
    pdf_words,
    run,
    subscribed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mirror")]


def states(subscription: Subscription) -> dict[str, str]:
    """State by recipient."""
    return {one.recipient.email: one.state for one in subscription.sendings.select_related("recipient")}


def figure(person: Person, kpi: str, **where: object) -> Decimal:
    """A figure in the person's scope, from the engine."""
    (row,) = opened(scope_of(person)).kpis(kpi, as_of=AS_OF, where=where or None).to_dicts()
    return row["value"]


def one_mail(post: Post, person: Person) -> EmailMessage:
    (mail,) = post.to(person)
    return mail


def test_it_arrives_with_its_files_and_says_when_it_is_of(world: World, post: Post) -> None:
    """# check 54: a relative date, and the zone by whose calendar it is."""
    made = subscribed(world.alice, world.alice)
    run(DUE - timedelta(minutes=5))
    assert post.arrived == []
    run()
    mail = one_mail(post, world.alice)
    assert mail["Subject"] == "Board pack: receivables as of 31 October 2026"
    assert mail["Auto-Submitted"] == "auto-generated"
    sending = made.sendings.get()
    assert (sending.state, sending.as_of) == ("sent", AS_OF)
    assert mail["Message-ID"] == sending.message_id
    for kind in ("plain", "html"):
        said = " ".join(body(mail, kind).split())
        assert "the end of the month before the sending, by the calendar of Europe/Berlin" in said
        assert "The books are known through" in said
        assert "Alice Adams has it sent to you; it was due on 1 November 2026, 07:00 (Europe/Berlin)" in said
    assert set(files(mail)) == {"countback-2026-10-31.pdf", "countback-2026-10-31.xlsx"}
    assert [step.state for step in sending.steps.all()] == ["waiting", "making", "sending", "sent"]


def test_nothing_in_it_is_fetched_from_anywhere(world: World, post: Post) -> None:
    subscribed(world.alice, world.alice)
    run()
    page = body(one_mail(post, world.alice), "html")
    assert not re.findall(r"https?:|//\w|src=|<img|<link|<script|url\(|@import", page)


def test_its_figures_are_those_of_the_engine_in_the_recipients_scope(world: World, post: Post) -> None:
    """# check 55: everybody's figures are what they may see, and they differ."""
    subscribed(world.alice, world.alice, world.bob)
    run()
    seen = {}
    for person in (world.alice, world.bob):
        mail = one_mail(post, person)
        owed = figure(person, "open_receivables")
        overdue = figure(person, "overdue_receivables")
        found = files(mail)
        numbers = [cell.value for cell in cells(found["countback-2026-10-31.xlsx"])]
        assert {float(owed), float(overdue), float(figure(person, "dso"))} <= {
            float(number) for number in numbers if isinstance(number, int | float)
        }
        document = pdf_words(found["countback-2026-10-31.pdf"])
        assert f"Open receivables {value_words(owed, 'EUR')[0]}" in document
        for row in (
            opened(scope_of(person)).kpis("overdue_receivables", as_of=AS_OF, by="customer").to_dicts()
        ):
            assert not row["value"] or full_money(row["value"], "EUR") in document
        for kind in ("plain", "html"):
            assert format_currency(owed, "EUR", locale="en_GB") in body(mail, kind)
        seen[person.email] = (owed, overdue)
    assert seen["alice@example.com"] != seen["bob@example.com"]


def test_nothing_of_others_leaks(world: World, post: Post) -> None:
    """# check 55: bob sees anna's customers. No name, number or collector of ben's is in anything that he gets."""
    subscribed(world.alice, world.alice, world.bob)
    run()

    def everything(person: Person) -> str:
        mail = one_mail(post, person)
        found = files(mail)
        written = [str(cell.value) for cell in cells(found["countback-2026-10-31.xlsx"])]
        document = pdf_words(found["countback-2026-10-31.pdf"])
        return "\n".join((str(mail["Subject"]), body(mail, "plain"), body(mail, "html"), document, *written))

    hers, his = everything(world.alice), everything(world.bob)
    for name in BEN:
        assert name in hers
        assert name not in his
    for name in (*(f"B{n}" for n in range(4)), "south"):
        assert not re.search(rf"\b{name}\b", his)
    assert not re.search(r"\bben\b", his)
    assert ANNA[0] in hers
    assert ANNA[0] in his
    assert "collector anna" in his


def test_warnings_about_all_books_are_for_those_who_see_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """# check 55: the workbook lists what was odd when the books were read, of whichever customer."""
    gathered = Figures.content

    def with_warnings(self: Figures, *given: object, **named: object) -> Content:
        return replace(
            gathered(self, *given, **named), warnings=("invoices.csv, line 7: Birch Trading is odd",)
        )

    monkeypatch.setattr(Figures, "content", with_warnings)
    hers, his = (Packs().of(person, AS_OF, {}, "") for person in (world.alice, world.bob))
    assert "Birch Trading is odd" in str([cell.value for cell in cells(hers.file("xlsx"))])
    assert "Birch" not in str([cell.value for cell in cells(his.file("xlsx"))])


def test_text_never_becomes_a_formula(world: World, post: Post) -> None:
    """# check 56: names that begin with = + - @ stay text; numbers, also those below zero, stay numbers."""
    subscribed(world.alice, world.alice)
    run()
    found = cells(files(one_mail(post, world.alice))["countback-2026-10-31.xlsx"])
    assert {cell.data_type for cell in found} <= {"s", "n", "d"}
    texts = {cell.value for cell in found if cell.data_type == "s"}
    assert {name for name in (*ANNA, *BEN) if name[0] in "=+-@"} <= texts


def test_what_it_is_narrowed_to_holds_for_everyone(world: World, post: Post) -> None:
    made = subscribed(world.alice, world.alice, world.bob, where={"segment": ["south"]})
    run()
    assert states(made) == {"alice@example.com": "sent", "bob@example.com": "skipped"}
    assert made.sendings.get(recipient=world.bob).reason.startswith(
        "in what Bob Brown may see of the books nothing was"
    )
    owed = figure(world.alice, "open_receivables", segment="south")
    assert owed != figure(world.alice, "open_receivables")
    assert format_currency(owed, "EUR", locale="en_GB") in body(one_mail(post, world.alice), "plain")


def test_whoever_sees_nothing_gets_none_and_it_says_why(world: World, post: Post) -> None:
    """# check 55"""
    gone = Person.objects.create_user("gone@example.com", name="Gone", role="viewer", joined_at=DUE, is_active=False,
                                      all_entities=True, all_collectors=True)  # fmt: skip
    agency = Person.objects.create_user("a@example.com", name="Agency", role="agency", joined_at=DUE,
                                        all_entities=True, all_collectors=True)  # fmt: skip
    stranger = Person.objects.create_user("s@example.com", name="Stranger", role="viewer", joined_at=DUE,
                                          entities=["NONE"], all_collectors=True)  # fmt: skip
    made = subscribed(world.alice, world.alice, world.charlie, gone, agency, stranger)
    run()
    assert [mail["To"] for mail in post.mails] == ["alice@example.com"]
    reasons = {
        one.recipient.name: (one.state, one.reason) for one in made.sendings.select_related("recipient")
    }
    assert reasons["Charlie Clark"] == ("skipped", "Charlie Clark may see no part of the books")
    assert reasons["Gone"] == ("skipped", "Gone was deactivated")
    assert reasons["Agency"] == ("skipped", "Agency may not see figures (role agency)")
    assert reasons["Stranger"][0] == "skipped"
    assert "in what Stranger may see of the books nothing was sold, paid or open" in reasons["Stranger"][1]


def test_rights_are_those_of_the_moment_of_sending(world: World, post: Post) -> None:
    """# check 55: between the day it was subscribed and the day it is sent bob was given to ben's team."""
    subscribed(world.alice, world.bob)
    Person.objects.filter(pk=world.bob.pk).update(collectors=["ben"])
    run()
    said = body(one_mail(post, world.bob), "plain")
    assert "collector ben" in said
    assert "anna" not in said


def test_german_words_and_numbers_and_what_is_in_english_says_so(world: World, post: Post) -> None:
    Person.objects.filter(pk=world.alice.pk).update(language="de", time_zone="America/New_York")
    subscribed(world.alice, world.alice)
    run()
    mail = one_mail(post, world.alice)
    said = " ".join(body(mail, "plain").split())
    assert mail["Subject"] == "Board pack: Forderungen zum 31. Oktober 2026"
    assert format_currency(figure(world.alice, "open_receivables"), "EUR", locale="de") in body(mail, "plain")
    assert "der letzte Tag des Monats vor dem Versand, nach dem Kalender von Europe/Berlin" in said
    assert "(America/New_York)" in said
    assert "sind auf Englisch" in said
    assert 'lang="de"' in body(mail, "html")


def test_a_language_of_its_own_overrides_the_readers(world: World, post: Post) -> None:
    subscribed(world.alice, world.alice, language="de")
    run()
    assert "Forderungen" in one_mail(post, world.alice)["Subject"]


def test_names_stay_text_in_the_mail(world: World, post: Post) -> None:
    """# check 57: the name of a subscription is markup nowhere, and no header."""
    subscribed(world.alice, world.alice, name="<b>{{ 7 }}</b>\r\nBcc: eve@example.com")
    run()
    mail = one_mail(post, world.alice)
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("<b>{{ 7 }}</b> Bcc: eve@example.com: receivables")
    assert "&lt;b&gt;{{ 7 }}&lt;/b&gt;" in body(mail, "html")
    assert "<b>{{ 7 }}</b>" in body(mail, "plain")


def test_only_the_forms_that_were_asked_for(world: World, post: Post) -> None:
    subscribed(world.alice, world.alice, formats=("xlsx",))
    run()
    assert set(files(one_mail(post, world.alice))) == {"countback-2026-10-31.xlsx"}


def test_every_word_of_the_mail_is_translated_and_compiled() -> None:
    home = Path(letters.__file__).parent
    with (home / "locale/de/LC_MESSAGES/django.po").open("rb") as file:
        written = {
            str(list(one.id) if isinstance(one.id, tuple) else one.id): list(one.string)
            if isinstance(one.string, tuple)
            else one.string
            for one in read_po(file, locale="de")
            if one.id
        }
    with (home / "locale/de/LC_MESSAGES/django.mo").open("rb") as file:
        compiled = {str(one.id): one.string for one in read_mo(file) if one.id}
    assert written == compiled, "compile it: pybabel compile -i django.po -o django.mo"
    assert all(string and all(string) for string in written.values())
    templates = "".join(one.read_text("utf-8") for one in (home / "templates/subscriptions/mail").glob("*"))
    said = set(re.findall(r'{% translate "(.*?)" %}', templates))
    blocks = re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", templates)
    said |= {re.sub(r"{{ (\w+) }}", r"%(\1)s", block) for block in blocks}
    assert len(said) > 8
    assert said <= set(written)


def test_sendings_keep_their_steps(world: World, post: Post) -> None:
    from django.db import IntegrityError, transaction

    subscribed(world.alice, world.alice)
    run()
    sending = Sending.objects.get()
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        sending.steps.all().update(reason="it was otherwise")
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        sending.steps.all()._raw_delete("default")
