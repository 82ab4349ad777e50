"""Weights, spreads and intervals by hand, by law and by simulation."""

import numpy as np
import pytest
from scipy import stats

from analytics.forecasting import combine

ONES = np.ones(3)
VOTES = np.ones(3)


def anchored(powers, anchor):
    """All but the anchor by powers, the anchor to the first model."""
    return (1 - anchor) * powers / powers.sum() + anchor * np.array([1.0, 0, 0])


def test_weights_by_hand():
    """Totals 100; WAPE .30/.20/.15 shrunk by one more origin at the mean's .30: .30, .25, .225; powers of −6."""
    errors = np.array([[30.0], [20.0], [15.0]])
    found = combine.weights_of(errors, np.array([100.0]), ONES, VOTES, 0.275)
    powers = np.array([0.30, 0.25, 0.225]) ** -6.0
    assert found == pytest.approx(anchored(powers, 0.275))


def test_without_a_backtest_the_usual_ratios_decide():
    found = combine.weights_of(np.empty((3, 0)), np.empty(0), np.array([1.0, 0.5, 2.0]), VOTES, 0.45)
    powers = np.array([1.0, 0.5, 2.0]) ** -6.0
    assert found == pytest.approx(anchored(powers, 0.45))


def test_a_model_that_did_not_run_is_judged_by_what_is_usual_and_has_no_weight_now():
    errors = np.array([[30.0, 30], [np.nan, 20], [15, 15]])
    totals = np.array([100.0, 100])
    found = combine.weights_of(errors, totals, ONES, np.array([1.0, 0, 1]), 0.2)
    assert found[1] == 0
    assert found.sum() == pytest.approx(1)
    given = combine.weights_of(np.array([[30.0, 30], [30, 20], [15, 15]]), totals, ONES, VOTES, 0.2)
    assert combine.weights_of(errors, totals, ONES, VOTES, 0.2) == pytest.approx(given)


def test_prophets_share_a_vote_and_the_naive_only_looks_on():
    found = combine.votes_of(["mean_8_weeks", "prophet", "prophet_log", "seasonal_naive", "ets"])
    assert found.tolist() == [1.0, 0.5, 0.5, 0.0, 1.0]


def test_fallback_to_the_mean_needs_three_origins_and_no_better_model():
    worse = np.array([[10.0, 10, 10], [11, 12, 11], [12, 12, 13]])
    totals = np.array([100.0, 100, 100])
    assert combine.weights_of(worse, totals, ONES, VOTES, 0.2).tolist() == [1, 0, 0]
    assert combine.weights_of(worse[:, :2], totals[:2], ONES, VOTES, 0.2)[0] < 1
    better = worse.copy()
    better[2] = 9
    assert combine.weights_of(better, totals, ONES, VOTES, 0.2)[0] < 1


def test_errors_that_are_all_zero_or_totals_that_are_zero_still_give_weights():
    for errors, totals in ((np.zeros((3, 2)), np.array([5.0, 5])), (np.zeros((3, 2)), np.zeros(2))):
        found = combine.weights_of(errors, totals, ONES, VOTES, 0.2)
        assert found.sum() == pytest.approx(1)
        assert (found >= 0).all()


def test_the_part_of_the_mean_falls_with_what_was_tried_and_with_two_years():
    assert combine.anchor_of(60, 0) == pytest.approx(0.55)
    assert combine.anchor_of(300, 6) == pytest.approx(0.25)
    assert combine.anchor_of(900, 6) == pytest.approx(0.20)


def test_combined_is_the_geometric_mean_of_the_middle():
    """Weights .2 .2 .2 .2 .2 on 9.5 19.5 39.5 79.5 1e6: of the middle two fifths, half of the second, all of the third and
    half of the fourth are kept: with the half ticket, (20^.25 · 40^.5 · 80^.25) = 40."""
    paths = np.array([[9.5], [19.5], [39.5], [79.5], [1e6]])
    assert combine.combined(np.full(5, 0.2), paths) == pytest.approx([39.5])
    paths[4] = 80  # the far one may be far or near
    assert combine.combined(np.full(5, 0.2), paths) == pytest.approx([39.5])
    assert combine.combined(np.full(5, 0.2), paths[[4, 2, 0, 3, 1]]) == pytest.approx([39.5])


def test_one_model_that_runs_away_moves_nothing_and_a_majority_does():
    mean, wild = np.full((1, 3), 100.0), np.full((1, 3), 500.0)
    few = combine.combined(np.array([0.35, 0.4, 0.25]), np.vstack([mean, mean * 1.01, wild]))
    assert few == pytest.approx(np.full(3, 100.6), abs=0.4)
    most = combine.combined(np.array([0.25, 0.4, 0.35]), np.vstack([mean, wild, wild * 1.01]))
    assert (most > 450).all()


