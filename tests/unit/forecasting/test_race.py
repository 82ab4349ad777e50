"""The whole forecast: edge cases, closed days, events, honesty of the scores, progress, cancelling, many series."""

import json
import threading
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.errors import InputError, NotEnoughData
from analytics.forecasting import backtest, models
from analytics.forecasting.backtest import Cancelled, origins_of
from analytics.forecasting.calendar_events import CalendarEvent
from analytics.forecasting.race import _errors, _weights_at, forecast, quick_forecast
from analytics.forecasting.series import prepare
from tests.unit.forecasting.made import made_counts

CHEAP = (models.BASELINE, *models.MEANS, models.SMOOTHERS[0])


def daily(values, start="2024-01-01"):
    return pd.Series(np.asarray(values, dtype=float), index=pd.date_range(start, periods=len(values)))


def poisson(days, mean=40.0, seed=1):
    return daily(np.random.default_rng(seed).poisson(mean, days))


def sound(found, horizon):
    """Laws of every forecast."""
    points = found.points
    assert len(points) == found.horizon == horizon
    assert np.isfinite(points.drop(columns="at").to_numpy()).all()
    assert (points.drop(columns="at").to_numpy() >= 0).all()
    ordered = points[["low95", "low80", "high80", "high95"]].to_numpy()
    assert (np.diff(ordered, axis=1) >= -1e-9).all()
    assert points["at"].iloc[0] == found.data_end + pd.Timedelta(days=1)
    assert abs(sum(row.weight for row in found.backtest) - 1) < 1e-6
    json.loads(found.to_json())
    return found


EDGES = {
    "single day": daily([7]),
    "two days": daily([7, 9]),
    "one week": daily([5, 6, 7, 8, 9, 1, 0]),
    "two weeks": poisson(14),
    "fifteen days": poisson(15),
    "two months": poisson(61),
    "all zero": daily(np.zeros(100)),
    "constant": daily(np.full(100, 12.0)),
    "sparse": poisson(200, 0.1, seed=3),
    "huge": daily(np.random.default_rng(2).poisson(40, 100) * 1e13),
    "dead": daily([*np.random.default_rng(2).poisson(50, 100), *np.zeros(70)]),
    "one spike": daily([*np.zeros(20), 500, *np.zeros(60)]),
    "gap": poisson(200).drop(pd.date_range("2024-03-01", "2024-03-20")),
    "decimals": daily(np.random.default_rng(4).normal(9, 0.5, 120)),
    "future": poisson(100).shift(36500, freq="D"),
}


@pytest.mark.parametrize("name", EDGES)
@pytest.mark.parametrize("horizon", [1, 28])
def test_every_edge_gives_something_sensible(name, horizon):
    series = EDGES[name]
    sound(quick_forecast(series, horizon), horizon)
    found = sound(forecast(series, horizon, field=CHEAP), horizon)
    assert found.points["mean"].max() <= 2 * series.max() + 1


def test_short_histories_say_so_and_score_nothing():
    found = forecast(EDGES["two days"], 28, field=CHEAP)
    assert found.backtest[0].wape is None
    assert any("Too short for a backtest" in note for note in found.notes)
    assert found.points["mean"].iloc[0] == pytest.approx(8)


def test_two_weeks_are_scored_once_over_a_week():
    found = forecast(EDGES["two weeks"], 28, field=CHEAP)
    assert found.backtest[0].wape is not None
    assert any("1 origins of 7 days" in note for note in found.notes)


def test_all_zero_is_zero_and_has_no_score():
    found = forecast(EDGES["all zero"], 28)
    assert (found.points.drop(columns="at").to_numpy() == 0).all()
    assert found.backtest[0].wape is None
    assert found.noise_floor_wape is None
    assert "Nothing ever came: the forecast is zero." in found.notes
    assert found.sample_paths(10, 1).max() == 0


def test_constant_is_constant():
    found = forecast(EDGES["constant"], 28)
    assert found.points["mean"].to_numpy() == pytest.approx(np.full(28, 12.0))
    assert found.model == "mean_8_weeks"
    assert found.noise_floor_wape == 0


