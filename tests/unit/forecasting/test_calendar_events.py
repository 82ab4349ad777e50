"""Events: shapes by hand, uplifts recovered from planted ones, shrinkage laws, spikes found."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.errors import InputError
from analytics.forecasting import calendar_events as events
from analytics.forecasting.series import prepare

START = pd.Timestamp("2023-01-02")


def counts(days=400, rate=80.0, seed=1):
    index = pd.date_range(START, periods=days)
    return pd.Series(np.random.default_rng(seed).poisson(rate, days).astype(float), index=index)


def planted(positions, uplifts, seed=1, days=400, half_life=2.0):
    """Launches of three full days at the positions; the series and the events."""
    made = [
        events.CalendarEvent("launch", (START + pd.Timedelta(days=at)).date(), 3, half_life, label=f"launch {at}")
        for at in positions
    ]
    series = counts(days, seed=seed)
    for event, uplift in zip(made, uplifts, strict=True):
        series = (series * (1 + uplift * events.event_shape(event, pd.DatetimeIndex(series.index)))).round()
    return prepare(series), made


def test_shape_by_hand():
    """Two full days, then halving daily: 0, 1, 1, ½, ¼ …, and over below 2 %."""
    event = events.CalendarEvent("launch", date(2023, 1, 3), 2, 1.0)
    shape = events.event_shape(event, pd.date_range(START, periods=12))
    assert shape[:6].tolist() == [0, 1, 1, 0.5, 0.25, 0.125]
    assert shape[-1] == 0
    assert events.last_day(event) == date(2023, 1, 9)
    assert shape[7] > 0 == shape[8]


def test_uplift_is_recovered_from_a_planted_launch():
    series, made = planted([200], [0.8])
    found = events.measure_events(series, made)[0]
    assert found.observed_uplift == pytest.approx(0.8, abs=4 * found.standard_error)
    assert found.standard_error < 0.15
    extra = 0.8 * 80 * events.event_shape(made[0], series.days).sum()
    assert found.extra_count == pytest.approx(extra, rel=0.25)


def test_shrinkage_lies_between_the_event_and_its_kind():
    series, made = planted([100, 160, 220, 300], [0.3, 0.4, 0.5, 1.2])
    found = events.measure_events(series, made)
    effect = events.kind_effect("launch", found)
    assert effect.events == 4
    for one in found:
        low, high = sorted((one.observed_uplift, effect.mean_uplift))
        assert low - 1e-9 <= one.shrunk_uplift <= high + 1e-9
    assert 0 < effect.mean_uplift < np.mean([one.observed_uplift for one in found])


def test_shrinkage_of_one_large_outage_by_hand():
    """×5.7 ± 0.96: log 1.740 ± 0.168. Between events 0.0625 (two pseudo-events), so weight 11.0 against the prior's 4: the next
    one is expected at exp(1.277) = ×3.59; this one is trusted by 0.0625/(0.0625+0.0283) = 0.69, which gives ×4.94."""
    outage = events.CalendarEvent("outage", date(2023, 3, 1))
    measured = events.shrunk_together([events.MeasuredEvent(outage, 4.7, 0.96, 0.0, 100.0)])
    log, error, between = np.log(5.7), 0.96 / 5.7, 0.0625
    mean = log / (error**2 + between) / (1 / (error**2 + between) + 4)
    effect = events.kind_effect("outage", measured)
    assert effect.mean_uplift == pytest.approx(np.exp(mean) - 1)
    assert effect.mean_uplift == pytest.approx(2.59, abs=0.02)
    trust = between / (between + error**2)
    assert measured[0].shrunk_uplift == pytest.approx(np.exp(mean + trust * (log - mean)) - 1)
    assert measured[0].shrunk_uplift == pytest.approx(3.94, abs=0.03)
    assert measured[0].observed_uplift == 4.7


def test_what_stops_everything_has_an_effect_too():
    outage = events.CalendarEvent("outage", date(2023, 3, 1))
    one = events.shrunk_together([events.MeasuredEvent(outage, -1.0, 0.05, 0.0, -80.0)])[0]
    assert -1 < one.shrunk_uplift < -0.3


def test_one_launch_promises_less_than_many_like_it():
    def promised(positions):
        series, made = planted(positions, [0.8] * len(positions))
        return events.kind_effect("launch", events.measure_events(series, made))

    once, often = promised([200]), promised([60, 110, 160, 210, 260, 310])
    assert once.mean_uplift < often.mean_uplift <= 0.85
    assert once.sd_uplift > often.sd_uplift
    assert events.kind_effect("outage", ()).mean_uplift == 0.0


def test_planned_launch_lifts_the_days_ahead_and_the_past_is_taken_out():
    series, made = planted([100, 180, 260], [0.6, 0.7, 0.8])
    ahead = events.CalendarEvent("launch", (series.days[-1] + pd.Timedelta(days=8)).date(), 3, 2.0)
    found = events.event_factors(series, [*made, ahead], 28)
    assert (found.future[:7] == 1).all()
    assert 1.4 < found.future[7] < 1.8
    assert found.future[7] > found.future[10] > found.future[13]
    assert found.future_variance[7] > 0 == found.future_variance[0]
    quiet = series.without(found.past)
    assert quiet.values[100:103].mean() == pytest.approx(80, rel=0.15)
    assert any("3 past" in note for note in found.notes)


def test_given_uplift_is_used_as_it_is_and_unknown_kind_changes_nothing():
    series = prepare(counts())
    day = (series.days[-1] + pd.Timedelta(days=1)).date()
    given = events.event_factors(series, [events.CalendarEvent("campaign", day, 2, uplift=0.25)], 5)
    assert given.future.tolist() == [1.25, 1.25, 1, 1, 1]
    unknown = events.event_factors(series, [events.CalendarEvent("campaign", day, 2)], 5)
    assert unknown.future.tolist() == [1, 1, 1, 1, 1]
    assert "No past campaign" in unknown.notes[0]


def test_an_event_that_still_decays_reaches_into_the_horizon():
    series, made = planted([397], [1.0], half_life=4.0)
    found = events.event_factors(series, made, 10)
    assert found.future[0] > 1.2
    assert (np.diff(found.future) <= 0).all()


def test_spikes_are_found_with_length_and_decay():
    series, _ = planted([120, 250], [1.5, 2.0])
    found = events.find_past_spikes(series)
    starts = {spike.start: spike for spike in found}
    first = starts[(START + pd.Timedelta(days=250)).date()]
    assert first == found[0]
    assert 3 <= first.days <= 12
    assert first.peak_ratio == pytest.approx(3.0, rel=0.3)
    assert (START + pd.Timedelta(days=120)).date() in starts
    assert len(found) <= 4
    assert first.labelled("launch").kind == "launch"


def test_half_life_of_a_geometric_decay():
    assert events._half_life(100 * 0.5 ** (np.arange(40) / 3.0)) == pytest.approx(3.0, abs=0.05)
    assert events._half_life(np.array([100.0, 90, 95])) == 0.0


def test_quiet_series_have_hardly_a_spike():
    assert sum(len(events.find_past_spikes(prepare(counts(seed=seed)))) for seed in range(10)) <= 6


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "lunch"},
        {"days": 0},
        {"half_life_days": -1.0},
        {"uplift": -1.5},
        {"tier_mix": (("L1", 0.5),)},
    ],
)
def test_refusals(bad):
    with pytest.raises(InputError):
        events.CalendarEvent(**{"kind": "launch", "start": date(2023, 1, 3), **bad})
