"""What a series is made of: closed days, gaps, outliers, level shifts, and what is refused."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.errors import InputError, NotEnoughData
from analytics.forecasting.series import prepare
from tests.unit.forecasting.made import KINDS, made_counts


def daily(values, start="2024-01-01"):
    return pd.Series(np.asarray(values, dtype=float), index=pd.date_range(start, periods=len(values)))


def weekly(weeks, week=(100, 110, 105, 95, 90, 40, 30), seed=1):
    return daily(np.random.default_rng(seed).poisson(np.tile(week, weeks)))


def test_complete_series_is_kept_as_it_is():
    given = weekly(20)
    found = prepare(given.sample(frac=1, random_state=3))
    assert found.values.tolist() == given.tolist()
    assert found.closed_weekdays == ()
    assert not found.closed.any()
    assert found.notes == ()


def test_closed_weekend_is_zero_not_missing():
    """Zeros on Saturday and Sunday; the same as absent lines gives the same series."""
    zeros = weekly(12, (100, 110, 105, 95, 90, 0, 0))
    found = prepare(zeros)
    assert found.closed_weekdays == (5, 6)
    assert found.open_ahead(7).tolist() == [True] * 5 + [False] * 2
    absent = prepare(zeros[zeros.index.day_of_week < 5])
    assert absent.values[:82].tolist() == found.values[:82].tolist()
    assert absent.closed_weekdays == (5, 6)
    assert "Closed on Saturday, Sunday" in found.notes[0]


def test_two_weeks_are_enough_for_a_closed_day_where_volume_is_high_and_not_where_it_is_low():
    assert prepare(weekly(2, (100, 110, 105, 95, 90, 80, 0))).closed_weekdays == (6,)
    assert prepare(daily([1, 0, 2, 1, 1, 1, 0] * 2)).closed_weekdays == ()


def test_opening_hours_of_last_year_do_not_count():
    opened = pd.concat([weekly(30, (100, 100, 100, 100, 100, 0, 0)), daily([])])
    later = weekly(15, (100, 100, 100, 100, 100, 80, 70))
    later.index = later.index + pd.Timedelta(weeks=30)
    assert prepare(pd.concat([opened, later])).closed_weekdays == ()


def test_absent_days_of_a_busy_series_are_gaps():
    given = weekly(12).drop(pd.to_datetime(["2024-02-01", "2024-02-02"]))
    found = prepare(given)
    assert np.isnan(found.values).sum() == 2
    assert np.isfinite(found.clean).all()
    assert found.clean[31] == pytest.approx(95, rel=0.15)
    assert "2 absent days are gaps" in found.notes[0]


def test_a_long_hole_in_a_busy_series_is_a_gap_and_no_dead_time():
    """Nine months are absent between three weeks and one: as zeros they would make every weekday look closed or dead."""
    days = pd.date_range("2024-01-01", periods=21).append(pd.date_range("2024-10-07", periods=7))
    found = prepare(pd.Series(40.0, index=days))
    hole = (found.days > days[20]) & (found.days < days[21])
    assert np.isnan(found.values[hole]).all()
    assert (found.values[~hole] == 40).all()
    assert found.closed_weekdays == ()


def test_absent_days_of_a_quiet_series_are_zeros():
    rng = np.random.default_rng(4)
    given = daily(rng.poisson(0.6, 200))
    found = prepare(given[(given > 0) | (np.arange(200) == 199)])
    assert np.nansum(found.values) == given.sum()
    assert np.isfinite(found.values).all()
    assert "counted as 0" in found.notes[0]


def test_single_closed_day_is_a_zero_that_is_not_learnt():
    given = weekly(20)
    given.iloc[70] = 0
    found = prepare(given)
    assert found.values[70] == 0
    assert found.closed[70]
    assert found.clean[70] == pytest.approx(100, rel=0.15)


def test_outliers_are_tamed_for_the_models_only():
    given = weekly(20)
    given.iloc[72] = 900
    found = prepare(given)
    assert found.outlier.sum() == 1
    assert found.values[72] == 900
    assert found.clean[72] < 200


def test_a_long_run_of_high_days_is_no_outlier():
    given = weekly(20)
    given.iloc[60:80] *= 3
    assert not prepare(given).outlier[62:78].any()


@pytest.mark.parametrize("ratio", [0.5, 2.0])
def test_level_shift_is_found_where_it_is(ratio):
    given = weekly(40)
    given.iloc[180:] = (given.iloc[180:] * ratio).round()
    found = prepare(given)
    assert abs((found.shift_at - given.index[180]).days) <= 3
    assert found.shift_ratio == pytest.approx(ratio, rel=0.1)


def test_growth_and_noise_are_no_level_shift():
    shifted = [prepare(made_counts("plain", seed, 500)).shift_at for seed in range(6)]
    assert sum(at is not None for at in shifted) <= 1
    grown = daily(np.random.default_rng(2).poisson(100 * 1.001 ** np.arange(700)))
    assert prepare(grown).shift_at is None


def test_leading_nothing_is_left_out():
    given = pd.concat([daily(np.zeros(60)), weekly(12).shift(60, freq="D")])
    found = prepare(given)
    assert found.days[0] == pd.Timestamp("2024-03-01")
    assert "first 60 days" in found.notes[0]


def test_all_zero_constant_and_single_day():
    zero = prepare(daily(np.zeros(40)))
    assert zero.closed_weekdays == ()
    assert zero.clean.tolist() == [0.0] * 40
    constant = prepare(daily(np.full(40, 12.0)))
    assert constant.clean.tolist() == [12.0] * 40
    assert prepare(daily([7])).clean.tolist() == [7.0]


def test_huge_values_stay_exact():
    found = prepare(daily(np.full(30, 8e15)))
    assert found.values.max() == 8e15
    assert np.isfinite(found.clean).all()


def test_future_dates_are_noted():
    found = prepare(weekly(4), today=date(2024, 1, 10))
    assert "in the future" in found.notes[-1]
    assert prepare(weekly(4), today=date(2024, 3, 1)).notes == ()


def test_nothing_later_leaks_into_an_earlier_view():
    """A Saturday that closes later is open before; an outlier later than the cut changes nothing earlier."""
    given = pd.concat([weekly(20), weekly(20, (100, 110, 105, 95, 90, 0, 30)).shift(140, freq="D")])
    whole = prepare(given)
    early = whole.head(140)
    assert whole.closed_weekdays == (5,)
    assert early.closed_weekdays == ()
    alone = prepare(given.iloc[:140])
    assert early.clean.tolist() == alone.clean.tolist()


def test_dividing_events_out_and_back():
    found = prepare(weekly(12))
    factors = np.where(np.arange(84) == 40, 2.0, 1.0)
    assert found.without(factors).values * factors == pytest.approx(found.values)
    assert found.without(np.ones(84)) is found


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_made_series_is_described(kind):
    found = prepare(made_counts(kind, 3))
    assert len(found.clean) == len(found)
    assert (found.clean >= 0).all()
    assert (found.closed_weekdays == (5, 6)) == (kind == "closed")


@pytest.mark.parametrize(
    ("values", "index", "title"),
    [
        ([1, -2], ["2024-01-01", "2024-01-02"], "negative"),
        ([1, "x"], ["2024-01-01", "2024-01-02"], "not a number"),
        ([1, np.nan], ["2024-01-01", "2024-01-02"], "not a number"),
        ([1, np.inf], ["2024-01-01", "2024-01-02"], "not a number"),
        ([1, 1e16], ["2024-01-01", "2024-01-02"], "too large"),
        ([1, 2], ["2024-01-01", "2024-01-01"], "twice"),
        ([1, 2], ["2024-01-01", "somewhen"], "does not hold dates"),
        ([1, 2], ["2024-01-01 10:00", "2024-01-02 11:00"], "times of day"),
        ([1, 2], ["2024-01-01", "2042-01-02"], "jump"),
        ([1, 2, 3, 4], ["2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22"], "not daily"),
        ([1, 2, 3, 4], ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"], "not daily"),
    ],
)
def test_refusals(values, index, title):
    with pytest.raises(InputError, match=title):
        prepare(pd.Series(values, index=index, dtype=object))


def test_empty_series():
    with pytest.raises(NotEnoughData):
        prepare(pd.Series([], dtype=float))