@pytest.mark.parametrize(
    ("days", "horizon", "expected"),
    [
        (1, 28, (0, ())),
        (13, 28, (0, ())),
        (14, 28, (7, (7,))),
        (40, 28, (14, (26,))),
        (56, 28, (28, (28,))),
        (112, 28, (28, (84, 56, 28))),
        (730, 28, (28, (702, 674, 646, 618, 590, 562))),
        (730, 90, (28, (702, 674, 646, 618, 590, 562))),
        (60, 3, (7, (53, 46, 39, 32))),
    ],
)
def test_origins(days, horizon, expected):
    assert origins_of(days, horizon) == expected


def test_the_eight_week_mean_is_just_that():
    series = made_counts("yearly", 1, 300)
    found = quick_forecast(series, 14).points
    last = series.iloc[-56:]
    by_hand = last.groupby(last.index.day_of_week).mean()
    assert found["mean"].tolist() == pytest.approx([by_hand[at.day_of_week] for at in found["at"]])


def test_closed_days_are_zero_in_means_intervals_and_paths():
    found = sound(forecast(made_counts("closed", 2, 200), 28, field=CHEAP), 28)
    weekend = (found.points["at"].dt.day_of_week >= 5).to_numpy()
    assert (found.points.loc[weekend].drop(columns="at").to_numpy() == 0).all()
    assert (found.points.loc[~weekend, "mean"] > 0).all()
    assert found.sample_paths(100, 1)[:, weekend].max() == 0


def test_whole_race_on_two_years_beats_the_mean_where_there_is_a_year_to_see():
    """All models on a made series with a strong year: less error than the 8-week mean, in the backtest and hidden."""
    series = made_counts("yearly", 4, 760)
    hidden = series.iloc[-28:].to_numpy()
    found = sound(forecast(series.iloc[:-28], 28), 28)
    scores = {row.model: row.wape for row in found.backtest}
    assert found.model == "combination"
    assert set(scores) >= {"mean_8_weeks", "prophet", "prophet_log", "ets", "arima", "theta", "mstl", "last_year"}
    assert scores["combination"] < scores["mean_8_weeks"]
    mean = quick_forecast(series.iloc[:-28], 28).points["mean"]
    assert np.abs(found.points["mean"] - hidden).sum() < np.abs(mean - hidden).sum()


def test_holidays_that_the_series_shows_are_forecast():
    index = pd.date_range("2021-01-04", "2023-12-10")
    holiday = np.isin(index.strftime("%m-%d"), ["12-25", "12-26", "01-01", "05-01", "10-03"])
    counts = pd.Series(np.random.default_rng(3).poisson(np.where(holiday, 15, 90)), index=index)
    found = forecast(counts, 28, field=CHEAP)
    ahead = found.points.set_index("at")["mean"]
    assert ahead["2023-12-25"] < 50 < ahead["2023-12-19"]
    assert found.factors.min() < 0.5
    plain = forecast(counts, 28, field=CHEAP, holidays_country="DE")
    assert plain.points.set_index("at").loc["2023-12-26", "mean"] < 50


def test_a_planned_launch_lifts_its_days():
    series = poisson(200, 60)
    launch = CalendarEvent("launch", (series.index[-1] + pd.Timedelta(days=10)).date(), 2, uplift=1.0)
    without = forecast(series, 28, field=CHEAP).points["mean"]
    found = forecast(series, 28, field=CHEAP, events=[launch])
    assert (found.points["mean"] / without)[[9, 10]].tolist() == pytest.approx([2, 2])
    assert (found.points["mean"] / without).drop([9, 10]).tolist() == pytest.approx([1] * 26)
    assert any("+100 %" in note for note in found.notes)


