"""Numbers in the form that people read."""

import math

import pytest

from analytics.charts import numbers


@pytest.mark.parametrize(
    ("hours", "shown"),
    [
        (0, "0 min"), (10 / 3600, "10 s"), (35 / 60, "35 min"), (0.995, "1 h"), (1, "1 h"), (1.2, "1.2 h"), (9.96, "10 h"),
        (14.4, "14 h"), (47.4, "47 h"), (72, "3 d"), (81.6, "3.4 d"), (24 * 400, "400 d"), (None, "–"), (math.nan, "–"),
        (math.inf, "–"),
    ],
)  # fmt: skip
def test_durations(hours, shown):
    assert numbers.duration(hours) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0 %"), (0.0004, "< 0.1 %"), (0.0294, "2.9 %"), (0.0996, "10 %"), (0.643, "64 %"), (0.996, "99.6 %"),
        (0.9996, "> 99.9 %"), (1, "100 %"), (math.nan, "–"),
    ],
)  # fmt: skip
def test_shares(value, shown):
    """Not quite nothing is never 0 %, not quite all never 100 %."""
    assert numbers.share(value) == shown


def test_counts_changes_intervals():
    assert numbers.count(12480) == "12,480"
    assert numbers.count(math.nan) == "–"
    assert numbers.change(0.118) == "+12 %"
    assert numbers.points(-0.0123) == "-1.2 points"
    assert numbers.interval(0.2164, 0.2231) == "21.6–22.3 %"
    assert numbers.interval(0.1, 0.4) == "10–40 %"
    assert [numbers.decimal(value) for value in (0.421, 3.44, 574.2, 0)] == ["0.42", "3.4", "574", "0"]


def test_a_duration_is_rounded_and_nothing_more():
    """A law: the shown number times its unit is within half a minute or 5 % of the value, from a minute to a year."""
    units = {"min": 1 / 60, "h": 1, "d": 24}
    for step in range(1, 600):
        hours = (1 / 60) * 1.03**step
        if hours > 24 * 400:
            break
        number, unit = numbers.duration(hours).split()
        assert abs(float(number.replace(",", "")) * units[unit] - hours) <= max(0.501 / 60, 0.05 * hours)
