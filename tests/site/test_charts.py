"""Where the parts of a chart go, and what its words say."""

import math
import random
import re

import pytest

from registry_site.charts.axes import tick_texts, ticks_around, ticks_within
from registry_site.charts.bars import histogram
from registry_site.charts.curves import MOST_POINTS, Curve, curve_of
from registry_site.charts.lines import Point, Series, line_chart, lines_chart
from registry_site.texts.numbers import short_number

NAN, INF = float("nan"), float("inf")


def points(*values, **more):
    return [Point(x, y, label=f"v{x}", **more) for x, y in enumerate(values)]


# ------------------------------------------------------------------ numbers and axes


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.9673, "0.9673"),
        (12345.678, "12,346"),
        (1234.56, "1,234.6"),
        (1_500_000_123, "1,500,000,123"),
        (1.2345e-5, "1.234e-05"),
        (1e20, "1e+20"),
        (-3, "-3"),
        (0, "0"),
        (NAN, "NaN"),
        (INF, "Infinity"),
        (-INF, "-Infinity"),
        (999.99999, "1000"),
    ],
)
def test_short_numbers_are_never_other_numbers(value, text):
    assert short_number(value) == text


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (0, 57, ["0", "20", "40", "60"]),
        (0.9, 1.1, ["0.90", "0.95", "1.00", "1.05", "1.10"]),
        (1.5e9, 1.5e9 + 5, ["1,500,000,000", "1,500,000,002", "1,500,000,004", "1,500,000,006"]),
        (0, 2e9, ["0", "5e+08", "1.0e+09", "1.5e+09", "2.0e+09"]),
        (1e-9, 3e-9, ["1.0e-09", "1.5e-09", "2.0e-09", "2.5e-09", "3.0e-09"]),
        (-1e12, 1e12, ["-1.0e+12", "-5e+11", "0", "5e+11", "1.0e+12"]),
    ],
)
def test_ticks_are_round_and_told_apart(low, high, texts):
    found = tick_texts(ticks_around(low, high))
    assert [re.sub(r"^(-?\d)\.0e\+(08|11)", r"\1e+\2", text) for text in found] == texts


def test_no_two_ticks_say_the_same_whatever_is_measured():
    chance = random.Random(1)
    for _time in range(2_000):
        low = chance.uniform(-1, 1) * 10 ** chance.randint(-250, 250)
        high = low + abs(low) * 10 ** chance.uniform(-10, 3)
        texts = tick_texts(ticks_around(low, high))
        assert len(set(texts)) == len(texts) > 1


def test_ticks_of_what_is_counted_are_whole():
    assert ticks_within(0, 3, 8, whole=True) == [0, 1, 2, 3]
    assert ticks_within(0, 57, 5, whole=True) == [0, 20, 40]
    chart = line_chart(points(*range(58)), title="loss", x_text=lambda x: f"v{x:.0f}")
    assert [tick.label for tick in chart.x_ticks] == ["v0", "v20", "v40"]
    steps = lines_chart([Series("", [Point(x, 1) for x in (0, 2000, 1_999_999)])], title="x")
    assert [tick.label for tick in steps.x_ticks] == ["0", "500,000", "1,000,000", "1,500,000"]


# ------------------------------------------------------------------ curves


def test_a_curve_keeps_the_extremes_of_all_its_values():
    chance = random.Random(2)
    values = [1 + chance.uniform(-0.1, 0.1) for _ in range(5_000)]
    values[3_333], values[1_234] = 50, -7
    curve = curve_of(enumerate(values))
    extent = curve.extent
    assert (extent.count, extent.low, extent.high, extent.last) == (5_000, -7, 50, values[-1])
    assert len(curve.points) <= MOST_POINTS + 2
    assert {(3_333, 50), (1_234, -7), (0, values[0]), (4_999, values[-1])} <= set(curve.points)
    assert curve.points == sorted(curve.points)
    assert curve.is_thinned