def test_combined_of_one_model_and_of_zeros_is_exact():
    paths = np.array([[0.0, 7.3], [0.0, 9.0], [np.nan, np.nan]])
    assert combine.combined(np.array([1.0, 0, 0]), paths).tolist() == [0.0, 7.3]
    assert combine.combined(np.array([0.5, 0.5, 0]), paths)[0] == 0


def test_usual_ratios_by_length_of_history():
    assert combine.usual_ratio(["prophet", "nobody"], 50).tolist() == [1.25, 1.0]
    assert combine.usual_ratio(["last_year"], 1000).tolist() == [0.87]


def test_growth_is_one_in_the_middle_and_stops():
    found = combine.growth(np.arange(400), 28)
    assert found[[13, 14]].mean() == pytest.approx(1)
    assert found[27] / found[0] == pytest.approx(1.15 / 0.85, rel=0.01)
    assert found.max() == combine.LARGEST_GROWTH


def made_errors(origins=40, mean=60.0, dispersion=0.05, seed=1):
    rng = np.random.default_rng(seed)
    forecasts = np.tile(mean * np.array([1.2, 1.1, 1.0, 1.0, 0.9, 0.4, 0.3]), (origins, 4))
    size = 1 / dispersion
    return forecasts, rng.negative_binomial(size, size / (size + forecasts)).astype(float)


def test_dispersion_of_the_errors_is_recovered():
    forecasts, actual = made_errors()
    found = combine.spread_of(forecasts, actual, np.ones(forecasts.shape, dtype=bool), 400, 0.05, 28)
    assert found.dispersion == pytest.approx(0.05, rel=0.2)
    assert found.errors.std() == pytest.approx(1.0, abs=0.1)


def test_intervals_cover_what_they_say_on_days_they_have_not_seen():
    forecasts, actual = made_errors(seed=1)
    usable = np.ones(forecasts.shape, dtype=bool)
    spread = combine.spread_of(forecasts[:8], actual[:8], usable[:8], 400, 0.05, 28)
    quantiles = combine.quantiles_of(forecasts[0], spread, 28)
    levels = combine.QUANTILE_LEVELS
    low, high = quantiles[np.isclose(levels, 0.1)][0], quantiles[np.isclose(levels, 0.9)][0]
    covered = ((actual[8:] >= low) & (actual[8:] <= high)).mean()
    assert 0.77 <= covered <= 0.87


@pytest.mark.parametrize("mean", [0.05, 1.0, 50.0, 1e6])
def test_quantiles_never_cross_and_are_never_negative(mean):
    spread = combine.Spread(0.1, stats.norm.rvs(size=100, random_state=3))
    found = combine.quantiles_of(np.array([mean, 0.0, mean]), spread, 28)
    assert (np.diff(found, axis=0) >= 0).all()
    assert found.min() >= 0
    assert (found[:, 1] == 0).all()


def test_no_errors_seen_means_wider_with_less_history():
    def width(days):
        spread = combine.spread_of(np.empty((0, 28)), np.empty((0, 28)), np.empty((0, 28), dtype=bool), days, 0.0, 28)
        found = combine.quantiles_of(np.full(28, 50.0), spread, 28)
        return found[-1, 0] - found[0, 0]

    assert width(1) > width(7) > width(100) > 0


def test_an_uncertain_event_widens_its_days_only():
    spread = combine.Spread(0.05, np.empty(0))
    plain = combine.quantiles_of(np.full(4, 50.0), spread, 28)
    wide = combine.quantiles_of(np.full(4, 50.0), spread, 28, np.array([0.0, 400, 0, 0]))
    assert wide[-1, 1] > plain[-1, 1] + 10
    assert wide[:, [0, 2, 3]] == pytest.approx(plain[:, [0, 2, 3]])


def test_correlations_are_recovered():
    rng = np.random.default_rng(5)
    forecasts = np.full((60, 28), 100.0)
    common = rng.standard_normal((60, 1))
    own = np.zeros((60, 28))
    for day in range(28):
        fresh = rng.standard_normal(60)
        own[:, day] = fresh if day == 0 else 0.5 * own[:, day - 1] + np.sqrt(0.75) * fresh
    errors = np.sqrt(0.4) * common + np.sqrt(0.6) * own
    actual = forecasts + errors * combine.scale(forecasts, 0.02)
    found = combine.correlations_of(forecasts, actual, np.ones((60, 28), dtype=bool), 0.02)
    assert found == pytest.approx((0.4, 0.5), abs=0.12)
    nothing = np.empty((0, 28))
    assert combine.correlations_of(nothing, nothing, nothing.astype(bool), 0.1) == (0.12, 0.17)
