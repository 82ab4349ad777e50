"""Shrunk shares, differences and changes against closed forms, published values, laws and simulation."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.warehouse.shrinkage import difference, prior_weight, relative_change, shrunk


def test_newcombes_published_difference():
    """Newcombe (1998), table II, method 10: 56/70 against 48/80 differ by 0.2, from 0.0524 to 0.3339."""
    assert difference(56, 70, 48, 80) == (
        pytest.approx(0.2),
        pytest.approx(0.0524, abs=5e-5),
        pytest.approx(0.3339, abs=5e-5),
    )


def test_a_difference_turns_round():
    told, back = difference(9, 10, 3, 10), difference(3, 10, 9, 10)
    assert told == pytest.approx([-back[0], -back[2], -back[1]])
    assert np.isnan(difference(1, 2, 0, 0)).all()


def test_welchs_change_by_hand():
    """Means 11 and 9, both variances 20/3 of four values: six degrees of freedom, whose 97.5 % quantile is tabled as 2.447."""
    told = relative_change([8, 10, 12, 14], [6, 8, 10, 12])
    half = 2.447 * np.sqrt(20 / 3 / 4 * 2) / 9
    assert told == (pytest.approx(2 / 9), pytest.approx(2 / 9 - half, abs=1e-4), pytest.approx(2 / 9 + half, abs=1e-4))
    assert np.isnan(relative_change([1, 2], [1, 2, 3])).all()


def test_groups_alike_are_drawn_to_the_mean_and_large_ones_stay():
    alike = shrunk([10, 20, 30], [100, 200, 300])
    assert alike.share == pytest.approx([0.1] * 3, abs=1e-6)
    apart = shrunk([10, 100_000, 900_000], [100, 1_000_000, 1_000_000])
    assert apart.share[1:] == pytest.approx([0.1, 0.9], abs=1e-4)


def test_a_shrunk_share_lies_between_its_own_and_the_mean_and_small_ones_move_more():
    k, n = np.array([2, 200, 30, 45, 0]), np.array([3, 300, 100, 100, 4])
    told = shrunk(k, n)
    raw = k / n
    assert ((told.share - raw) * (told.share - told.mean) <= 0).all()
    assert abs(told.share[0] - raw[0]) > abs(told.share[1] - raw[1])
    assert (told.low < told.share).all()
    assert (told.share < told.high).all()


def test_too_few_groups_are_not_shrunk_and_nothing_is_no_zero():
    few = shrunk([1, 2], [10, 10])
    assert np.isnan(few.share).all()
    assert few.mean == pytest.approx(0.15)
    gap = shrunk([1, 2, 3, 0], [10, 10, 10, 0])
    assert np.isnan([gap.share[3], gap.low[3], gap.high[3]]).all()
    assert np.isnan(shrunk([], []).mean)
    assert shrunk([0, 0, 0], [5, 6, 7]).share == pytest.approx([0, 0, 0])


def test_the_weight_of_a_known_beta_is_found_again():
    """Groups drawn from Beta(6, 14), so that the mean is 0.3 and counts for 20 trials."""
    rng = np.random.default_rng(5)
    n = rng.integers(10, 200, 4000)
    k = rng.binomial(n, rng.beta(6, 14, 4000)).astype(float)
    assert prior_weight(k, n.astype(float)) == pytest.approx(20, rel=0.08)


def test_the_interval_holds_the_true_share_as_often_as_it_says():
    rng = np.random.default_rng(6)
    n = rng.integers(5, 80, 3000)
    true = rng.beta(6, 14, 3000)
    told = shrunk(rng.binomial(n, true), n)
    assert np.mean((told.low <= true) & (true <= told.high)) == pytest.approx(0.95, abs=0.015)
    raw = np.abs(rng.binomial(n, true) / n - true).mean()
    assert np.abs(told.share - true).mean() < raw
