"""Charts: right in the plain cases, and never a number that SVG cannot draw."""

import math
import re
from typing import Any

import htpy as h
import pytest
from hypothesis import given, settings, strategies as st

from bot.fake_slack.web.html.charts import render_chart
from bot.fake_slack.web.html.scales import (
    choose_scale,
    format_exact,
    format_percent,
    format_short,
    parse_number,
)
from tests.fake_slack.web.html.parsed_html import ParsedHtml

HUGE = 10**400
WITHIN = {"x": 400, "x1": 400, "x2": 400, "cx": 400, "y": 220, "y1": 220, "y2": 220, "cy": 220}


def lines(kind: str, *series: list[Any], labels: list[str] | None = None, **axis: str) -> dict[str, Any]:
    names = labels or [f"L{at}" for at in range(max(map(len, series), default=0))]
    data = [
        {
            "name": f"S{at}",
            "data": [{"label": name, "value": value} for name, value in zip(names, one, strict=True)],
        }
        for at, one in enumerate(series)
    ]
    return {"type": kind, "series": data, "axis_config": {"categories": names, **axis}}


def pie(*values: Any) -> dict[str, Any]:
    return {"type": "pie", "segments": [{"label": f"P{at}", "value": one} for at, one in enumerate(values)]}


def drawn(given: dict[str, Any]) -> ParsedHtml:
    return ParsedHtml(str(h.fragment[render_chart({"title": "Votes", "chart": given})]))


def within_the_picture(picture: ParsedHtml) -> bool:
    for tag, attributes in picture.elements:
        for name, most in WITHIN.items():
            if name in attributes and not 0 <= float(attributes[name]) <= most:
                return False
        if tag == "rect":
            right, low = (
                float(attributes[at]) + float(attributes[size])
                for at, size in (("x", "width"), ("y", "height"))
            )
            if right > 400.01 or low > 220.01:
                return False
        numbers = [float(one) for one in re.findall(r"-?[\d.]+", attributes.get("d", ""))]
        if any(not 0 <= one <= 400 for one in numbers):
            return False
    return True


VALUES = st.one_of(
    st.none(),
    st.integers(-1000, 1000),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0, 1e308, -1e308, 1e-320, HUGE, -HUGE, "12", "x", True, 1e15, 1e15 + 1]),
)


@settings(deadline=None)
@given(
    st.sampled_from(["line", "bar", "area"]),
    st.integers(1, 20).flatmap(
        lambda points: st.lists(st.lists(VALUES, min_size=points, max_size=points), min_size=1, max_size=12)
    ),
)
def test_any_values_can_be_drawn(kind: str, series: list[list[Any]]) -> None:
    picture = drawn(lines(kind, *series, x_label="x", y_label="y"))
    assert not re.search("nan|inf", repr(picture.elements) + "".join(picture.texts), re.IGNORECASE)
    assert within_the_picture(picture)


@given(st.lists(VALUES, max_size=12))
def test_any_pie_can_be_drawn(values: list[Any]) -> None:
    picture = drawn(pie(*values))
    assert not re.search("nan|inf", repr(picture.elements) + "".join(picture.texts), re.IGNORECASE)
    assert within_the_picture(picture)


@given(st.lists(st.floats(-1e12, 1e12), min_size=1), st.booleans())
def test_an_axis_holds_its_values_in_round_steps(values: list[float], from_zero: bool) -> None:
    axis = choose_scale([parse_number(value) or 0.0 for value in values], from_zero=from_zero)
    assert 3 <= len(axis.ticks) <= 5
    assert axis.low <= min(values) + 1e-9
    assert axis.high >= max(values) - 1e-9 * max(map(abs, values))
    assert all(math.isfinite(tick) for tick in axis.ticks)


