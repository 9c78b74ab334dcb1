"""Where the parts of a line chart go."""

from registry_site.templatetags.charts import Point, Series, line_chart, lines_chart

NAN, INF = float("nan"), float("inf")


def points(*values, **more):
    return [Point(x, y, label=f"v{x}", **more) for x, y in enumerate(values)]


def test_what_is_no_number_breaks_its_line_only():
    chart = line_chart(points(1, 2, NAN, 3, 4, INF, 1e305), title="loss")
    (series,) = chart.series
    assert [len(line.split()) for line in series.lines] == [2, 2]
    assert [dot.label for dot in series.dots] == ["v0", "v1", "v3", "v4"]
    assert [point.value for point in chart.points] == ["1", "2", "nan", "3", "4", "inf", "1e+305"]
    assert chart.description == "loss: lowest 1, highest 4, last 4; points: 4"


def test_without_anything_to_draw():
    for nothing in ([], points(NAN, INF)):
        chart = line_chart(nothing, title="loss")
        assert chart.description == "loss: no values"
        assert not chart.series[0].lines


def test_several_series_share_their_axes_and_differ_in_more_than_colour():
    many = [Series(f"run {n}", points(*range(n + 2))) for n in range(10)]
    chart = lines_chart(many, title="loss")
    assert chart.description == "loss: lowest 0, highest 10; lines: 10"
    assert len({(series.shape, series.is_broken) for series in chart.series}) == 10
    at_0 = {series.dots[0].y for series in chart.series}
    assert len(at_0) == 1
    assert [tick.label for tick in chart.x_ticks] == ["v0", "v2", "v4", "v6", "v8", "v10"]


def test_the_table_of_several_series_has_a_row_for_each_step():
    chart = lines_chart(
        [Series("a", points(1, 2)), Series("b", [Point(1, 5, "v1"), Point(3, NAN, "v3")])],
        title="loss",
    )
    assert [(row.label, list(row.values)) for row in chart.rows] == [
        ("v0", ["1", ""]), ("v1", ["2", "5"]), ("v3", ["", "nan"]),
    ]  # fmt: skip


def test_a_long_line_among_others_has_few_dots():
    long = lines_chart([Series("a", points(*range(500))), Series("b", [])], title="loss")
    assert 0 < len(long.series[0].dots) <= 12
    assert not long.series[1].dots


def test_marks_that_would_cover_each_other_stand_on_two_levels_or_are_left_to_the_table():
    crowd = line_chart(points(*[1] * 100, marks=("production",)), title="loss")
    lifts = [dot.lift for dot in crowd.series[0].dots]
    assert set(lifts) == {0, 10, 24}
    assert lifts[:2] == [10, 24]
    assert crowd.has_marks
    apart = line_chart([Point(0, 1, "v0", ("a",)), Point(9, 1, "v9", ("b",))], title="loss")
    assert [(dot.lift, dot.anchor) for dot in apart.series[0].dots] == [(10, "start"), (10, "end")]
