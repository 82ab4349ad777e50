"""Business time: by hand, against a minute-by-minute count, and its laws (hypothesis)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from analytics.calendars import ALWAYS, OFFICE_WEEK, QUARTER_US, Calendar, clock_table, from_json, to_json
from analytics.errors import InputError
from tests.clock import open_us

HOUR = 3_600_000_000
BERLIN = Calendar("Europe/Berlin", holidays_country="DE")
ALL = Calendar("Europe/Berlin", week=ALWAYS)
NIGHT = Calendar("Europe/Berlin", week=(((0, 300), (1200, 1440)),) * 7)  # 20:00-05:00, over both DST changes


def us(text: str, zone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1e6)


@cache
def clock_of(calendar: Calendar, first: int, last: int) -> pd.DataFrame:
    return clock_table({"L1": calendar}, first, last).query("tier == 1").set_index("bucket_us")


def until(clock: pd.DataFrame, moment: int) -> int:
    """B(t) as the product's table tells it."""
    quarter = clock.loc[moment - moment % QUARTER_US]
    return int(quarter["open_before_us"] + max(0, min(moment, quarter["closes_us"]) - quarter["opens_us"]))


def hours(calendar: Calendar, start: str, end: str, zone: str = "Europe/Berlin") -> float:
    edges = us(start, zone), us(end, zone)
    first, last = (until(clock_of(calendar, *edges), edge) for edge in edges)
    return (last - first) / HOUR


@pytest.mark.parametrize(
    ("calendar", "start", "end", "wanted"),
    [
        (BERLIN, "2026-03-06T16:00", "2026-03-09T10:00", 2.0),  # Friday 16-17, Monday 9-10
        (BERLIN, "2026-03-07T10:00", "2026-03-08T20:00", 0.0),  # a weekend
        (BERLIN, "2026-04-02T16:30", "2026-04-07T09:30", 1.0),  # Good Friday and Easter Monday between
        (ALL, "2026-03-28T12:00", "2026-03-29T12:00", 23.0),  # an hour is skipped
        (ALL, "2026-10-24T12:00", "2026-10-25T12:00", 25.0),  # an hour is repeated
        (NIGHT, "2026-03-28T19:00", "2026-03-29T06:00", 8.0),  # 20-5 less the skipped hour
        (NIGHT, "2026-10-24T19:00", "2026-10-25T06:00", 10.0),
    ],
)
def test_by_hand(calendar, start, end, wanted):
    assert hours(calendar, start, end) == wanted


def test_an_exception_replaces_the_day():
    closed = Calendar("UTC", exceptions=((date(2026, 3, 9), ()), (date(2026, 3, 14), ((600, 720),))))
    assert hours(closed, "2026-03-09T00:00", "2026-03-10T00:00", "UTC") == 0
    assert hours(closed, "2026-03-14T00:00", "2026-03-15T00:00", "UTC") == 2


def test_a_minute_by_minute_count_agrees():
    start = us("2026-10-23T00:00")
    minutes = [datetime.fromtimestamp(start / 1e6, UTC) + timedelta(minutes=n) for n in range(5 * 1440)]
    zone = ZoneInfo("Europe/Berlin")
    local = [moment.astimezone(zone) for moment in minutes]
    open_minutes = sum(m.weekday() < 5 and 540 <= m.hour * 60 + m.minute < 1020 for m in local)
    end = start + 5 * 1440 * 60_000_000
    clock = clock_of(Calendar("Europe/Berlin"), start, end)
    assert until(clock, end) - until(clock, start) == open_minutes * 60_000_000


YEAR = us("2026-01-01T00:00"), us("2026-12-31T00:00")
MOMENTS = st.integers(*YEAR)
CALENDARS = st.sampled_from(
    [BERLIN, ALL, NIGHT, Calendar("America/St_Johns", week=OFFICE_WEEK), Calendar("Asia/Kathmandu")]
)


@settings(max_examples=150, deadline=None)
@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_laws(calendar, a, b, c):
    a, b, c = sorted((a, b, c))
    clock = clock_of(calendar, *YEAR)
    one = [until(clock, y) - until(clock, x) for x, y in ((a, b), (b, c), (a, c))]
    assert one == [open_us(calendar, x, y) for x, y in ((a, b), (b, c), (a, c))]  # the second way
    assert one[0] + one[1] == one[2]
    assert 0 <= one[0] <= b - a
    if calendar.week == ALWAYS:
        assert one[2] == c - a


def test_the_joined_table_gives_the_same():
    rng = np.random.default_rng(5)
    first, last = us("2026-03-01T00:00"), us("2026-11-30T00:00")
    moments = rng.integers(first, last, size=3000)
    calendars = {"L0": ALL, "L1": BERLIN, "L2": NIGHT, "L3": Calendar("Asia/Kathmandu", week=(((500, 1033),),) * 7)}
    clock = clock_table(calendars, first, last)
    con = duckdb.connect()
    con.register("clock", clock)
    for rank, tier in enumerate(calendars):
        told = con.execute(
            """SELECT open_before_us + greatest(0, least(m.t, closes_us) - opens_us) FROM (SELECT unnest($m) AS t) m
            JOIN clock ON tier = $tier AND bucket_us = m.t - m.t % 900000000""",
            {"m": moments.tolist(), "tier": rank},
        ).fetchnumpy()
        found = np.sort(np.array(next(iter(told.values()))))
        wanted = open_us(calendars[tier], int(moments.min()), np.sort(moments))
        assert np.array_equal(found - found[0], wanted)


def test_calendars_survive_being_written_down():
    told = {"L1": BERLIN, "L3": Calendar("UTC", exceptions=((date(2026, 5, 4), ((60, 120),)),))}
    assert from_json(to_json(told)) == told


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: Calendar("Europe/Atlantis"), "Atlantis"),
        (lambda: Calendar(week=OFFICE_WEEK[:5]), "seven"),
        (lambda: Calendar(week=(((600, 500),),) * 7), "overlap"),
        (lambda: Calendar(week=(((0, 1500),),) * 7), "24:00"),
        (lambda: Calendar(holidays_country="XX").openings(date(2026, 1, 5)), "XX"),
        (lambda: clock_table({"L1": Calendar(week=(((0, 5), (10, 20)),) * 7)}, 0, HOUR), "quarter"),
    ],
)
def test_impossible_calendars_are_refused(make, word):
    with pytest.raises(InputError, match=word):
        make()
