"""Effort per tier from four sources: means by hand, intervals by resampling, order of belief."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.errors import InputError, NotEnoughData
from analytics.staffing import effort as e


def test_tracked_time_is_the_mean_with_an_interval_that_covers():
    """In 400 samples of 60 gamma efforts of mean 20, the 95 % interval covers the mean in at least 90 %."""
    random = np.random.default_rng(0)
    found = [e.effort_of_samples(random.gamma(0.8, 25, 60)) for _ in range(400)]
    assert np.mean([x.minutes for x in found]) == pytest.approx(20, rel=0.02)
    assert np.mean([x.low <= 20 <= x.high for x in found]) >= 0.90
    assert all(x.source == "tracked" and x.visits == 60 for x in found)


def test_quantiles_keep_the_mean():
    minutes = np.random.default_rng(1).gamma(0.5, 60, 5000)
    found = e.effort_of_samples(minutes)
    grid = np.interp(np.linspace(0, 1, 200_001), np.linspace(0, 1, len(found.quantiles)), found.quantiles)
    assert grid.mean() == pytest.approx(minutes.mean(), rel=1e-3)
    assert found.scv == pytest.approx(minutes.var(ddof=1) / minutes.mean() ** 2)


def test_tiers_with_too_little_tracked_time_are_left_out():
    frame = pd.DataFrame({"tier": ["L1"] * 40 + ["L2"] * 29 + ["L3"] * 31, "minutes": [10.0] * 69 + [0.0] * 31})
    assert set(e.tracked_effort(frame)) == {"L1"}


def test_throughput_by_hand():
    """Ten weeks of 400 paid hours, half of them on tickets, 800 closed visits each: 15 minutes, no spread."""
    frame = pd.DataFrame({"tier": ["L1"] * 10, "agent_hours": [400.0] * 10, "closed_visits": [800] * 10})
    found = e.throughput_effort(frame, 0.5)["L1"]
    assert found.minutes == pytest.approx(15)
    assert found.low == pytest.approx(15)
    assert found.visits == 8000


def test_throughput_interval_is_about_that_of_the_bootstrap():
    random = np.random.default_rng(2)
    hours, closed = random.uniform(300, 500, 40), random.poisson(900, 40)
    frame = pd.DataFrame({"tier": "L1", "agent_hours": hours, "closed_visits": closed})
    found = e.throughput_effort(frame, 1.0)["L1"]
    picks = random.integers(0, 40, (4000, 40))
    resampled = 60 * hours[picks].sum(axis=1) / closed[picks].sum(axis=1)
    assert [found.low, found.high] == pytest.approx(np.quantile(resampled, [0.025, 0.975]), rel=0.02)


def test_throughput_needs_eight_periods():
    frame = pd.DataFrame({"tier": ["L1"] * 7, "agent_hours": [400.0] * 7, "closed_visits": [800] * 7})
    assert e.throughput_effort(frame, 0.5) == {}


def test_the_most_believed_source_wins():
    tracked, replayed = e.Effort(12, 11, 13, "tracked", 500), e.Effort(14, 12, 16, "replay")
    found = e.best_effort(["L1", "L2", "L3", "Desk"], {"L1": replayed}, {"L1": tracked, "L2": replayed})
    assert [found[tier].source for tier in ("L1", "L2", "L3", "Desk")] == ["tracked", "replay", "prior", "prior"]
    assert (found["L3"].minutes, found["L3"].low, found["L3"].high) == (100, 50, 200)
    assert "not this team's data" in found["L3"].label


def test_the_prior_is_fifteen_thirty_a_hundred():
    assert [x.minutes for x in e.prior_effort(["L1", "L2", "L3"]).values()] == [15, 30, 100]


def test_a_stated_effort_is_exact_and_keeps_the_shape():
    like = e.effort_of_samples(np.random.default_rng(1).gamma(2, 10, 100))
    found = e.stated_effort(40, like)
    assert (found.low, found.high, found.source) == (40, 40, "plan")
    assert found.log_sd == 0
    assert np.array(found.quantiles) == pytest.approx(np.array(like.quantiles) * 40 / like.minutes)


@pytest.mark.parametrize(
    "call",
    [
        lambda: e.Effort(0, 0, 0, "prior"),
        lambda: e.Effort(10, 11, 12, "prior"),
        lambda: e.Effort(10, 9, 12, "a guess"),
        lambda: e.stated_effort(-1),
        lambda: e.tracked_effort(pd.DataFrame({"tier": ["L1"]})),
        lambda: e.throughput_effort(
            pd.DataFrame({"tier": ["L1"] * 9, "agent_hours": [4.0] * 9, "closed_visits": [8] * 9}), 0.0
        ),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(InputError):
        call()


def test_too_few_visits_are_not_a_mean():
    with pytest.raises(NotEnoughData, match="30 visits"):
        e.effort_of_samples(np.ones(29))
