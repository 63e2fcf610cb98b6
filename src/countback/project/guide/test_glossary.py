"""The glossary: whole, unambiguous, and the same in the documentation."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from countback.project.guide import glossary
from countback.project.guide.glossary import Word, _word

ON_SCREENS = [
    "subscription", "sending", "pack", "recipient", "alert", "rule", "look", "raise", "clear", "target", "delivery",
    "channel", "source", "fetch", "reconciliation", "restatement", "view", "dashboard", "erasure",
]  # fmt: skip
"""Words that screens use of things that are no figures."""


def test_every_word_has_a_meaning_and_an_address_of_its_own() -> None:
    words = [word for section in glossary.sections() for word in section.words]
    assert len(words) > 80
    assert [word.word for word in words if not word.meaning or not word.anchor] == []
    assert [anchor for anchor, count in Counter(word.anchor for word in words).items() if count > 1] == []
    assert len(glossary.words()) == len(words)


@pytest.mark.parametrize("word", ON_SCREENS)
def test_words_of_the_screens_are_there(word: str) -> None:
    assert glossary.words()[word].meaning


def test_a_row_is_taken_apart() -> None:
    assert glossary.words()["customer"].elsewhere == ("client", "debtor", "buyer")
    assert glossary.words()["as of"].identifier == "as_of"
    assert _word(
        "overdue", "due before", "`delinquent` (but `delinquent_dso`), `late_invoice`"
    ).elsewhere == (
        "delinquent",
        "late invoice",
    )
    assert _word("ageing (`aging`)", "m", "`ageing` (as identifier)") == Word("ageing", "aging", "m", ())


def test_the_page_of_the_documentation_is_the_same_glossary() -> None:
    page = Path(glossary.__file__).parents[4] / "docs/glossary.md"
    if not page.parent.is_dir():
        pytest.skip("no docs folder: the package is installed without its source tree")
    assert page.read_text("utf-8") == glossary.page(), "run make docs"
    assert glossary.MADE in glossary.page()