@pytest.mark.parametrize(
    ("values", "from_zero", "ticks"),
    [
        ([3, 5, 9], True, [0, 5, 10]),
        ([0, 1], True, [0, 1, 2]),
        ([0.1, 0.4], True, [0, 0.1, 0.2, 0.3, 0.4]),
        ([-3, 4], True, [-4, -2, 0, 2, 4]),
        ([101, 104], False, [101, 102, 103, 104]),
        ([7, 7], False, [0, 2, 4, 6, 8]),
        ([-7], False, [-8, -6, -4, -2, 0]),
        ([0], False, [0, 1, 2]),
        ([12_000, 48_000], True, [0, 20_000, 40_000, 60_000]),
    ],
)
def test_ticks(values: list[float], from_zero: bool, ticks: list[float]) -> None:
    assert choose_scale([float(one) for one in values], from_zero=from_zero).ticks == pytest.approx(ticks)


def test_numbers_are_short_on_an_axis_and_exact_in_words() -> None:
    numbers = (0, -0.0, 7, 1.5, 1500, 12_000, 2_500_000, 3e9, 4e12, 1e15, 0.001, -1500)
    assert [format_short(one) for one in numbers] == (
        ["0", "0", "7", "1.5", "1.5k", "12k", "2.5M", "3B", "4T", "1e+15", "0.001", "-1.5k"]
    )
    assert [format_exact(one) for one in (1234567.0, 0.5)] == ["1,234,567", "0.5"]
    assert [format_percent(one) for one in (0, 0.001, 0.5, 1)] == ["0%", "<1%", "50%", "100%"]


def test_a_line_breaks_where_a_value_is_missing() -> None:
    picture = drawn(lines("line", [1, 2, None, 4]))
    assert len(picture.find_all("path")) == 2
    assert len(picture.find_all("circle")) == 3


def test_bars_stand_on_zero() -> None:
    up, down = drawn(lines("bar", [2, -2])).find_all("rect")
    assert float(up["y"]) + float(up["height"]) == pytest.approx(float(down["y"]), abs=0.02)


def test_areas_are_closed() -> None:
    assert drawn(lines("area", [1, 2])).find_all("path")[0]["d"].endswith("Z")


def test_crowded_labels_are_thinned_and_long_ones_cut() -> None:
    picture = drawn(lines("bar", list(range(20)), labels=[f"2026-10-{day:02d}" for day in range(1, 21)]))
    assert 2 <= sum(attributes.get("class") == "label" for attributes in picture.find_all("text")) <= 6
    assert "A rather long…" in drawn(lines("bar", [1], labels=["A rather long label"])).texts


def test_a_legend_is_for_more_than_one() -> None:
    assert drawn(lines("line", [1, 2])).find_all("li") == []
    assert [one["class"] for one in drawn(lines("line", [1], [2])).find_all("li")] == ["series-0", "series-1"]


def test_a_pie_tells_its_shares() -> None:
    picture = drawn(pie(1, 3, 0))
    assert [said for said in picture.texts if "%" in said][-3:] == ["P0 25%", "P1 75%", "P2 0%"]
    assert len(picture.find_all("path")) == 2
    assert len(drawn(pie(5)).find_all("circle")) == 1


@pytest.mark.parametrize("given", [pie(), pie(0, -1), lines("line"), lines("bar", [None]), lines("area", [])])
def test_nothing_to_draw_is_said(given: dict[str, Any]) -> None:
    assert "No data" in drawn(given).texts


def test_what_a_chart_says_in_words() -> None:
    assert drawn(lines("bar", [1, 2])).find_all("svg")[0]["aria-label"] == "Bar chart. S0: L0 1, L1 2."
    assert drawn(lines("line", [3, 9, 1, 4, 5, 6, 7])).find_all("svg")[0]["aria-label"] == (
        "Line chart. S0: from 3 (L0) to 7 (L6), lowest 1 (L2), highest 9 (L1)."
    )


def test_values_find_their_category() -> None:
    given = lines("bar", [1, 2], labels=["a", "b"])
    given["axis_config"]["categories"] = ["b", "c", "a"]
    assert drawn(given).find_all("svg")[0]["aria-label"] == "Bar chart. S0: b 2, a 1."
    del given["axis_config"]
    assert drawn(given).find_all("svg")[0]["aria-label"] == "Bar chart. S0: a 1, b 2."


def test_an_unknown_chart_is_said_to_be_one() -> None:
    assert drawn({"type": "radar"}).texts == ["a chart of type radar, which this stand-in cannot show"]
