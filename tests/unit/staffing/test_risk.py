"""Quantiles, newsvendor, negative binomials and rules, each against a closed form or a search."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from analytics.errors import InputError, NotEnoughData
from analytics.staffing import erlang, risk as r


@pytest.mark.parametrize(("ratio", "expected"), [(0.75, 110.117), (0.9, 119.223)])
def test_newsvendor_published(ratio, expected):
    assert r.newsvendor(100, 15, ratio) == pytest.approx(expected, abs=5e-4)
    assert r.capacity_quantile(stats.norm(100, 15), ratio) == pytest.approx(expected, abs=5e-4)


def test_newsvendor_costs_least():
    """Against every capacity on a grid: staff 30 per hour, an hour short 120."""
    load = np.random.default_rng(3).gamma(20, 5, 20_000)
    best = r.least_cost_capacity(load, 30, 120)
    grid = np.linspace(60, 160, 401)
    cost = [30 * c + 120 * np.maximum(load - c, 0).mean() for c in grid]
    assert best == pytest.approx(grid[int(np.argmin(cost))], abs=0.75)
    assert r.critical_ratio(30, 120) == 0.75


def test_sample_quantile_is_a_sample_that_covers_enough():
    load = np.arange(1.0, 11.0)
    assert r.capacity_quantile(load, 0.9) == 9.0
    assert r.capacity_quantile(load, 0.91) == 10.0
    assert (load <= r.capacity_quantile(load, 0.55)).mean() >= 0.55


@pytest.mark.parametrize(("mean", "size"), [(3.0, 0.7), (50.0, 8.0), (400.0, 30.0)])
def test_negative_binomial_is_scipys(mean, size):
    ours, theirs = r.NegativeBinomial(mean, size), stats.nbinom(size, size / (size + mean))
    counts, p = np.array([-1, 0, 1, 5, 60, 500]), np.array([0.001, 0.1, 0.5, 0.9, 0.999])
    assert ours.cdf(counts) == pytest.approx(theirs.cdf(counts), abs=1e-10)
    assert ours.ppf(p).tolist() == theirs.ppf(p).tolist()
    assert ours.sd == pytest.approx(theirs.std())
    assert r.capacity_quantile(ours, 0.9) == theirs.ppf(0.9)


def test_without_extra_spread_it_is_poisson():
    assert r.NegativeBinomial(5.0, math.inf).ppf(0.9) == stats.poisson(5).ppf(0.9)
    assert math.isinf(r.negative_binomial_of_interval(100, 99, 101, 0.8).size)


def test_interval_gives_back_its_spread():
    z = stats.norm.ppf(0.9)
    found = r.negative_binomial_of_interval(100, 100 - 25 * z, 100 + 25 * z, 0.8)
    assert found.sd == pytest.approx(25)
    assert found.ppf([0.1, 0.9]) == pytest.approx([100 - 25 * z, 100 + 25 * z], abs=4)


def test_errors_give_back_their_dispersion():
    random = np.random.default_rng(5)
    forecast = np.full(4000, 80.0)
    actual = random.poisson(80 * random.gamma(10, 0.1, 4000))
    assert r.negative_binomial_of_errors(actual, forecast, 120).size == pytest.approx(10, rel=0.1)
    assert math.isinf(r.negative_binomial_of_errors(forecast, forecast, 120).size)


@pytest.mark.parametrize("beta", [0.1, 0.5, 1.0, 2.0])
def test_square_root_staffing_inverts_halfin_whitt(beta):
    assert r.square_root_agents(400, erlang.halfin_whitt(beta)) == pytest.approx(400 + beta * 20, abs=1e-6)


@pytest.mark.parametrize(("cv", "load", "name"), [(0.01, 100, "noise"), (0.15, 100, "both"), (0.3, 100, "forecast")])
def test_regime(cv, load, name):
    found = r.regime(cv, load)
    assert found.name == name
    assert found.noise_cv == pytest.approx(0.1)
    assert "10 %" in found.sentence


def test_smallest_enough_is_a_search():
    assert r.smallest_enough(lambda c: c / 10, 0.65, 0, 100) == 7
    assert r.smallest_enough(lambda c: 0.0, 0.65, 3, 9) == 9
    assert r.smallest_enough(lambda c: 1.0, 0.65, 3, 9) == 3


def test_paths_have_the_mean_the_interval_and_the_persistence():
    mean, low, high = np.full(40, 50.0), np.full(40, 35.0), np.full(40, 67.0)
    paths = r.arrival_paths(mean, low, high, level=0.8, paths=4000, persistence=0.6, seed=2)
    assert paths.shape == (4000, 40)
    assert paths.mean() == pytest.approx(50, rel=0.01)
    assert np.quantile(paths, [0.1, 0.9]) == pytest.approx([35, 67], abs=2)
    assert np.corrcoef(paths[:, 3], paths[:, 30])[0, 1] == pytest.approx(0.6, abs=0.04)
    assert (paths == r.arrival_paths(mean, low, high, level=0.8, paths=4000, persistence=0.6, seed=2)).all()
    assert (paths >= 0).all()


def test_a_low_forecast_never_goes_negative():
    paths = r.arrival_paths([0.5, 0.0], [0, 0], [2, 0], paths=500)
    assert paths.min() == 0.0
    assert (paths[:, 1] == 0).all()


@pytest.mark.parametrize(
    "call",
    [
        lambda: r.newsvendor(100, -1, 0.5),
        lambda: r.newsvendor(100, 15, 1.0),
        lambda: r.newsvendor(100, 15, 0.0),
        lambda: r.newsvendor(math.nan, 15, 0.5),
        lambda: r.capacity_quantile([], 0.5),
        lambda: r.capacity_quantile([1, np.nan], 0.5),
        lambda: r.capacity_quantile([1, 2], 1.5),
        lambda: r.critical_ratio(30, 30),
        lambda: r.NegativeBinomial(5, 0),
        lambda: r.NegativeBinomial(-5, 1),
        lambda: r.negative_binomial_of_interval(5, 9, 1, 0.8),
        lambda: r.regime(0.1, 0),
        lambda: r.square_root_agents(10, 0),
        lambda: r.arrival_paths([1, 2], [1], [2, 3]),
    ],
)
def test_impossible_input_is_refused_with_a_sentence(call):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.title.endswith(".")


def test_a_short_backtest_is_not_enough():
    with pytest.raises(NotEnoughData):
        r.negative_binomial_of_errors([1, 2], [1, 2], 3)
