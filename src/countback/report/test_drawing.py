"""Small pictures, colours, and where words find room."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from itertools import pairwise

import pytest

from countback.report.chart_parts import AMOUNTS, PER_CENT, free_place
from countback.report.charts import charts
from countback.report.content import Content
from countback.report.drawn import HEIGHT, aging_bar, sparkline
from countback.report.theme import DARK, LIGHT, for_page, for_paper
from countback.report.waterfall import cut_words, levels, waterfall

THEMES = {"light": LIGHT, "dark": DARK}


def decimals(*values: object) -> list[Decimal | None]:
    """Numbers, None where there is none."""
    return [None if value is None else Decimal(str(value)) for value in values]


def test_a_sparkline_breaks_where_it_has_no_value() -> None:
    lines = re.findall(r'points="([^"]+)"', sparkline(decimals(1, 2, None, 3, None, 4, 4)))
    assert [len(line.split()) for line in lines] == [2, 2, 2]  # a point that stands alone is a dash
    assert lines[0].startswith(f"0.0,{HEIGHT - 2}")


@pytest.mark.parametrize("values", [[], [1], [None, 1, None], [None, None]])
def test_a_sparkline_of_fewer_than_two_values_is_none(values: list[object]) -> None:
    assert sparkline(decimals(*values)) == ""


def test_a_level_sparkline_lies_in_the_middle_and_a_far_aim_is_left_out() -> None:
    level = sparkline(decimals(5, 5, 5))
    assert level.count(f",{HEIGHT / 2:.1f}") == 3
    assert 'class="aim"' not in sparkline(decimals(1, 2, 3), Decimal(100))
    assert 'class="aim"' in sparkline(decimals(1, 2, 3), Decimal(4))


def test_the_aging_bar_is_filled_by_what_is_owed() -> None:
    cells = [
        ("current", Decimal(50)),
        ("1-30", Decimal(25)),
        ("over 90", Decimal(25)),
        ("unapplied", Decimal(-80)),
    ]
    widths = [float(width) for width in re.findall(r' width="([\d.]+)"', aging_bar(cells))]
    assert widths == [50, 25, 25]
    assert aging_bar([("current", Decimal(0)), ("unapplied", Decimal(-80))]) == ""


def test_words_of_the_aim_find_the_place_that_is_free() -> None:
    assert free_place([decimals(1, 2, 3, 4)], Decimal(10)) == ("right", True)
    assert free_place([decimals(50, 50, 50, 90, 90, 90, 90, 90)], Decimal(45)) == ("right", True)
    assert free_place([decimals(90, 90, 90, 90, 90, 50, 50, 50)], Decimal(45)) == ("left", True)
    assert free_place([decimals(50, 90, 50, 90)], Decimal(45)) == ("right", False)
    assert free_place([decimals(10, 90, 10, 90, 10, 90)], Decimal(50)) is None
    assert free_place([decimals(None, None)], Decimal(50)) == ("right", True)


def luminance(color: tuple[float, ...]) -> float:
    """As WCAG 2.2 has it, of red, green and blue from 0 to 255."""
    parts = [part / 255 for part in color]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """From 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def rgb(color: str) -> tuple[float, ...]:
    """`#0b6e5c` -> 11, 110, 92."""
    return tuple(int(color[place : place + 2], 16) for place in (1, 3, 5))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("on", ["card", "paper"])
@pytest.mark.parametrize("name", ["ink", "ink2", "ink3", "good", "bad"])
def test_words_can_be_read(theme: str, on: str, name: str) -> None:
    assert contrast(rgb(THEMES[theme][name]), rgb(THEMES[theme][on])) >= 4.5  # WCAG 2.2 AA


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["accent", "ink", "ink2", "good", "bad"])
def test_lines_can_be_told_from_the_card(theme: str, name: str) -> None:
    assert contrast(rgb(THEMES[theme][name]), rgb(THEMES[theme]["card"])) >= 3  # WCAG 2.2 AA, graphics


@pytest.mark.parametrize("theme", THEMES)
def test_words_can_be_read_on_every_tone_of_the_heat_map(theme: str) -> None:
    card, heat, ink = (rgb(THEMES[theme][name]) for name in ("card", "heat", "ink"))
    for share in range(101):
        tone = tuple(low + (high - low) * share / 100 for low, high in zip(card, heat, strict=True))
        assert contrast(ink, tone) >= 4.5, share


def test_themes_have_the_same_names_and_every_chart_only_those(content: Content) -> None:
    assert set(LIGHT) == set(DARK)
    specs = charts(content)
    assert len(specs) == 10
    for name, spec in specs.items():
        assert '"@' not in json.dumps(for_page(spec)), name
        assert '"@' not in json.dumps(for_paper(spec)), name
        assert "var(--" not in json.dumps(for_paper(spec)), name


def test_axes_never_write_a_small_number_as_thousandths() -> None:
    assert "abs(datum.value) < 1000 ? format(datum.value, ',.12~g')" in AMOUNTS
    assert "~s" not in PER_CENT


D = Decimal


@pytest.mark.parametrize(
    ("amounts", "floor", "said"),
    [
        ((9, -12, 4, -1, 0), -3.0, ""),  # from 9 days to none: on the way it is below zero
        ((50, 4, -3, 51), 48.4, "; axis cut"),
        ((5, 20, -21, 4), 0.0, ""),
        ((7, 7), 4.2, "; axis cut"),
        ((0, 3, 3), 0.0, ""),
    ],
)
def test_no_bar_of_a_waterfall_begins_or_ends_outside_its_axis(
    amounts: tuple[int, ...], floor: float, said: str
) -> None:
    last = len(amounts) - 1
    steps = [(str(place), D(amount), place in (0, last)) for place, amount in enumerate(amounts)]
    spec = waterfall(steps, list(map(str, amounts)), {}, ("@bad", "@good"), 24)
    values = spec["data"]["values"]
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domainMin"] == pytest.approx(floor)
    assert all(value[end] >= floor - 1e-9 for value in values for end in ("from", "to"))
    assert [value["to"] for value in values][-2 if last > 1 else -1] == amounts[-1]
    assert cut_words(levels((amount, total) for _, amount, total in steps)) == said


def test_bars_of_the_waterfall_hang_on_each_other(content: Content) -> None:
    values = charts(content)["why"]["data"]["values"]
    assert [value["tone"] for value in (values[0], values[-1])] == ["total", "total"]
    for before, after in pairwise(values[:-1]):
        assert after["from"] == pytest.approx(before["to"])
    assert values[-1]["to"] == pytest.approx(values[-2]["to"])
    assert "−0.0" not in [value["words"] for value in values]