@pytest.mark.parametrize("count", [1, 2, MOST_POINTS, MOST_POINTS + 1, 999, 20_000])
def test_a_curve_is_bounded_however_long(count):
    curve = curve_of((n, n) for n in range(count))
    assert min(count, MOST_POINTS // 4) <= len(curve.points) <= MOST_POINTS + 3
    assert [curve.points[0], curve.points[-1]] == [(0, 0), (count - 1, count - 1)]
    assert curve.is_thinned == (count > MOST_POINTS)
    assert curve.extent.total == count


def test_what_is_no_number_hides_no_steps_and_is_counted():
    curve = curve_of((n, NAN if n % 10 == 0 else n) for n in range(5_000))
    assert curve.extent.nan == 500
    assert curve.extent.count == 4_500
    assert not [point for point in curve.points if math.isnan(point[1])]
    assert curve.points[0][0] < 10
    assert curve.extent.odd_words == "NaN 500 times"
    assert len(curve.odd) > 50
    mixed = curve_of(enumerate([1, INF, 2, -INF, 3, 1e305, NAN]))
    assert mixed.extent.odd_words == (
        "NaN 1 time · Infinity 1 time · -Infinity 1 time · 1 too large to draw"
    )
    assert [each.side for each in mixed.odd] == [1, -1, 1, 0]
    assert mixed.extent.high == 1e305


def test_a_long_stretch_without_numbers_breaks_the_line():
    curve = curve_of((n, NAN if 1_000 <= n < 3_000 else 1) for n in range(5_000))
    chart = lines_chart([Series.of_curve("", curve)], title="loss")
    assert chart.series[0].line.count("M") == 2
    assert chart.series[0].gaps


def test_a_curve_can_be_read_while_it_grows():
    curve = Curve()
    assert (curve.points, curve.extent.total, curve.extent.words) == ([], 0, "")
    for n in range(1_000):
        curve.add(n, n)
        assert curve.extent.count == n + 1


# ------------------------------------------------------------------ lines


def test_what_is_no_number_breaks_its_line_only():
    chart = line_chart(points(1, 2, NAN, 3, INF, 4, 1e305), title="loss")
    (series,) = chart.series
    assert [line.count("L") for line in series.line.split("M")[1:]] == [1, 0, 0]
    assert series.line.count("h0") == 2  # a number alone is a dot
    assert [dot.point.label for dot in series.dots] == ["v0", "v1", "v3", "v5"]
    assert [point.value for point in chart.points] == [
        "1",
        "2",
        "NaN",
        "3",
        "Infinity",
        "4",
        "1e+305",
    ]
    assert series.gaps.count("M") == 3
    assert chart.description == (
        "loss: lowest 1 · highest 1e+305 · last 1e+305 · "
        "NaN 1 time · Infinity 1 time · 1 too large to draw; values: 7"
    )


def test_without_anything_to_draw():
    assert line_chart([], title="loss").description == "loss: no values"
    chart = line_chart(points(NAN, INF), title="loss")
    assert chart.description == "loss: NaN 1 time · Infinity 1 time; values: 2"
    assert not chart.series[0].line


def test_several_series_share_their_axes_and_differ_in_more_than_colour():
    many = [Series(f"run {n}", points(*range(n + 2))) for n in range(10)]
    chart = lines_chart(many, title="loss")
    assert chart.description == "loss: lowest 0, highest 10; lines: 10"
    assert len({(series.shape, series.is_broken) for series in chart.series}) == 10
    assert len({series.dots[0].y for series in chart.series}) == 1
    assert [tick.label for tick in chart.x_ticks] == ["0", "2", "4", "6", "8", "10"]


def test_a_long_line_among_others_has_few_dots():
    long = lines_chart([Series("a", points(*range(500))), Series("b", [])], title="loss")
    assert 0 < len(long.series[0].dots) <= 12
    assert not long.series[1].dots


def test_marks_that_would_cover_each_other_stand_on_two_levels_or_are_left_to_the_table():
    crowd = line_chart(points(*[1] * 100, marks=("production",)), title="loss")
    lifts = [dot.lift for dot in crowd.series[0].dots]
    assert set(lifts) == {0, 10, 24}
    assert lifts[-2:] == [24, 10]  # the newest have room
    narrow = [dot for dot in crowd.series[0].dots if dot.lift and not dot.is_wide_only]
    assert 2 <= len(narrow) < len(list(filter(None, lifts)))
    assert crowd.series[0].has_marks
    apart = line_chart([Point(0, 1, "v0", ("a",)), Point(9, 1, "v9", ("b",))], title="loss")
    assert [(dot.lift, dot.anchor) for dot in apart.series[0].dots] == [(10, "start"), (10, "end")]


# ------------------------------------------------------------------ bars


def test_a_histogram_is_bars_with_words():
    bars = histogram("grads", [2, 0, 1000], [-1.5, 0, 0.5, 3])
    assert bars.path.count("M") == 2
    assert bars.description == (
        "grads: 1,002 values from -1.5 to 3, most of them (1,000) from 0.5 to 3"
    )
    assert (bars.low, bars.high) == ("-1.5", "3")


def test_of_very_many_bins_neighbours_share_a_bar():
    bars = histogram("x", [1] * 500 + [7], list(range(502)))
    assert bars.path.count("M") <= 80
    assert bars.description.startswith("x: 507 values from 0 to 501, most of them (7)")


@pytest.mark.parametrize(
    ("counts", "edges"),
    [
        ([], [0]),
        ([1], [0]),
        ([1], [0, 0]),
        ([1], [1, 0]),
        ([-1], [0, 1]),
        ([NAN], [0, 1]),
        (["1"], [0, 1]),
        ([1], [0, "NaN"]),
        (None, [0, 1]),
        ([True], [0, 1]),
        ([1] * 20_000, list(range(20_001))),
        ([10**400], [0, 1]),
        ({}, {}),
    ],
)
def test_what_is_no_histogram_is_not_drawn(counts, edges):
    assert histogram("x", counts, edges) is None
