"""Holidays that the series itself shows, and none that it does not."""

import numpy as np
import pandas as pd
import pytest

from analytics.errors import InputError
from analytics.forecasting import public_holidays as ph
from analytics.forecasting.series import prepare


def counts(days=1000, factor=1.0, country="DE", seed=1, level=120.0):
    index = pd.date_range("2021-02-01", periods=days)
    rng = np.random.default_rng(seed)
    named = ph.named_days(country, (2021, 2024))
    mean = level * np.where([day in named for day in index.date], factor, 1.0)
    mean = mean * np.where(index.day_of_week < 5, 1.0, 0.5)
    return pd.Series(rng.negative_binomial(30, 30 / (30 + mean)).astype(float), index=index)


def test_the_calendar_is_found_and_its_effect_learnt():
    series = prepare(counts(factor=0.3))
    found = ph.holiday_effects(series, 28)
    assert found.country == "DE"
    christmas = list(series.days.date).index(pd.Timestamp("2022-12-26").date())
    assert found.past[christmas] == pytest.approx(0.3, abs=0.08)
    ordinary = list(series.days.date).index(pd.Timestamp("2022-03-15").date())
    assert found.past[ordinary] == 1.0


@pytest.mark.parametrize("seed", range(8))
def test_no_calendar_for_a_series_that_keeps_none(seed):
    found = ph.holiday_effects(prepare(counts(factor=1.0, seed=seed)), 28)
    assert found.country is None
    assert (found.past == 1).all()
    assert (found.future == 1).all()


def test_future_holidays_carry_the_factor_and_a_note():
    series = prepare(counts(days=1050, factor=0.3))
    found = ph.holiday_effects(series, 28)
    ahead = dict(zip(series.future_days(28).date, found.future, strict=True))
    assert ahead[pd.Timestamp("2023-12-26").date()] == pytest.approx(0.3, abs=0.1)
    assert any("2023-12-26" in note for note in found.notes)


def test_the_first_december_is_not_one_long_holiday():
    """A series that has seen a spring and a summer of holidays: Christmas Day has their whole effect, New Year's Eve half of
    it (as a logarithm), the 28th a fifth. Of a December that it has seen it says what it saw."""
    whole = counts(days=1100, factor=0.3)
    first = prepare(whole["2022-03-01":"2022-12-10"])
    found = ph.holiday_effects(first, 28, "DE")
    ahead = dict(zip([f"{day:%m-%d}" for day in first.future_days(28)], np.log(found.future), strict=True))
    assert np.exp(ahead["12-25"]) < 0.45
    assert ahead["12-24"] == pytest.approx(ahead["12-25"])
    assert ahead["12-31"] == pytest.approx(0.5 * ahead["12-25"])
    assert ahead["12-28"] == pytest.approx(0.2 * ahead["12-25"])
    second = prepare(whole[:"2023-12-10"])
    again = dict(
        zip(second.future_days(28).strftime("%m-%d"), ph.holiday_effects(second, 28, "DE").future, strict=True)
    )
    assert again["12-28"] < 0.45


def test_a_given_country_is_used_without_proof_and_shrunk_without_evidence():
    found = ph.holiday_effects(prepare(counts(factor=1.0)), 28, "FR")
    assert found.country == "FR"
    assert found.past.min() > 0.85


def test_short_series_never_guess():
    assert ph.holiday_effects(prepare(counts(days=100, factor=0.2)), 28).country is None


def test_shrinkage_by_hand():
    """One name seen once far from the common mean is pulled towards it; seen often it is believed."""
    seen = {"a": [-1.0], "b": [-0.1], "c": [-0.1], "d": [-0.12], "e": [-0.1]}
    often = {**seen, "a": [-1.0] * 6}
    once = ph._shrunk(seen, 0.05).by_name["a"]
    assert -1.0 < once < -0.1
    assert ph._shrunk(often, 0.05).by_name["a"] < once


def test_unknown_country():
    with pytest.raises(InputError, match="no holiday calendar 'XX'"):
        ph.holiday_effects(prepare(counts()), 28, "XX")
