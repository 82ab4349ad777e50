"""Scores against published values, closed forms and simulation."""

import numpy as np
import pytest
from scipy import stats

from analytics.errors import InputError
from analytics.forecasting import scores

ACTUAL, FORECAST = np.array([100.0, 110, 120]), np.array([90.0, 115, 130])


def test_known_scores():
    """|10|+|−5|+|−10| = 25 of 330; history steps 20,10,20,15,10 have mean 15, errors mean 25/3."""
    assert scores.wape(ACTUAL, FORECAST) == pytest.approx(0.0757575757)
    assert scores.mase(ACTUAL, FORECAST, np.array([80.0, 100, 90, 110, 95, 105])) == pytest.approx(0.5555555556)
    assert scores.bias(ACTUAL, FORECAST) == pytest.approx(5 / 330)


def test_mase_uses_lag_7_over_14_days():
    assert [scores.naive_lag(n) for n in (6, 14, 15, 730)] == [1, 1, 7, 7]
    weekly = np.tile([10.0, 20, 30, 40, 50, 60, 70], 3) + np.repeat([0.0, 2, 4], 7)
    assert scores.naive_scale(weekly) == pytest.approx(2.0)
    assert scores.naive_scale(weekly[:14]) == pytest.approx(np.abs(np.diff(weekly[:14])).mean())


def test_gaps_are_not_scored():
    actual, forecast = np.array([100.0, np.nan, 110, 120]), np.array([90.0, 5, 115, 130])
    assert scores.wape(actual, forecast) == pytest.approx(25 / 330)
    assert scores.coverage(actual, forecast - 6, forecast + 6) == pytest.approx(1 / 3)


def test_nothing_came_is_no_score_rather_than_a_perfect_one():
    zero = np.zeros(5)
    assert scores.wape(zero, zero) is None
    assert scores.bias(zero, zero) is None
    assert scores.mase(zero, zero, zero) is None
    assert scores.noise_floor_wape(zero) is None
    assert scores.coverage(np.array([np.nan]), zero[:1], zero[:1]) is None


def test_lengths_must_agree():
    with pytest.raises(InputError):
        scores.wape(ACTUAL, FORECAST[:2])


@pytest.mark.parametrize(("mean", "floor"), [(5, 0.3509), (20, 0.1777), (50, 0.1127), (100, 0.0797), (200, 0.0564)])
def test_poisson_floor(mean, floor):
    assert scores.noise_floor_wape(np.full(28, float(mean))) == pytest.approx(floor, abs=5e-5)


@pytest.mark.parametrize("mean", [0.3, 1.0, 4.7, 60.0, 2500.0])
@pytest.mark.parametrize("dispersion", [1e-6, 0.02, 0.5, 2.0])
def test_negative_binomial_deviation_is_the_sum_over_its_probabilities(mean, dispersion):
    size = 1 / dispersion
    counts = np.arange(0, int(mean + 60 * np.sqrt(mean + dispersion * mean**2)) + 60)
    by_sum = np.sum(np.abs(counts - mean) * stats.nbinom.pmf(counts, size, size / (size + mean)))
    assert scores.mean_absolute_deviation(np.array([mean]), dispersion)[0] == pytest.approx(by_sum, rel=1e-6)


def test_poisson_is_the_limit_of_the_negative_binomial():
    mean = np.array([0.5, 7.0, 1e4])
    limit = scores.mean_absolute_deviation(mean, 1e-8)
    assert limit == pytest.approx(scores.mean_absolute_deviation(mean), rel=1e-3)


@pytest.mark.parametrize("dispersion", [0.0, 0.05, 0.4])
@pytest.mark.parametrize("mean", [3.0, 40.0])
def test_dispersion_is_recovered_through_trend_and_week(mean, dispersion):
    rng = np.random.default_rng(7)
    days = np.arange(2800)
    path = mean * (1 + days / 2800) * np.tile([1.2, 1.1, 1.0, 1.0, 0.9, 0.4, 0.3], 400)
    counts = rng.poisson(path)
    if dispersion:
        counts = rng.negative_binomial(1 / dispersion, 1 / (1 + dispersion * path))
    found = scores.dispersion_of(counts.astype(float), np.ones(2800, dtype=bool))
    assert found == pytest.approx(dispersion, abs=0.02 + 0.15 * dispersion)


def test_dispersion_ignores_bursts():
    rng = np.random.default_rng(3)
    counts = rng.negative_binomial(20, 1 / (1 + 0.05 * 50), 700).astype(float)
    counts[::50] *= 6
    found = scores.dispersion_of(counts, np.ones(700, dtype=bool))
    assert found == pytest.approx(0.05, abs=0.1)  # 0.55 with the bursts left in


def test_underdispersion_of_constant_and_of_poisson():
    everything = np.ones(400, dtype=bool)
    assert scores.underdispersion_of(np.full(400, 12.0), everything) == 0.0
    assert scores.underdispersion_of(np.random.default_rng(1).poisson(12, 400).astype(float), everything) == 1.0


def test_dispersion_without_enough_days_is_poisson():
    assert scores.dispersion_of(np.arange(20.0), np.ones(20, dtype=bool)) == 0.0
    assert scores.dispersion_of(np.arange(40.0), np.zeros(40, dtype=bool)) == 0.0
    assert scores.dispersion_of(np.zeros(40), np.ones(40, dtype=bool)) == 0.0


def test_negative_means_are_refused():
    with pytest.raises(InputError):
        scores.mean_absolute_deviation(np.array([-1.0]))
