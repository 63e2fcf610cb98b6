"""Each message of the gallery is said to the letter, and no message is missing from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase

import pytest

from docs import generate
from tests.errors import gallery
from tests.errors.gallery import Case, Outcome, cases
from tests.errors.messages import (
    code_places,
    codes_in,
    errors_in,
    every_code,
    every_error,
    every_kept_error,
    kept_in,
)
from tests.house.tree import ROOT, Module, none_of

pytestmark = pytest.mark.xdist_group("gallery")  # one process tries each case, once

NOT_IN_GALLERY = {
    "more_problems": "a thousand lines would drown docs/errors.md; tested below",
    "unreadable": "needs a file that the database and the standard library read differently, and none is known",
    "src/countback/ledger/acts.py: _word_of(table)": "needs two who change a row in the same moment: test_acts.py",
    "src/countback/ledger/exporting.py: why, remedy": "needs a full or closed disk; root may write in all",
    "src/countback/analytics/export.py: nothing may be written": "needs a closed folder; root may write in all",
    "src/countback/analytics/written.py: Untold": "said to no one: what cannot be told is kept in the process alone",
    "src/countback/books/convert.py: make room": "says the system's own words, with the number of the process",
    "src/countback/project/usage.py: no command was named": "without a command the help is printed",
    "src/countback/project/usage.py: _plainly(message)": "what else the parser of the command line may say",
    "src/countback/project/delivery.py: no workbook was written": "needs a terminal",
    "src/countback/ledger/sources/sftp.py: it shows no key": "no server of SSH is without one",
    "src/countback/subscriptions/sending.py: cannot take such an address": "Django writes each in letters of ASCII",
    "src/countback/project/faults.py: the command was not finished": "needs a fault of ours, or a full machine",
}
"""A code, or `path: words` of an error, that no small case can provoke -> why."""


Outcomes = Callable[[str], Outcome]


def test_the_message_is_said_to_the_letter(case: Case, outcome_of: Outcomes) -> None:
    result = outcome_of(case.name)
    assert result.said == case.says.strip()
    assert result.exit == case.exit


def test_the_message_has_its_parts(case: Case) -> None:
    assert case.about.endswith("."), "about: one sentence for docs/errors.md"
    assert "Traceback" not in case.says
    for line in case.says.strip().splitlines() if not case.run else ():
        assert ": " in line or case.beside, f"no reason: {line}"
        assert re.search(r"; |[.] [A-Z]" if case.application else "; ", line) or case.beside, (
            f"no remedy: {line}"
        )
        assert not re.search(r"[.?!;]{2}$", line), f"two marks at the end: {line}"
        assert not re.search(r"; [A-Z][a-z]", line), f"a capital after the semicolon: {line}"


@pytest.mark.django_db
def test_every_kind_of_problem_has_a_case(outcome_of: Outcomes) -> None:
    provoked = {code for case in cases() for code in outcome_of(case.name).codes}
    missing = {
        code: at
        for code, at in every_code().items()
        if code not in NOT_IN_GALLERY and not any(fnmatchcase(one, code) for one in provoked)
    }
    none_of(
        [f"{at} {code}: no case provokes it; add tests/errors/{code}.toml" for code, at in missing.items()]
    )


@pytest.mark.django_db
def test_every_error_has_a_case(outcome_of: Outcomes) -> None:
    met = {(path, line) for case in cases() for path, line in outcome_of(case.name).made_at}
    missing = {
        (path, lines[0], code)
        for path, lines, code in every_error()
        if not left_out(path, code) and not any((str(ROOT / path), line) in met for line in lines)
    }
    words = "no case of tests/errors meets this; add one that provokes it"
    none_of([f"{path}:{line} {code[:70]}…: {words}" for path, line, code in missing])


def test_every_error_that_is_kept_has_a_case() -> None:
    said = [case.says for case in cases()]
    words = "no case of tests/errors says this; add one that provokes it"
    none_of([
        f"{path}:{line} {'…'.join(parts)}: {words}"
        for path, line, parts in every_kept_error()
        if not any(all(part in one for part in parts) for one in said)
    ])  # fmt: skip


def left_out(path: str, code: str) -> bool:
    """Whether the error at that place is one of NOT_IN_GALLERY."""
    keys = (key.partition(": ") for key in NOT_IN_GALLERY)
    return any(place == path and phrase in code for place, _, phrase in keys if phrase)


def test_beyond_a_thousand_problems_the_rest_is_counted() -> None:
    rows = [f"C{number},Alder,Ltd\n" for number in range(1_005)]
    case = Case("more", "", "", files={"customers.csv": "customer_id,name\n" + "".join(rows)})
    told = gallery.tried(case)
    assert "more_problems" in told.codes
    assert told.said.count("more problems") == 1, "the rest is counted once"
    assert told.said.endswith("customers.csv: 5 more problems in this file; mend these first.")


def test_what_is_left_out_of_the_gallery_is_still_there() -> None:
    errors = [(path, code) for path, _, code in every_error()]
    there = [
        key
        for key in NOT_IN_GALLERY
        for path, code in errors
        if path == key.partition(": ")[0] and left_out(path, code)
    ]
    assert not set(NOT_IN_GALLERY) - {*every_code(), *there}, "take these out of NOT_IN_GALLERY"


def test_codes_and_raises_are_seen() -> None:
    module = Module(
        "src/x.py",
        "def refusal(code, file): ...\n"
        "class Finding:\n    severity: str\n    code: str\n"
        "def f():\n    raise Misuse('a')\n    raise KeyError(1)\n    raise missing()\n"
        "class A:\n    def tell(self, x, code): ...\n"
        "def g() -> Words:\n    a.tell(1, f'un_{b}')\n    x = refusal('one', 'f')\n"
        "    Finding('s', 'two' if x else 'three')\n"
        "    return 'four', 'w'\n"
        "k = {'what': f'{x} failed', 'why': y, 'remedy': 'wait'}\n"
        "form.add_error('x', 'No.')\n"
        "form.add_error('x', str(e))\n"
        "messages.error(request, 'Not kept.')\n"
        "messages.error(request, str(e))",
    )
    assert set(codes_in(module, code_places([module]))) == {"one", "two", "three", "four", "un_*"}
    assert {lines[0] for _, lines, _ in errors_in(module, {"missing"})} == {6, 17}
    assert kept_in(module) == [("src/x.py", "16", (" failed", "wait")), ("src/x.py", "19", ("Not kept.",))]


def test_what_is_said_is_written_into_the_case() -> None:
    text = 'about = "A."\nsays = "old"\n[files]\n"a.csv" = "x"\n'
    fresh = gallery.with_says(text, "new; words.\nof two lines")
    assert fresh == 'about = "A."\nsays = """\nnew; words.\nof two lines"""\n[files]\n"a.csv" = "x"\n'


def test_the_pages_are_up_to_date() -> None:
    pages = generate.pages()
    old = [path for path, text in pages.items() if not path.exists() or path.read_text("utf-8") != text]
    left = [path for path in (ROOT / "docs/kpis").glob("*.md") if path not in pages]
    none_of(
        [f"{path.relative_to(ROOT)} is not what make docs writes; run make docs" for path in (*old, *left)]
    )
