"""The runners of the race: everything that turns a history into a mean path, behind one small protocol.

All of them see the same `View` of the history at an origin. The plain means look at the raw counts, as a person with a
spreadsheet would; the rest learn from the *usual* series: holidays and calendar events divided out, gaps filled,
outliers tamed. Their paths are in usual counts, and `usual_path` puts holidays and planned events back and closed days
to zero.

Two choices decide more than the choice of a model, both measured on some fifty public daily series:
dividing holidays out before any model sees them (Prophet's own holiday terms are unshrunk, and ETS has none), and
re-levelling Prophet to its last four weeks (its trend is stiff, and the last four weeks are what continues).

Heavy imports (prophet, statsforecast) stay inside the functions that need them.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from analytics.forecasting.calendar_events import CalendarEvent, EventFactors, event_factors
from analytics.forecasting.public_holidays import HolidayEffects, holiday_effects, no_holidays
from analytics.forecasting.series import DailySeries

TWO_YEARS_DAYS = 731
PROPHET_DAYS = 1096
"""Three years teach the year's shape; older ones cost time and teach an older business."""
SMOOTHING_DAYS = 730
LARGEST_LOG = 36.0


@dataclass(frozen=True)
class View:
    """What may be known at one origin. `raw`: the counts; `usual`: holidays and events divided out; `factors`: per day
    ahead, what holidays and events will multiply the usual by; `factor_variance`: of not knowing the events' uplift.
    """

    raw: DailySeries
    usual: DailySeries
    factors: np.ndarray
    factor_variance: np.ndarray
    holidays: HolidayEffects
    events: EventFactors

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed about holidays and events."""
        return (*self.holidays.notes, *self.events.notes)


class Model(Protocol):
    """One runner. `least_days`: with a shorter history it does not start."""

    @property
    def name(self) -> str:
        """Name in the backtest and in the JSON."""
        ...

    @property
    def least_days(self) -> int:
        """Days of history without which it does not start."""
        ...

    def path(self, view: View, horizon: int) -> np.ndarray:
        """Mean count per day ahead, never negative, 0 on closed weekdays; NaN where it has no opinion."""
        ...


def view_of(
    series: DailySeries,
    horizon: int,
    *,
    events: Sequence[CalendarEvent] = (),
    country: str | None = None,
    guess_country: bool = True,
) -> View:
    """The view at the end of a series. Events first: a launch on a holiday must not be learnt as the holiday.

    Without a country the series' own is looked for, unless `guess_country` is off (the plain means have no use for it).
    """
    moved = event_factors(series, events, horizon)
    eventless = series.without(moved.past)
    looked_for = country is not None or guess_country
    holidays = holiday_effects(eventless, horizon, country) if looked_for else no_holidays(eventless, horizon)
    factors = holidays.future * moved.future
    variance = holidays.future**2 * moved.future_variance
    return View(series, eventless.without(holidays.past), factors, variance, holidays, moved)


def usual_path(view: View, path: np.ndarray) -> np.ndarray:
    """A path of usual counts → of counts: closed weekdays zero, holidays and events in, nothing below zero."""
    open_days = view.usual.open_ahead(len(path))
    return np.where(open_days, np.maximum(path, 0.0) * view.factors[: len(path)], 0.0)


# ---------------------------------------------------------------------------------------------------------- means


@dataclass(frozen=True)
class WeekdayAverage:
    """Mean or median of the same weekday over the last weeks; `raw` keeps outliers and knows no holidays."""

    name: str
    weeks: int
    median: bool = False
    raw: bool = False
    least_days: int = 1

    def path(self, view: View, horizon: int) -> np.ndarray:
        """See Model."""
        series = view.raw if self.raw else view.usual
        values = series.values if self.raw else np.where(series.closed, series.values, series.clean)
        typical = weekday_average(values, series.weekdays, self.weeks, self.median)
        path = typical[series.future_days(horizon).day_of_week.to_numpy()]
        if self.raw:
            # Planned events are a person's word, not a model's: even the plain mean keeps it. Without events, it is plain.
            return np.where(series.open_ahead(horizon), path * view.events.future[:horizon], 0.0)
        return usual_path(view, path)


def weekday_average(values: np.ndarray, weekdays: np.ndarray, weeks: int, median: bool = False) -> np.ndarray:
    """Seven averages, Monday first, over the days of the last `weeks` weeks; gaps left out.

    A weekday without a day in them gets the average of all its days in them, or of everything.
    """
    recent, days = values[-7 * weeks :], weekdays[-7 * weeks :]
    average = np.median if median else np.mean
    known = np.isfinite(recent)
    overall = float(average(recent[known])) if known.any() else _known_mean(values)
    return np.array(
        [average(recent[mine]) if (mine := known & (days == weekday)).any() else overall for weekday in range(7)]
    )


def _known_mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else 0.0


@dataclass(frozen=True)
class LastYear:
    """The same weeks of earlier years, as an index on today's level: the week around the day, one (and two) years ago.

    Level: the last four weeks; index: the three weeks around the same weekday a year (52 weeks) earlier over the four
    weeks before; where there are two years, the geometric mean of both. Weekday profile: the last twelve weeks.
    """

    name: str = "last_year"
    level_days: int = 28
    least_days: int = 364 + 56

    def path(self, view: View, horizon: int) -> np.ndarray:
        """See Model."""
        series = view.usual
        values, level = series.clean, self.level_days
        index = self._index(values, 364, horizon)
        if len(series) >= 728 + level + 21:
            index = np.sqrt(index * self._index(values, 728, horizon))
        profile = weekday_average(values, series.weekdays, 12)
        shape = profile / max(profile.mean(), 1e-9)
        path = values[-level:].mean() * index * shape[series.future_days(horizon).day_of_week.to_numpy()]
        return usual_path(view, path)

    def _index(self, values: np.ndarray, back: int, horizon: int) -> np.ndarray:
        """Smoothed level around each day `back` days earlier over that of the four weeks before; within ×⅓ … ×3."""
        at = len(values) - back
        base = values[at - self.level_days : at].mean()
        around = np.convolve(values[at - 10 : at + horizon + 10], np.ones(21) / 21, mode="valid")
        around = np.concatenate((around, np.full(max(horizon - len(around), 0), around[-1])))[:horizon]
        return np.clip(around / max(base, 1e-9), 1 / 3, 3.0)


# ------------------------------------------------------------------------------------------------ statsforecast


Forecaster = Callable[[np.ndarray, int, int], np.ndarray]


@dataclass(frozen=True)
class Smoothing:
    """A statsforecast model on the open days only (season: open weekdays per week), in counts or in logs."""

    name: str
    forecaster: Forecaster
    log: bool = False
    days: int = SMOOTHING_DAYS
    least_days: int = 28

    def path(self, view: View, horizon: int) -> np.ndarray:
        """See Model."""
        series = view.usual
        is_open = ~np.isin(series.weekdays, series.closed_weekdays)
        season = 7 - len(series.closed_weekdays)
        values = series.clean[is_open][-self.days :]
        ahead = series.open_ahead(horizon)
        if len(values) < 3 * season or not ahead.any():
            return np.full(horizon, np.nan)
        found = self.forecaster(np.log1p(values) if self.log else values, season, int(ahead.sum()))
        path = np.zeros(horizon)
        path[ahead] = np.expm1(np.minimum(found, LARGEST_LOG)) if self.log else found
        return usual_path(view, path)


def _ets(model: str, damped: bool | None) -> Forecaster:
    def forecast(values: np.ndarray, season: int, horizon: int) -> np.ndarray:
        from statsforecast.models import AutoETS

        return AutoETS(season_length=season, model=model, damped=damped).forecast(y=values, h=horizon)["mean"]

    return forecast


def _theta(values: np.ndarray, season: int, horizon: int) -> np.ndarray:
    """Dynamic optimised Theta; shifted by one, as its multiplicative season divides by the values."""
    from statsforecast.models import DynamicOptimizedTheta

    return DynamicOptimizedTheta(season_length=season).forecast(y=values + 1.0, h=horizon)["mean"] - 1.0


def _mstl(values: np.ndarray, season: int, horizon: int) -> np.ndarray:
    from statsforecast.models import MSTL, AutoETS

    model = MSTL(season_length=season, trend_forecaster=AutoETS(model="ZZN"))
    return model.forecast(y=values, h=horizon)["mean"]


def _arima(values: np.ndarray, season: int, horizon: int) -> np.ndarray:
    """ARIMA(1,0,1)(0,1,1): the order search takes seven seconds a series; method CSS returns zeros in 2.0.3."""
    from statsforecast.models import ARIMA

    model = ARIMA(order=(1, 0, 1), season_length=season, seasonal_order=(0, 1, 1), method="CSS-ML")
    return model.forecast(y=values, h=horizon)["mean"]


@dataclass(frozen=True)
class YearlySmoothing:
    """ETS on the open days' logs with the year's shape taken out first and put back after.

    The shape: harmonics of the year in a ridge regression beside a piecewise trend and the weekdays; three harmonics
    below two years of history, five from there on. Penalties grow with the harmonic, so that one year of history bends
    it only as far as it must.
    """

    name: str = "ets_yearly"
    least_days: int = 400

    def path(self, view: View, horizon: int) -> np.ndarray:
        """See Model."""
        series = view.usual
        is_open = ~np.isin(series.weekdays, series.closed_weekdays)
        ahead, logs = series.open_ahead(horizon), np.log1p(series.clean)
        if not ahead.any():
            return np.full(horizon, np.nan)
        year = _year_shape(logs, is_open, series.weekdays, horizon)
        rest = (logs - year[: len(series)])[is_open][-400:]
        found = _ets("ANA", None)(rest, 7 - len(series.closed_weekdays), int(ahead.sum()))
        path = np.zeros(horizon)
        path[ahead] = np.expm1(np.minimum(found + year[len(series) :][ahead], LARGEST_LOG))
        return usual_path(view, path)


def _year_shape(logs: np.ndarray, is_open: np.ndarray, weekdays: np.ndarray, horizon: int) -> np.ndarray:
    """The year's part of the logs, history and horizon, from the ridge regression of YearlySmoothing."""
    past, harmonics = len(logs), 3 if len(logs) < TWO_YEARS_DAYS else 5
    days = np.arange(past + horizon)
    order = np.arange(1, harmonics + 1)
    angles = 2 * np.pi * days[:, None] * order / 365.25
    knots = np.linspace(0, past, past // 91 + 1)[1:-1]
    bends = np.maximum(days[:past, None] - knots, 0) / past
    trend = np.column_stack([np.ones(past), days[:past] / past, bends])
    design = np.column_stack([trend, np.eye(7)[weekdays][:, 1:], np.sin(angles[:past]), np.cos(angles[:past])])[is_open]
    penalty = np.concatenate(([1e-6, 1e-3], np.full(len(knots), 3.0), np.full(6, 1e-3), 2.0 * order, 2.0 * order))
    solved = np.linalg.solve(design.T @ design + np.diag(penalty), design.T @ logs[is_open])
    return np.column_stack([np.sin(angles), np.cos(angles)]) @ solved[-2 * harmonics :]


# ------------------------------------------------------------------------------------------------------ Prophet


@dataclass(frozen=True)
class ProphetModel:
    """Prophet with capped changepoints, yearly seasonality from two years on, no draws, and its level set right.

    `mode`: additive or multiplicative seasonality; `log`: on log1p counts; `flexible`: prior scale of the changepoints.
    `own_holidays`: on raw counts with holidays and events as Prophet's own regressors instead of divided out.
    """

    name: str
    mode: str = "additive"
    log: bool = False
    flexible: float = 0.05
    own_holidays: bool = False
    level_days: int = 28
    least_days: int = 84

    def path(self, view: View, horizon: int) -> np.ndarray:
        """See Model."""
        series = view.raw if self.own_holidays else view.usual
        closed = series.closed if self.own_holidays else np.isin(series.weekdays, series.closed_weekdays)
        learnt = np.where(closed, np.nan, series.clean)
        regressors = _regressors(view, horizon) if self.own_holidays else pd.DataFrame(index=range(0))
        fitted = self._fitted(view, learnt, regressors, horizon)
        path = fitted[-horizon:] * _level_ratio(learnt[-self.level_days :], fitted[:-horizon])
        if self.own_holidays:
            # A kind of event that never happened has no coefficient; what is planned is then put on top.
            planned = 1.0 if "event_effect" in regressors else view.events.future[:horizon]
            return np.where(series.open_ahead(horizon), np.maximum(path, 0.0) * planned, 0.0)
        return usual_path(view, path)

    def _fitted(self, view: View, learnt: np.ndarray, regressors: pd.DataFrame, horizon: int) -> np.ndarray:
        """Prophet's mean over the last `level_days` days and the days ahead, in counts."""
        frame = pd.DataFrame({"ds": view.raw.days, "y": np.log1p(learnt) if self.log else learnt})
        ahead = pd.DataFrame({"ds": view.raw.future_days(horizon)})
        both = pd.concat([frame, ahead], ignore_index=True).join(regressors)
        history = both.iloc[: len(frame)].iloc[-PROPHET_DAYS:]
        shown = both.iloc[max(len(frame) - self.level_days, 0) :]
        model = self._configured(len(history), list(regressors.columns))
        found = model.fit(history).predict(shown)["yhat"].to_numpy()
        return np.expm1(np.minimum(found, LARGEST_LOG)) if self.log else found

    def _configured(self, days: int, regressors: list[str]):
        from prophet import Prophet

        model = Prophet(
            seasonality_mode=self.mode,
            changepoint_prior_scale=self.flexible,
            n_changepoints=min(25, max(days // 14, 1)),
            yearly_seasonality=8 if days >= TWO_YEARS_DAYS else False,  # pyright: ignore[reportArgumentType]
            weekly_seasonality=days >= 14,  # pyright: ignore[reportArgumentType]
            daily_seasonality=False,  # pyright: ignore[reportArgumentType]
            uncertainty_samples=0,
        )
        for name in regressors:
            model.add_regressor(name, mode="multiplicative", standardize=False)
        return model


def _regressors(view: View, horizon: int) -> pd.DataFrame:
    """Holidays and events as two columns of relative effect (0 on ordinary days), history and horizon."""
    past, ahead = view.holidays.past, view.holidays.future[:horizon]
    columns = {
        "holiday_effect": np.concatenate((past, ahead)) - 1,
        "event_effect": np.concatenate((view.events.past, view.events.future[:horizon])) - 1,
    }
    return pd.DataFrame({name: values for name, values in columns.items() if values[: len(past)].any()})


def _level_ratio(learnt: np.ndarray, fitted: np.ndarray) -> float:
    """What came over what the model says came, on the last days; within ×⅓ … ×3."""
    fitted = np.maximum(fitted[-len(learnt) :], 0.0)
    known = np.isfinite(learnt)
    return float(np.clip((learnt[known].sum() + 1) / (fitted[known].sum() + 1), 1 / 3, 3.0))


@contextmanager
def quiet() -> Iterator[None]:
    """Silence what libraries report on stderr and is not the user's business: convergence, Stan's chains.

    Held once around a whole race, not around each fit: warning filters belong to the process, not to a thread.
    """
    logging.getLogger("cmdstanpy").disabled = True
    logging.getLogger("prophet").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


# ------------------------------------------------------------------------------------------------- the field


BASELINE = WeekdayAverage("mean_8_weeks", 8, raw=True)
"""What everybody is measured against, and what a forecast falls back to."""

MEANS: tuple[Model, ...] = (
    WeekdayAverage("median_6_weeks", 6, median=True),
    WeekdayAverage("seasonal_naive", 1, least_days=7),
    LastYear(),
)
SMOOTHERS: tuple[Model, ...] = (
    Smoothing("ets", _ets("ANA", None)),
    Smoothing("ets_log", _ets("ANA", None), log=True, least_days=56),
    Smoothing("theta", _theta, days=400, least_days=84),
    Smoothing("mstl", _mstl, days=1096, least_days=84),
    Smoothing("arima", _arima, log=True, days=400, least_days=56),
    YearlySmoothing(),
)
PROPHETS: tuple[Model, ...] = (
    ProphetModel("prophet", own_holidays=True),
    ProphetModel("prophet_multiplicative", mode="multiplicative"),
    ProphetModel("prophet_log", log=True, least_days=112),
)
FIELD: tuple[Model, ...] = (BASELINE, *MEANS, *SMOOTHERS, *PROPHETS)
"""Everybody who runs. Tried and left out: the mean of four weeks and damped ETS (nothing they add), AutoETS and
AutoARIMA (a third and seven seconds a fit), MSTL with a yearly season (worse than an index), picking one winner."""

LEFT_OUT_OF_MANY = frozenset({"prophet", "prophet_log", "mstl"})
LEAN_FIELD: tuple[Model, ...] = tuple(model for model in FIELD if model.name not in LEFT_OUT_OF_MANY)
"""Who runs where many series are forecast at once: half the time, and on 49 public series no less exact (97 origins, WAPE
×0.816 of the 8-week mean against ×0.820 of the whole field, 80 % intervals held on 78 % of the days with both; measured
before the combination became the middle of the models). Tried and
left out: fewer origins (four: the intervals held on 76 %), Prophet at the latest origins alone (×0.822), no Prophet at
all (×0.825; with two years of history ×0.782 against ×0.763)."""


SEASONAL_FIELD: tuple[Model, ...] = (BASELINE, LastYear(), YearlySmoothing())
"""What knows the time of the year and costs next to nothing: for watching dozens of series. Without a year and two months of
history only the 8-week mean of them runs."""


def is_prophet(model: Model) -> bool:
    """True for models that run in a process of their own (cmdstan) and may therefore run from threads."""
    return isinstance(model, ProphetModel)
