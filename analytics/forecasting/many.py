"""Forecasts of many series, side by side in processes of their own.

Neither fork nor multiprocessing's spawn will do. A fork of a process that has polars, duckdb or numba threads deadlocks
inside Prophet; a spawned child runs the caller's main module again, which under Streamlit is the whole app. So each
worker is a plain `python -m analytics.forecasting.many` that reads jobs from its standard input and writes answers to
its standard output, pickled, until the input ends. Nobody but its parent can write to that pipe.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics.errors import TierscopeError
from analytics.forecasting.backtest import Cancelled, Progress
from analytics.forecasting.calendar_events import CalendarEvent
from analytics.forecasting.models import FIELD, LEAN_FIELD
from analytics.forecasting.race import UNIT, forecast
from analytics.forecasting.result import Forecast

ROOT = Path(__file__).resolve().parents[2]
ASK_EVERY_SECONDS = 0.2


class WorkerLost(TierscopeError):
    """A forecasting process ended before it answered: out of memory, or killed."""


@dataclass(frozen=True)
class Job:
    """One series to forecast, as it travels to a worker."""

    name: str
    counts: pd.Series
    horizon: int
    events: tuple[CalendarEvent, ...]
    holidays_country: str | None
    unit: str
    lean: bool = True


Answer = tuple[str, Forecast | TierscopeError]


def forecast_many(
    series: Mapping[str, pd.Series],
    horizon: int,
    *,
    events: Mapping[str, Sequence[CalendarEvent]] | None = None,
    holidays_country: str | None = None,
    unit: str | Mapping[str, str] = UNIT,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    each: Callable[[str, Forecast], None] | None = None,
    workers: int = 2,
    lean: bool = True,
) -> dict[str, Forecast]:
    """Forecasts by name, in the order given. `events`, and `unit` where it is a mapping, by name of the series.

    Each series is raced by the lean field (see models.LEAN_FIELD) unless `lean` is off: with the whole field, 24 series of two
    years would take twice as long and be no closer.

    `each(name, forecast)` gets every forecast as it is made, so that it can be kept should the rest be cancelled.
    `progress(share, text)` is called after each series, `cancelled()` asked five times a second; all in the caller's
    thread. Raises `Cancelled`, and the error of a series that cannot be forecast with the series' name before it.
    """
    planned = events or {}
    units = dict.fromkeys(series, unit) if isinstance(unit, str) else unit
    jobs = [
        Job(name, counts, horizon, tuple(planned.get(name, ())), holidays_country, units[name], lean)
        for name, counts in series.items()
    ]
    crew = _Crew(jobs, min(workers, len(jobs)))
    try:
        found = _collected(crew, len(jobs), progress, cancelled, each)
    finally:
        crew.dismiss()
    return {name: found[name] for name in series}


def _collected(
    crew: _Crew,
    total: int,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
    each: Callable[[str, Forecast], None] | None,
) -> dict[str, Forecast]:
    found: dict[str, Forecast] = {}
    while len(found) < total:
        if cancelled is not None and cancelled():
            raise Cancelled("The forecast was cancelled.")
        try:
            name, answer = crew.answers.get(timeout=ASK_EVERY_SECONDS)
        except queue.Empty:
            continue
        if isinstance(answer, TierscopeError):
            raise type(answer)(f"{name}: {answer.title}", found=answer.found, todo=answer.todo)
        found[name] = answer
        if each is not None:
            each(name, answer)
        if progress is not None:
            progress(len(found) / total, f"{name}: {len(found)} of {total} series")
    return found


class _Crew:
    """Worker processes, each fed by a thread that takes the next job when the last one is answered."""

    def __init__(self, jobs: Sequence[Job], workers: int) -> None:
        self.answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        for job in jobs:
            self._jobs.put(job)
        self._processes = [_started() for _ in range(workers)]
        self._threads = [threading.Thread(target=self._feed, args=(one,), daemon=True) for one in self._processes]
        for thread in self._threads:
            thread.start()

    def _feed(self, process: subprocess.Popen[bytes]) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            self.answers.put((job.name, _asked(process, job)))

    def dismiss(self) -> None:
        """End the workers at once; what they were at is lost."""
        for process in self._processes:
            process.kill()
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            process.communicate()


def _started() -> subprocess.Popen[bytes]:
    path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
    command = [sys.executable, "-m", "analytics.forecasting.many"]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    )


def _asked(process: subprocess.Popen[bytes], job: Job) -> Forecast | TierscopeError:
    """The worker's answer to one job; WorkerLost where there is none."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        pickle.dump(job, process.stdin)
        process.stdin.flush()
        return pickle.load(process.stdout)
    except (EOFError, OSError, pickle.UnpicklingError) as problem:
        return WorkerLost("A forecasting process was lost.", found=f"{problem}", todo="Run it again.")


def serve() -> None:
    """The worker: answer jobs until the input ends. Whatever a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            job = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(_answer(job), answers)
        answers.flush()


def _answer(job: Job) -> Forecast | TierscopeError:
    field = LEAN_FIELD if job.lean else FIELD
    try:
        return forecast(
            job.counts,
            job.horizon,
            events=job.events,
            holidays_country=job.holidays_country,
            unit=job.unit,
            field=field,
        )
    except TierscopeError as problem:
        return problem


if __name__ == "__main__":
    # As a module run by name this file's classes would be `__main__.Job` to pickle; the imported ones are the parent's.
    from analytics.forecasting import many

    many.serve()
