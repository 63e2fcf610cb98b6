"""Each message of the gallery is said to the letter, and no message is missing from it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache

import pytest

from docs import generate
from tests.errors import gallery
from tests.errors.gallery import Case, Outcome, cases
from tests.errors.messages import code_places, codes_in, every_code, every_raise, raises_in
from tests.house.tree import ROOT, Module, none_of

NOT_IN_GALLERY = {
    "more_problems": "a thousand lines would drown docs/errors.md; tested below",
    "unreadable": "needs a file that the database and the standard library read differently, and none is known",
}
"""A code, or `path function` of a raise, that no small case can provoke -> why, and which test does."""


@cache
def outcome(case: str) -> Outcome:
    """What came of the case of that name; tried once."""
    return gallery.tried(next(one for one in cases() if one.name == case))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_the_message_is_said_to_the_letter(case: Case) -> None:
    result = outcome(case.name)
    assert result.said == case.says.strip()
    assert result.exit == case.exit


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_the_message_has_its_parts(case: Case) -> None:
    assert case.about.endswith("."), "about: one sentence for docs/errors.md"
    assert "Traceback" not in case.says
    for line in case.says.strip().splitlines() if not case.run else ():
        assert ": " in line, f"no reason: {line}"
        assert "; " in line, f"no remedy: {line}"


def test_every_kind_of_problem_has_a_case() -> None:
    provoked = {code for case in cases() for code in outcome(case.name).codes}
    missing = {
        code: at
        for code, at in every_code().items()
        if code not in NOT_IN_GALLERY and not any(fnmatchcase(one, code) for one in provoked)
    }
    none_of(
        [f"{at} {code}: no case provokes it; add tests/errors/{code}.toml" for code, at in missing.items()]
    )


def test_every_error_has_a_case() -> None:
    met = {(path, line) for case in cases() for path, line in outcome(case.name).raised_at}
    missing = [
        (path, lines[0], function)
        for path, lines, function in every_raise()
        if f"{path} {function}" not in NOT_IN_GALLERY
        and not any((str(ROOT / path), line) in met for line in lines)
    ]
    words = "no case of tests/errors meets this error; add one that provokes it"
    none_of([f"{path}:{line} {function}: {words}" for path, line, function in missing])


def test_beyond_a_thousand_problems_the_rest_is_counted() -> None:
    rows = [f"C{number},Alder,Ltd\n" for number in range(1_005)]
    case = Case("more", "", "", files={"customers.csv": "customer_id,name\n" + "".join(rows)})
    told = gallery.tried(case)
    assert "more_problems" in told.codes
    assert told.said.endswith("customers.csv: 5 more problems in this file; mend these first.")


def test_what_is_left_out_of_the_gallery_is_still_there() -> None:
    there = {*every_code(), *(f"{path} {function}" for path, _, function in every_raise())}
    assert not set(NOT_IN_GALLERY) - there, "take these out of NOT_IN_GALLERY"


def test_codes_and_raises_are_seen() -> None:
    module = Module(
        "src/x.py",
        "def refusal(code, file): ...\n"
        "class Finding:\n    severity: str\n    code: str\n"
        "def f():\n    raise Misuse('a')\n    raise KeyError(1)\n    raise missing()\n"
        "class A:\n    def tell(self, x, code): ...\n"
        "def g() -> Words:\n    a.tell(1, f'un_{b}')\n    x = refusal('one', 'f')\n"
        "    Finding('s', 'two' if x else 'three')\n"
        "    return 'four', 'w'",
    )
    assert set(codes_in(module, code_places([module]))) == {"one", "two", "three", "four", "un_*"}
    assert raises_in(module, {"missing"}) == [("src/x.py", range(6, 7), "f")]


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
