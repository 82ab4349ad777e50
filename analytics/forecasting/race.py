"""The forecast: race, combination, honest scores, intervals. `forecast` takes seconds, `quick_forecast` none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.errors import InputError
from analytics.forecasting import combine
from analytics.forecasting.backtest import LONGEST_HORIZON, Backtest, Progress, run_backtest
from analytics.forecasting.calendar_events import CalendarEvent
from analytics.forecasting.models import BASELINE, FIELD, SEASONAL_FIELD, Model, View, weekday_average
from analytics.forecasting.result import INTERVAL_LEVELS, WEEK_COLUMNS, Forecast, ModelScore
from analytics.forecasting.scores import bias, coverage, dispersion_of, noise_floor_wape, underdispersion_of, wape
from analytics.forecasting.series import DailySeries, prepare

LONGEST_HORIZON_DAYS = 366
RACED_DAYS = 1461
"""Four years. What came before is another business, and costs time."""
FLOOR_DAYS = 56
COMBINATION = "combination"
UNIT = "tickets per day"


def forecast(
    series: pd.Series | DailySeries,
    horizon: int,
    *,
    events: Sequence[CalendarEvent] = (),
    holidays_country: str | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    unit: str = UNIT,
    field: Sequence[Model] = FIELD,
) -> Forecast:
    """Counts per day ahead with intervals, scores and what was assumed. Deterministic: `seed` is kept for the samples.

    `progress(share, text)` is called after every fit; `cancelled()` is asked before every fit, and `Cancelled` raised
    where it says yes. Raises `InputError` on a bad series or horizon, `NotEnoughData` on an empty one.
    """
    whole = _prepared(series, horizon)
    daily = whole.tail(RACED_DAYS)
    runners = _worth_running(daily, field)
    race = run_backtest(
        daily, runners, horizon, events=events, country=holidays_country, progress=progress, cancelled=cancelled
    )
    return _settled(race, horizon, unit, (*whole.notes, *_cut_note(whole)))


def quick_forecast(
    series: pd.Series | DailySeries,
    horizon: int,
    *,
    events: Sequence[CalendarEvent] = (),
    holidays_country: str | None = None,
    unit: str = UNIT,
) -> Forecast:
    """The 8-week mean with the same backtest, intervals and scores, at once: what a page shows while the race runs."""
    whole = _prepared(series, horizon)
    recent = whole.tail(365)
    race = run_backtest(recent, (BASELINE,), horizon, events=events, country=holidays_country, guess_country=False)
    return _settled(race, horizon, unit, (*whole.notes, "This is the 8-week mean; the race has not been run."))


def seasonal_forecast(
    series: pd.Series | DailySeries,
    horizon: int,
    *,
    events: Sequence[CalendarEvent] = (),
    holidays_country: str | None = None,
    unit: str = UNIT,
) -> Forecast:
    """The 8-week mean and two models that know the time of the year, weighted by their backtest, in a quarter of a second.

    For watching: the 8-week mean alone takes every autumn's climb for a rise. Below a year and two months of history it is
    the 8-week mean all the same, since nothing can be known of the year.
    """
    whole = _prepared(series, horizon)
    daily = whole.tail(RACED_DAYS)
    runners = _worth_running(daily, SEASONAL_FIELD)
    race = run_backtest(daily, runners, horizon, events=events, country=holidays_country, guess_country=False)
    return _settled(race, horizon, unit, (*whole.notes, *_cut_note(whole)))


def _prepared(series: pd.Series | DailySeries, horizon: int) -> DailySeries:
    if not 1 <= horizon <= LONGEST_HORIZON_DAYS or int(horizon) != horizon:
        raise InputError(
            "The horizon must be a number of days.",
            found=f"{horizon}.",
            todo=f"Choose 1 to {LONGEST_HORIZON_DAYS} days.",
        )
    return series if isinstance(series, DailySeries) else prepare(series)


def _cut_note(whole: DailySeries) -> tuple[str, ...]:
    return ("Only the last four years are used.",) if len(whole) > RACED_DAYS else ()


def _worth_running(series: DailySeries, field: Sequence[Model]) -> tuple[Model, ...]:
    """On a series that never moves there is nothing to race for (and Stan's Newton fallback would take minutes)."""
    moving = np.ptp(series.clean[~series.closed]) > 0 if (~series.closed).any() else False
    return (BASELINE, *(model for model in field if model.name != BASELINE.name and moving))


@dataclass(frozen=True)
class _Judged:
    """The combination at every origin, the present first: weights (origins × models), means and quantiles."""

    weights: np.ndarray
    means: np.ndarray
    usable: np.ndarray


def _settled(race: Backtest, horizon: int, unit: str, notes: Sequence[str]) -> Forecast:
    """Weights from all origins for the present; each origin with its own for the scores."""
    errors, totals = _errors(race)
    usable = np.array([view.raw.open_ahead(race.horizon) for view in race.views])
    weights = np.array([_weights_at(race, errors, totals, origin) for origin in range(len(race.views))])
    means = np.array([combine.combined(weights[at], race.paths[:, at]) for at in range(len(race.views))])
    judged = _Judged(weights, means, usable)
    view, mean = race.views[0], combine.combined(weights[0], race.ahead)
    dispersion = _dispersion(view)
    tried = race.horizon or min(horizon, LONGEST_HORIZON)
    spread = combine.spread_of(means[1:], race.actual[1:], usable[1:], race.lengths[0], dispersion, tried)
    variance = view.factor_variance[:horizon] * _usual_mean(view, mean) ** 2
    quantiles = combine.quantiles_of(mean, spread, tried, variance)
    common, next_day = combine.correlations_of(means[1:], race.actual[1:], usable[1:], spread.dispersion)
    return Forecast(
        unit=unit,
        horizon=horizon,
        model=_model_name(race, weights[0]),
        points=_points(view, mean, quantiles),
        backtest=_table(race, judged),
        noise_floor_wape=_floor(view, dispersion),
        notes=_once((*notes, *view.raw.notes, *view.notes, *_race_notes(race, weights[0]))),
        quantile_levels=combine.QUANTILE_LEVELS,
        quantiles=quantiles,
        common_correlation=common,
        next_day_correlation=next_day,
        by_week=_by_week(race, judged),
        factors=view.factors[:horizon],
        data_end=view.raw.days[-1],
    )


def _once(notes: Sequence[str]) -> tuple[str, ...]:
    """Each sentence once: of two that differ only in the number that they begin with, the first (on the whole series)."""
    first = {note.lstrip("0123456789 "): note for note in reversed(notes)}
    return tuple(note for note in dict.fromkeys(notes) if first[note.lstrip("0123456789 ")] == note)


def _errors(race: Backtest) -> tuple[np.ndarray, np.ndarray]:
    """(models × origins Σ|y−f|, NaN where a model did not run; Σy per origin), the present left out."""
    known = np.isfinite(race.actual[1:])
    size = np.where(known, np.abs(race.actual[1:] - race.paths[:, 1:]), 0.0).sum(axis=2)
    return size, np.where(known, race.actual[1:], 0.0).sum(axis=1)


def _weights_at(race: Backtest, errors: np.ndarray, totals: np.ndarray, origin: int) -> np.ndarray:
    """Weights that could have been known at an origin: from the errors at older origins only (higher numbers)."""
    usual = combine.usual_ratio(race.names, race.lengths[origin])
    running = np.isfinite(race.paths[:, origin]).all(axis=1) if race.horizon else np.isfinite(race.ahead).all(axis=1)
    if origin == 0:
        running = running & np.isfinite(race.ahead).all(axis=1)
    votes = np.where(running, combine.votes_of(race.names), 0.0)
    anchor = combine.anchor_of(race.lengths[origin], len(totals) - origin)
    return combine.weights_of(errors[:, origin:], totals[origin:], usual, votes, anchor)


def _dispersion(view: View) -> float:
    series = view.usual
    return dispersion_of(series.values, ~(series.closed | series.outlier))


def _usual_mean(view: View, mean: np.ndarray) -> np.ndarray:
    """The forecast without holidays and events, per day."""
    return mean / np.maximum(view.factors[: len(mean)], 1e-3)


def _points(view: View, mean: np.ndarray, quantiles: np.ndarray) -> pd.DataFrame:
    bounds = {
        name: quantiles[int(np.argmin(np.abs(combine.QUANTILE_LEVELS - level)))]
        for name, level in INTERVAL_LEVELS.items()
    }
    return pd.DataFrame({"at": view.raw.future_days(len(mean)), "mean": mean, **bounds})


def _floor(view: View, dispersion: float) -> float | None:
    """Noise floor at the volume of the last eight weeks; lower where the counts are calmer than Poisson."""
    series = view.usual
    recent = weekday_average(series.clean, series.weekdays, 8)[series.weekdays[-FLOOR_DAYS:]]
    floor = noise_floor_wape(recent, dispersion)
    calmer = underdispersion_of(series.values, ~(series.closed | series.outlier))
    return floor * float(np.sqrt(calmer)) if floor is not None else None


def _model_name(race: Backtest, weights: np.ndarray) -> str:
    return race.names[int(np.argmax(weights))] if weights.max() > 0.999 else COMBINATION


def _table(race: Backtest, judged: _Judged) -> tuple[ModelScore, ...]:
    """The combination, then the models by error; without a backtest every score is None.

    Weights are the models' parts of the combination and sum to 1: the combination's own row has none.
    """
    rows = [
        _row(race, judged.usable, name, race.paths[at], judged.weights[0][at]) for at, name in enumerate(race.names)
    ]
    rows.sort(key=lambda row: (row.wape is None, row.wape))
    return (_row(race, judged.usable, COMBINATION, judged.means, 0.0), *rows) if len(race.names) > 1 else tuple(rows)


def _row(race: Backtest, usable: np.ndarray, name: str, paths: np.ndarray, weight: float) -> ModelScore:
    """Scores over the origins at which the model ran; intervals at each origin from its older ones."""
    ran = [at for at in range(1, len(race.views)) if np.isfinite(paths[at]).all()]
    if not ran:
        return ModelScore(name, None, None, None, None, float(weight))
    actual, path = race.actual[ran], paths[ran]
    inside = coverage(actual[usable[ran]], *_interval80(race, usable, paths, ran))
    return ModelScore(name, wape(actual, path), _mase(race, paths, ran), bias(actual, path), inside, float(weight))


def _interval80(race: Backtest, usable: np.ndarray, paths: np.ndarray, ran: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """(low, high) on the open days of each origin, from the errors at the origins older than it."""
    lows, highs = [], []
    for at in ran:
        older = [other for other in ran if other > at]
        dispersion = _dispersion(race.views[at])
        spread = combine.spread_of(
            paths[older], race.actual[older], usable[older], race.lengths[at], dispersion, race.horizon
        )
        quantiles = combine.quantiles_of(paths[at], spread, race.horizon)
        low, high = (int(np.argmin(np.abs(combine.QUANTILE_LEVELS - level))) for level in (0.1, 0.9))
        lows.append(quantiles[low][usable[at]])
        highs.append(quantiles[high][usable[at]])
    return np.concatenate(lows), np.concatenate(highs)


def _mase(race: Backtest, paths: np.ndarray, ran: list[int], span: slice = slice(None)) -> float | None:
    """Mean over the origins of MAE over the in-sample naive's; origins whose naive never errs are left out."""
    found = []
    for at in ran:
        actual = race.actual[at, span]
        size, known = np.abs(actual - paths[at, span]), np.isfinite(actual)
        if race.naive_scales[at] and known.any():
            found.append(float(size[known].mean()) / float(race.naive_scales[at] or np.nan))
    return float(np.mean(found)) if found else None


def _by_week(race: Backtest, judged: _Judged) -> pd.DataFrame:
    """Scores of the combination by week ahead, over all origins, beside the error of the 8-week mean."""
    rows = []
    origins = list(range(1, len(race.views)))
    low_high = _interval80(race, judged.usable, judged.means, origins) if origins else (np.empty(0), np.empty(0))
    inside = np.full(race.actual.shape, np.nan)
    inside[1:][judged.usable[1:]] = _inside(race.actual[1:][judged.usable[1:]], *low_high)
    for week in range(race.horizon // 7 if origins else 0):
        span = slice(7 * week, 7 * week + 7)
        actual, path, hits = race.actual[1:, span], judged.means[1:, span], inside[1:, span]
        covered = float(np.nanmean(hits)) if np.isfinite(hits).any() else None
        scores = {"wape": wape(actual, path), "bias": bias(actual, path), "coverage80": covered}
        beside = {
            "mase": _mase(race, judged.means, origins, span),
            "mean_8_weeks_wape": wape(actual, race.paths[0, 1:, span]),
        }
        rows.append({"week": week + 1, **scores, **beside, "days": int(np.isfinite(actual).sum())})
    return pd.DataFrame(rows, columns=list(WEEK_COLUMNS))


def _inside(actual: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    hit = ((actual >= low) & (actual <= high)).astype(float)
    return np.where(np.isfinite(actual), hit, np.nan)


def _race_notes(race: Backtest, weights: np.ndarray) -> list[str]:
    origins = len(race.views) - 1
    notes = [f"Backtest: {origins} origins of {race.horizon} days, {race.horizon} days apart." if origins else ""]
    if not origins:
        notes.append("Too short for a backtest: intervals rest on what is usual, and nothing is scored.")
    elif origins < combine.LEAST_ORIGINS_FOR_FALLBACK:
        notes.append("The history is short: weights rest mostly on what the models usually reach.")
    if len(weights) > 1 and weights[0] > 0.999 and origins:
        notes.append("Nothing beat the 8-week mean in the backtest, so the forecast is the 8-week mean.")
    notes.append(_unfinished_day(race.views[0]))
    if race.failures:
        notes.append(f"Could not be fitted everywhere and had no say there: {', '.join(race.failures)}.")
    if float(np.nansum(race.views[0].raw.values)) == 0:
        notes.append("Nothing ever came: the forecast is zero.")
    return [note for note in notes if note]


def _unfinished_day(view: View) -> str:
    """A warning where the last day holds far less than its weekday's usual, as an export at noon does; else empty.

    Only a warning: a quiet day is a fact, and to leave it out unasked would be to choose the data.
    """
    series, holiday = view.raw, view.holidays.past[-1]
    usual = (
        float(weekday_average(series.values[:-1], series.weekdays[:-1], 8)[series.weekdays[-1]])
        if len(series) > 14
        else 0
    )
    last = float(series.values[-1])
    if usual < 20 or not 0 < last < 0.4 * usual or holiday < 0.8:
        return ""
    return f"The last day ({last:.0f} of about {usual:.0f}) looks unfinished: leave it out if it is."