def test_scores_do_not_peek():
    """Changing the counts of the latest origin changes no weight, mean or interval of that origin."""
    series = made_counts("wandering", 1, 400)
    changed = series.copy()
    changed.iloc[-28:] = changed.iloc[-28:] * 3
    races = [backtest.run_backtest(prepare(counts), CHEAP, 28) for counts in (series, changed)]
    before, after = (_weights_at(race, *_errors(race), 1) for race in races)
    assert before.tolist() == after.tolist()
    assert np.array_equal(races[0].paths[:, 1:], races[1].paths[:, 1:], equal_nan=True)
    assert (races[0].actual[1] != races[1].actual[1]).any()


def test_reported_scores_are_those_of_the_paths():
    """The table's WAPE of the 8-week mean, recomputed with pandas from the raw counts."""
    series = made_counts("plain", 2, 300)
    row = next(row for row in forecast(series, 28, field=CHEAP).backtest if row.model == "mean_8_weeks")
    error = total = signed = 0.0
    for number in range(1, 7):
        cut = len(series) - 28 * number
        past, hidden = series.iloc[:cut].iloc[-56:], series.iloc[cut : cut + 28]
        mean = past.groupby(past.index.day_of_week).mean()[hidden.index.day_of_week].to_numpy()
        error, total = error + np.abs(hidden - mean).sum(), total + hidden.sum()
        signed += (mean - hidden).sum()
    assert row.wape == pytest.approx(error / total)
    assert row.bias == pytest.approx(signed / total)


@pytest.mark.parametrize(("days", "lag"), [(300, 7), (28, 1)])
def test_mase_is_scaled_by_the_naive_of_each_origin(days, lag):
    """By hand: at every origin MAE of the 8-week mean over the mean step of the counts before it, lag 7 over 14 days of
    history, else lag 1; then the mean over the origins."""
    series = made_counts("plain", 5, days)
    row = next(row for row in quick_forecast(series, 28).backtest if row.model == "mean_8_weeks")
    scored, cuts = (28, [days - 28 * number for number in range(1, 7)]) if days == 300 else (14, [14])
    ratios = []
    for cut in cuts:
        past, hidden = series.iloc[:cut], series.iloc[cut : cut + scored]
        mean = past.iloc[-56:].groupby(past.iloc[-56:].index.day_of_week).mean()[hidden.index.day_of_week].to_numpy()
        ratios.append(np.abs(hidden.to_numpy() - mean).mean() / past.diff(lag).abs().mean())
    assert row.mase == pytest.approx(np.mean(ratios))


def test_bias_is_positive_where_the_forecast_was_too_high():
    """Four weeks of 20 a day, then four of 10: the mean of the first says 20 for the second, Σ(f−y)/Σy = +100 %."""
    row = quick_forecast(daily([20] * 28 + [10] * 28), 28).backtest[0]
    assert (row.bias, row.wape) == (pytest.approx(1.0), pytest.approx(1.0))


def test_coverage_on_made_series_is_what_it_says():
    """80 % intervals over a dozen made series, four weeks hidden, cheap field: within 70 and 90 % on the whole."""
    hits = days = 0
    for seed in range(6):
        for kind in ("plain", "growth"):
            series = made_counts(kind, 10 + seed, 330)
            points = forecast(series.iloc[:-28], 28, field=CHEAP).points
            hidden = series.iloc[-28:].to_numpy()
            hits += ((hidden >= points["low80"]) & (hidden <= points["high80"])).sum()
            days += 28
    assert 0.70 <= hits / days <= 0.90


def test_sample_paths_follow_the_points():
    found = forecast(made_counts("plain", 3, 300), 28, field=CHEAP)
    paths = found.sample_paths(4000, 1)
    assert paths.mean(axis=0) == pytest.approx(found.points["mean"].to_numpy(), rel=0.05)
    inside = (paths >= found.points["low80"].to_numpy()) & (paths <= found.points["high80"].to_numpy())
    assert inside.mean() == pytest.approx(0.8, abs=0.05)


def test_long_horizons_go_on_and_widen():
    found = sound(forecast(made_counts("plain", 4, 400), 120, field=CHEAP), 120)
    width = (found.points["high80"] - found.points["low80"]).to_numpy()
    assert width[-7:].mean() > width[:7].mean()


