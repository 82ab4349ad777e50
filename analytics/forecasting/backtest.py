"""The rolling-origin backtest: what each model would have said before each of the last stretches of days.

Origins lie one horizon apart, so that no day is scored twice; at each origin everything is done anew from what was
known then: closed weekdays, outliers, holidays, effects of events, weights. Nothing later leaks in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from analytics.errors import TierscopeError
from analytics.forecasting.calendar_events import CalendarEvent
from analytics.forecasting.models import Model, View, is_prophet, quiet, view_of
from analytics.forecasting.scores import naive_scale
from analytics.forecasting.series import DailySeries

LONGEST_HORIZON = 28
MOST_ORIGINS = 6
LEAST_HISTORY_DAYS = 28
MODEL_FAILURES = (RuntimeError, ValueError, ArithmeticError, IndexError, KeyError)
"""What a fit may raise on an awkward series; the model then has no opinion there, and a note says so."""

Progress = Callable[[float, str], None]


class Cancelled(TierscopeError):
    """The person who asked for a forecast no longer wants it."""


@dataclass(frozen=True)
class Backtest:
    """Paths of every model at every origin, the present first.

    `names`: models; `lengths`: days of history at each origin, the present (nothing to score) first; `horizon`: days per
    origin; `paths`: models × origins × horizon, NaN where a model had no opinion; `actual`: origins × horizon, NaN in
    gaps and throughout the present; `views`: what was known; `naive_scales`: per origin, for MASE, None where undefined;
    `ahead`: models × days asked for, the paths from the present.
    """

    names: tuple[str, ...]
    lengths: tuple[int, ...]
    horizon: int
    paths: np.ndarray
    actual: np.ndarray
    views: tuple[View, ...]
    naive_scales: tuple[float | None, ...]
    ahead: np.ndarray
    failures: tuple[str, ...]


def origins_of(days: int, horizon: int, most: int = MOST_ORIGINS) -> tuple[int, tuple[int, ...]]:
    """(horizon of the backtest, history lengths of its origins, latest first) that a series of so many days allows.

    Four weeks of history and 28 days to score where there is that much; below, half of a short series is scored once,
    at least a week after at least a week; below two weeks there is nothing to score with.
    """
    scored = min(max(horizon, 7), LONGEST_HORIZON)
    if days < LEAST_HISTORY_DAYS + scored:
        scored = min(scored, days // 2 // 7 * 7)
        return (scored, (days - scored,)) if scored >= 7 else (0, ())
    count = min((days - LEAST_HISTORY_DAYS) // scored, most)
    return scored, tuple(days - scored * (number + 1) for number in range(count))


def run_backtest(
    series: DailySeries,
    models: Sequence[Model],
    horizon: int,
    *,
    events: Sequence[CalendarEvent] = (),
    country: str | None = None,
    guess_country: bool = True,
    most_origins: int = MOST_ORIGINS,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    threads: int = 2,
) -> Backtest:
    """Every model at the present and at every origin. Raises `Cancelled` between two fits when asked to.

    Prophet waits for a process of its own, so its fits run from threads beside the others; those stay in the caller's
    thread, since two threads inside numba can abort the process.
    """
    scored, lengths = origins_of(len(series), horizon, most_origins)
    longest = max(horizon, scored)
    histories = [series, *(series.head(length) for length in lengths)]
    views = [
        view_of(history, longest, events=events, country=country, guess_country=guess_country) for history in histories
    ]
    with quiet():
        fitted = _fit_all(views, models, [longest] + [scored] * len(lengths), progress, cancelled, threads)
    paths = np.full((len(models), len(views), scored), np.nan)
    ahead = np.full((len(models), horizon), np.nan)
    for (model, origin), path in fitted.items():
        paths[model, origin] = path[:scored]
        if origin == 0:
            ahead[model] = path[:horizon]
    return Backtest(
        names=tuple(model.name for model in models),
        lengths=(len(series), *lengths),
        horizon=scored,
        paths=paths,
        actual=_actual(series, lengths, scored),
        views=tuple(views),
        naive_scales=tuple(naive_scale(history.values) for history in histories),
        ahead=ahead,
        failures=_failures(models, fitted),
    )


def _actual(series: DailySeries, lengths: Sequence[int], scored: int) -> np.ndarray:
    present = np.full(scored, np.nan)
    return np.array([present, *(series.values[length : length + scored] for length in lengths)])


def _fit_all(
    views: Sequence[View],
    models: Sequence[Model],
    horizons: Sequence[int],
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
    threads: int,
) -> dict[tuple[int, int], np.ndarray]:
    """(model, origin) → path, for every model that has enough history there."""
    tasks = [
        (number, origin)
        for number, model in enumerate(models)
        for origin, view in enumerate(views)
        if len(view.raw) >= model.least_days
    ]
    fitted = {}
    with ThreadPoolExecutor(threads) as pool:
        for done, (task, path) in enumerate(_results(pool, tasks, models, views, horizons, cancelled)):
            fitted[task] = path
            if progress is not None:
                progress((done + 1) / len(tasks), f"{models[task[0]].name}: {done + 1} of {len(tasks)} fits")
    return fitted


def _results(
    pool: ThreadPoolExecutor,
    tasks: Sequence[tuple[int, int]],
    models: Sequence[Model],
    views: Sequence[View],
    horizons: Sequence[int],
    cancelled: Callable[[], bool] | None,
) -> Iterator[tuple[tuple[int, int], np.ndarray]]:
    """Prophet's fits from the pool, the others in this thread meanwhile; stops between fits when cancelled."""

    def fit(task: tuple[int, int]) -> np.ndarray:
        return _path_or_none(models[task[0]], views[task[1]], horizons[task[1]])

    waiting: dict[tuple[int, int], Future[np.ndarray]] = {
        task: pool.submit(fit, task) for task in tasks if is_prophet(models[task[0]])
    }
    try:
        for task in tasks:
            _stop_if(cancelled)
            if task not in waiting:
                yield task, fit(task)
        for task, future in waiting.items():
            _stop_if(cancelled)
            yield task, future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _stop_if(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled("The forecast was cancelled.")


def _path_or_none(model: Model, view: View, horizon: int) -> np.ndarray:
    """The model's path, NaN where the fit failed or ran away from anything that was ever seen."""
    try:
        path = model.path(view, horizon)
    except MODEL_FAILURES:
        return np.full(horizon, np.nan)
    seen = np.nan_to_num(view.raw.values[-728:])
    largest = 4 * max(float(seen.max()), 1.0) * max(float(view.factors.max()), 1.0)
    return path if np.isfinite(path).all() and path.max(initial=0.0) <= largest else np.full(horizon, np.nan)


def _failures(models: Sequence[Model], fitted: dict[tuple[int, int], np.ndarray]) -> tuple[str, ...]:
    failed = {models[number].name for (number, _), path in fitted.items() if np.isnan(path).any()}
    return tuple(sorted(failed))
