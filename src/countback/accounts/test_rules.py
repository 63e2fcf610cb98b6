"""Roles, portfolios, words."""

from __future__ import annotations

import pytest

from countback.accounts.rules import ALLOWED, MEANING, OWN, Role, Scope, browser, codes, fingerprint, may


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        (" , ,\n", ()),
        ("DE01", ("DE01",)),
        ("b, a ,b\nc d", ("a", "b", "c d")),
        ("007", ("007",)),
    ],
)
def test_codes_are_divided_by_commas_and_lines(text, found) -> None:
    assert codes(text) == found


def test_every_role_has_actions_and_words_and_a_page_of_its_own() -> None:
    assert set(ALLOWED) == set(MEANING) == set(Role)
    assert all(actions >= OWN for actions in ALLOWED.values())


@pytest.mark.parametrize(
    ("role", "action", "allowed"),
    [
        ("viewer", "see_figures", True),
        ("viewer", "import", False),
        ("collector", "write_notes", True),
        ("manager", "undo_import", True),
        ("manager", "see_audit", False),
        ("manager", "manage_people", False),
        ("auditor", "see_audit", True),
        ("auditor", "write_notes", False),
        ("agency", "see_figures", False),
        ("administrator", "manage_people", True),
    ],
)
def test_what_a_role_may(role, action, allowed) -> None:
    assert may(role, action) is allowed


def test_the_administrator_may_all_that_anyone_may() -> None:
    assert frozenset().union(*ALLOWED.values()) == ALLOWED[Role.ADMINISTRATOR]


def test_an_action_that_nobody_knows_is_a_fault() -> None:
    with pytest.raises(KeyError):
        may("administrator", "see_everthing")


def test_only_all_of_both_is_everything() -> None:
    assert Scope().everything
    assert not Scope(entities=()).everything
    assert not Scope(collectors=("anna",)).everything


def test_a_fingerprint_is_no_token() -> None:
    assert fingerprint("a") != fingerprint("b")
    assert "secret" not in fingerprint("secret")


CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome on Windows"),
        (CHROME + " Edg/120.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1",
            "Safari on an iPhone",
        ),
        ("curl/8", "curl/8"),
        ("", "unknown"),
    ],
)
def test_browsers_are_told_in_words(agent, words) -> None:
    assert browser(agent) == words
