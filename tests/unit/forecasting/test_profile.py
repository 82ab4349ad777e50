"""Hours of the week against hand-made weeks, and today's re-forecast against its two ends and simulation."""

import numpy as np
import pandas as pd
import pytest

from analytics.errors import InputError, NotEnoughData
from analytics.forecasting import profile


def tickets(weeks=20, seed=1):
    """Weekdays 9–16 evenly, Saturday only at 12; one row per hour with its count."""
    rng = np.random.default_rng(seed)
    at = pd.date_range("2024-01-01", periods=weeks * 7 * 24, freq="h")
    rate = np.where((at.hour >= 9) & (at.hour < 17) & (at.day_of_week < 5), 12.5, 0.0)
    rate = np.where((at.hour == 12) & (at.day_of_week == 5), 40.0, rate)
    return pd.DataFrame({"at": at, "count": rng.poisson(rate)})


def test_shares_sum_to_one_and_follow_the_hours():
    found = profile.week_profile(tickets(), half_life_weeks=1e6)
    assert found.shares.sum(axis=1) == pytest.approx(np.ones(7))
    assert found.shares[0, 9:17] == pytest.approx(np.full(8, 1 / 8), abs=0.02)
    assert found.shares[5, 12] > 0.95
    assert found.tickets.sum() == tickets()["count"].sum()


def test_a_weekday_without_tickets_uses_the_hours_of_the_others():
    frame = tickets()
    found = profile.week_profile(frame, half_life_weeks=1e6)
    pooled = frame.groupby(frame["at"].dt.hour)["count"].sum() / frame["count"].sum()
    assert found.shares[6] == pytest.approx(pooled.to_numpy())


def test_older_weeks_count_less():
    frame = tickets(weeks=40)
    moved = frame.assign(at=frame["at"].where(frame["at"] < "2024-07-01", frame["at"] + pd.Timedelta(hours=2)))
    slow = profile.week_profile(moved, half_life_weeks=1e6).shares[0, 17]
    assert profile.week_profile(moved, half_life_weeks=4).shares[0, 17] > slow


def daily(mean, spread):
    columns = {"low80": mean - 1.2816 * spread, "high80": mean + 1.2816 * spread, "low95": 0.0, "high95": 0.0}
    return pd.DataFrame({"at": [pd.Timestamp("2024-06-03")], "mean": [mean], **columns})


def test_hours_sum_to_their_day_and_cover_it():
    rng = np.random.default_rng(5)
    found = profile.hourly(daily(100.0, 25.0), profile.week_profile(tickets()))
    assert len(found) == 24
    assert found["mean"].sum() == pytest.approx(100.0)
    shares = found["mean"].to_numpy() / 100
    size = 100**2 / (625 - 100)
    days = rng.negative_binomial(size, size / (size + 100), 4000)
    hours = np.array([rng.multinomial(day, shares) for day in days])
    busy = shares > 0.1
    inside = (hours >= found["low80"].to_numpy()) & (hours <= found["high80"].to_numpy())
    assert 0.78 <= inside[:, busy].mean() <= 0.92
    assert (found.loc[shares == 0, "high95"] == 0).all()


def test_today_starts_with_the_forecast_and_ends_with_the_count():
    hours = np.full(24, 1 / 24)
    morning = profile.reforecast_today(100.0, 70.0, 130.0, hours, 0.0, 0.0)
    assert morning.mean == pytest.approx(100.0)
    assert morning.low80 == pytest.approx(70.0, abs=4)
    assert morning.high80 == pytest.approx(130.0, abs=4)
    evening = profile.reforecast_today(100.0, 70.0, 130.0, hours, 143.0, 24.0)
    assert (evening.mean, evening.low95, evening.high95) == (143.0, 143.0, 143.0)


def test_today_learns_by_conjugacy():
    """Prior shape a = 100²/(V−100) with V = (60/2.5631)²; noon with 80 in: factor (a+80)/(a+50)."""
    variance = (60 / 2.5631031310892007) ** 2
    shape = 100**2 / (variance - 100)
    noon = profile.reforecast_today(100.0, 70.0, 130.0, np.full(24, 1 / 24), 80.0, 12.0)
    assert noon.mean == pytest.approx(80 + 50 * (shape + 80) / (shape + 50), rel=1e-6)
    assert noon.expected_by_now == pytest.approx(50.0)
    assert 80 < noon.low95 < noon.low80 < noon.mean < noon.high80 < noon.high95


def test_a_closed_day_that_brings_tickets_all_the_same():
    found = profile.reforecast_today(0.0, 0.0, 0.0, np.full(24, 1 / 24), 3.0, 12.0)
    assert (found.mean, found.high95) == (3.0, 3.0)


def test_refusals():
    with pytest.raises(NotEnoughData):
        profile.week_profile(tickets().assign(count=0))
    with pytest.raises(InputError):
        profile.week_profile(tickets().rename(columns={"at": "when"}))
    with pytest.raises(InputError):
        profile.reforecast_today(10.0, 5.0, 15.0, np.full(24, 1 / 24), 1.0, 25.0)