@pytest.mark.parametrize("days", [1, 10])
def test_a_year_ahead_of_a_few_days_widens_too(days):
    """Without a backtest the width grew from a negative one: narrow after half a year, mirrored before."""
    points = sound(quick_forecast(poisson(days), 365), 365).points
    width = (points["high95"] - points["low95"])[:300:7]
    assert (width.diff().dropna() >= -1e-9).all()
    short = quick_forecast(poisson(days), 28).points
    assert points["low80"][:28].tolist() == pytest.approx(short["low80"].tolist())


def test_the_same_input_gives_the_same_forecast():
    series = made_counts("launches", 1, 120)
    assert forecast(series, 7).to_json() == forecast(series, 7).to_json()


def test_an_unfinished_last_day_is_noted():
    series = poisson(100)
    assert not any("unfinished" in note for note in quick_forecast(series, 7).notes)
    series.iloc[-1] = 9
    assert any("(9 of about" in note for note in quick_forecast(series, 7).notes)


def test_progress_runs_to_one_and_cancelling_stops():
    series, seen = poisson(200), []
    forecast(series, 28, field=CHEAP, progress=lambda share, text: seen.append((share, text)))
    assert seen[-1][0] == 1.0
    assert [share for share, _ in seen] == sorted(share for share, _ in seen)
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        forecast(series, 28, field=CHEAP, cancelled=lambda: next(asked))
    assert threading.active_count() < 20


class Broken:
    """A model that cannot be fitted."""

    name, least_days = "broken", 1

    def path(self, view, horizon):
        raise RuntimeError("no convergence")


class Wild(Broken):
    """A model that runs away."""

    name = "wild"

    def path(self, view, horizon):
        return np.full(horizon, 1e9)


def test_a_model_that_fails_or_runs_away_has_no_say_and_is_named():
    found = sound(forecast(poisson(200), 28, field=(models.BASELINE, models.MEANS[0], Broken(), Wild())), 28)
    scores = {row.model: row for row in found.backtest}
    assert scores["broken"].weight == scores["wild"].weight == 0
    assert scores["broken"].wape is None
    assert any("broken, wild" in note for note in found.notes)


def test_refusals():
    for horizon in (0, 367, 1.5):
        with pytest.raises(InputError):
            forecast(poisson(50), horizon)
    with pytest.raises(NotEnoughData):
        forecast(daily([]), 28)
    with pytest.raises(InputError):
        forecast(daily([1, -1, 2]), 28)
    with pytest.raises(InputError):
        forecast(poisson(50), 28, holidays_country="XX")


def test_models_agree_with_hand_worked_paths():
    """Last week 1…7: the seasonal naive repeats it; the median of six weeks is that of the six."""
    weeks = np.array([np.arange(1, 8) + 10 * week for week in range(8)], dtype=float)
    view = models.view_of(prepare(daily(weeks.reshape(-1) + 100)), 7)
    naive, median = models.MEANS[1].path(view, 7), models.MEANS[0].path(view, 7)
    assert naive.tolist() == [171, 172, 173, 174, 175, 176, 177]
    assert median.tolist() == [146, 147, 148, 149, 150, 151, 152]


def test_last_year_repeats_the_shape_of_the_year():
    days = np.arange(800)
    series = daily(np.round(200 * (1 + 0.4 * np.sin(2 * np.pi * days / 364))))
    found = models.LastYear().path(models.view_of(prepare(series), 28), 28)
    true = 200 * (1 + 0.4 * np.sin(2 * np.pi * np.arange(800, 828) / 364))
    assert found == pytest.approx(true, rel=0.04)


def test_events_dated_before_the_data_do_no_harm():
    old = CalendarEvent("launch", date(2001, 1, 1), 3, 2.0)
    series = poisson(100)
    assert forecast(series, 7, field=CHEAP, events=[old]).points.equals(forecast(series, 7, field=CHEAP).points)
