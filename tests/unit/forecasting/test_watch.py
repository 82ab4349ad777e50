"""Watching the last weeks: quiet ones stay quiet, spikes and rises are told, known events excuse theirs."""

import numpy as np
import pandas as pd
import pytest

from analytics.errors import NotEnoughData
from analytics.forecasting.calendar_events import CalendarEvent
from analytics.forecasting.race import quick_forecast
from analytics.forecasting.watch import error_dispersion, watch


def counts(days=200, seed=1, mean=60.0):
    values = np.random.default_rng(seed).negative_binomial(40, 40 / (40 + mean), days).astype(float)
    return pd.Series(values, index=pd.date_range("2024-01-01", periods=days))


def test_quiet_weeks_keep_to_the_budget():
    """Twelve series of four weeks at six false alerts a year: 5.5 are to be expected."""
    alerts = [alert for seed in range(12) for alert in watch(counts(seed=seed)).alerts]
    assert len(alerts) <= 9


def test_a_spike_is_told_with_its_day_and_expected_count():
    series = counts()
    series.iloc[-5] = 220
    found = watch(series)
    assert len(found.days) == 28
    spike = next(alert for alert in found.alerts if alert.kind == "spike")
    assert spike.day == series.index[-5].date()
    assert spike.count == 220
    assert spike.expected == pytest.approx(60, rel=0.15)


def test_a_slow_rise_is_told():
    series = counts(seed=4)
    series.iloc[-21:] = (series.iloc[-21:] * 1.5).round()
    assert any(alert.kind == "rise" for alert in watch(series).alerts)


def test_a_known_launch_is_no_news():
    series = counts(seed=2)
    series.iloc[-10:-7] *= 3
    launch = CalendarEvent("launch", series.index[-10].date(), 3, uplift=2.0)
    assert watch(series).alerts
    assert not watch(series, events=[launch]).alerts


def test_dispersion_of_the_errors_by_hand():
    """Mean 100 and an 80 % interval of ±1.2816·30: variance 900 = 100 + a·100², a = 0.08."""

    class Made:
        points = pd.DataFrame({"mean": [100.0], "low80": [100 - 38.4465], "high80": [100 + 38.4465]})

    assert error_dispersion(Made()) == pytest.approx(0.08, rel=1e-3)


def test_short_series():
    assert len(watch(counts(25)).days) == 11
    with pytest.raises(NotEnoughData):
        watch(counts(20))


def swinging(seed, end, days=730, mean=100.0, swing=0.35):
    """Counts with a yearly swing that peaks at the end of March: e^±0.35 around the mean, busier on working days."""
    index = pd.date_range(end=end, periods=days)
    season = np.exp(swing * np.sin(2 * np.pi * index.day_of_year.to_numpy() / 365.25))
    means = mean * season * np.where(index.day_of_week < 5, 1.0, 0.4)
    return pd.Series(np.random.default_rng(seed).negative_binomial(30, 30 / (30 + means)).astype(float), index=index)


def test_a_seasonal_climb_is_no_rise_once_two_years_are_known():
    """Eight of thirty-two watched series in the steepest weeks of January: nearly each is a rise to the 8-week mean, and at
    most one to whoever knows the year."""
    climbs = [swinging(seed, "2026-01-20") for seed in range(8)]
    rising = [
        sum(any(alert.kind == "rise" for alert in watch(one, series_watched=32, **how).alerts) for one in climbs)
        for how in ({"forecaster": quick_forecast}, {})
    ]
    assert rising[0] >= 7
    assert rising[1] <= 1


def test_a_true_rise_within_a_season_is_still_told():
    """In September the season falls and hides a rise of 40 % from the 8-week mean."""
    rising = swinging(3, "2026-09-20")
    rising.iloc[-18:] = (rising.iloc[-18:] * 1.4).round()
    found = watch(rising)
    rise = next(alert for alert in found.alerts if alert.kind == "rise")
    assert abs((pd.Timestamp(rise.since) - rising.index[-18]).days) <= 7
    # What the season says, by hand: the mean of the made series on those days.
    season = np.exp(0.35 * np.sin(2 * np.pi * found.days["at"].dt.day_of_year / 365.25))
    made = 100 * season * np.where(found.days["at"].dt.day_of_week < 5, 1.0, 0.4)
    by_mean = watch(rising, forecaster=quick_forecast).days["expected"].sum()
    assert found.days["expected"].sum() == pytest.approx(float(np.sum(made)), rel=0.12)
    by_year = float(found.days["expected"].sum())
    assert abs(by_year - float(np.sum(made))) < 0.6 * abs(float(by_mean) - float(np.sum(made)))


def test_below_a_year_the_8_week_mean_is_what_was_expected():
    """Nothing can be known of a year that has not been seen."""
    series = counts(200)
    assert np.allclose(watch(series).days["expected"], watch(series, forecaster=quick_forecast).days["expected"])
