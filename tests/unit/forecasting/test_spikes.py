"""Alarms against closed forms and simulation; the explanation against planted cells."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.errors import InputError
from analytics.forecasting import spikes


def series(values, start="2024-01-01"):
    return pd.Series(np.asarray(values, dtype=float), index=pd.date_range(start, periods=len(values)))


@pytest.mark.parametrize("dispersion", [0.0, 0.1])
def test_tail_probability_is_a_sum_of_probabilities(dispersion):
    counts = np.arange(0, 400)
    size = 1 / max(dispersion, 1e-12)
    mass = stats.nbinom.pmf(counts, size, size / (size + 12.0)) if dispersion else stats.poisson.pmf(counts, 12.0)
    found = spikes.tail_probability(np.array([20.0]), np.array([12.0]), dispersion)[0]
    assert found == pytest.approx(mass[20:].sum(), rel=1e-6)


def test_tail_probability_on_closed_days_and_gaps():
    found = spikes.tail_probability(np.array([0.0, 3.0, np.nan]), np.array([0.0, 0.0, 5.0]), 0.1)
    assert found[:2].tolist() == [1.0, 0.0]
    assert np.isnan(found[2])


def test_surprises_are_standard_normal_even_at_low_volume():
    means = np.full(20000, 0.7)
    counts = np.random.default_rng(1).poisson(means).astype(float)
    scores = spikes.surprise(counts, means, 0.0)
    assert stats.kstest(scores, "norm").pvalue > 0.01


def test_cusum_by_hand():
    """1, 2, −3, 1 with drift ½: ½, 2, 0 (−1.5), ½; a gap changes nothing."""
    assert spikes.cusum(np.array([1.0, 2.0, np.nan, -3.0, 1.0])).tolist() == [0.5, 2.0, 2.0, 0.0, 0.5]


def test_average_run_length_is_that_of_simulation():
    """Published for drift ½ and limit 4: about 336 days two-sided is 168, one-sided 336 (Siegmund gives 338)."""
    assert spikes.average_run_length(4.0) == pytest.approx(336, rel=0.02)
    assert spikes.cusum_limit(spikes.average_run_length(4.0)) == pytest.approx(4.0)
    rng, lengths = np.random.default_rng(3), []
    for _ in range(150):
        heights = spikes.cusum(rng.standard_normal(4000))
        lengths.append(int(np.argmax(heights > 4.0)) + 1)
    assert np.mean(lengths) == pytest.approx(336, rel=0.2)


def test_the_budget_holds_on_pure_chance():
    """30 series of 3 years watched together with 6 false alerts a year: about 18 in all, clustered days counted once."""
    rng, alerts = np.random.default_rng(5), 0
    for seed in range(30):
        means = np.full(1096, 20.0)
        counts = rng.negative_binomial(10, 10 / 30, 1096)
        found = spikes.find_alerts(series(counts), series(means), 0.1, series_watched=30, seed=seed)
        alerts += len(found)
    assert 5 <= alerts <= 32


def test_a_spike_and_a_slow_rise_are_found_and_told_apart():
    rng = np.random.default_rng(11)
    means = np.full(200, 30.0)
    counts = rng.poisson(means)
    counts[60] = 75
    counts[150:180] = rng.poisson(30 * 1.35, 30)
    alerts = spikes.find_alerts(series(counts), series(means), 0.01)
    days = pd.date_range("2024-01-01", periods=200)
    assert [alert.kind for alert in alerts if alert.day == days[60].date()].count("spike") == 1
    rises = [alert for alert in alerts if alert.kind == "rise" and alert.day >= days[150].date()]
    assert rises
    assert abs((pd.Timestamp(rises[0].since) - days[150]).days) <= 7
    assert rises[0].excess > 100


def test_no_days_no_alerts_and_different_days_are_refused():
    assert spikes.find_alerts(series([]), series([]), 0.1) == ()
    with pytest.raises(InputError):
        spikes.find_alerts(series([1, 2]), series([1, 2], "2024-02-01"), 0.1)
    with pytest.raises(InputError):
        spikes.tail_probability(np.array([1.0]), np.array([-1.0]), 0.1)
    with pytest.raises(InputError):
        spikes.cusum_limit(0.5)


def cells(rng, rate):
    rows = [(p, c, h) for p in ("Atlas", "Beam") for c in ("login", "billing", "crash") for h in ("mail", "chat")]
    frame = pd.DataFrame(rows, columns=["product", "category", "channel"])
    return frame.assign(count=rng.poisson(rate, len(frame)))


def test_the_explanation_names_the_planted_cell():
    rng = np.random.default_rng(2)
    usual, spike = cells(rng, 280), cells(rng, 10)
    planted = (spike["product"] == "Beam") & (spike["category"] == "crash")
    spike.loc[planted, "count"] += [40, 35]
    first = spikes.explain(spike, usual, usual_days=28, spike_days=1)[0]
    assert dict(first.cell) == {"product": "Beam", "category": "crash"}
    assert first.count - first.expected == pytest.approx(first.excess)
    assert first.excess == pytest.approx(75, abs=12)
    assert first.share_of_excess == pytest.approx(1.0, abs=0.3)


def test_a_finer_cell_is_named_where_it_holds_nearly_all():
    usual, spike = cells(np.random.default_rng(2), 280), cells(np.random.default_rng(4), 10)
    planted = (spike["product"] == "Atlas") & (spike["category"] == "login") & (spike["channel"] == "chat")
    spike.loc[planted, "count"] += 90
    first = spikes.explain(spike, usual, usual_days=28, spike_days=1)[0]
    assert dict(first.cell) == {"product": "Atlas", "category": "login", "channel": "chat"}


def test_nothing_unusual_explains_nothing():
    usual = cells(np.random.default_rng(2), 280)
    calm = usual.assign(count=10)
    assert spikes.explain(calm, usual.assign(count=280), usual_days=28, spike_days=1) == ()
    with pytest.raises(InputError):
        spikes.explain(calm.drop(columns="channel"), usual, usual_days=28, spike_days=1)
