"""What the forecast pages share: forecasts from the shelf or raced in the background, jobs with progress and cancel, spikes.

Whatever takes seconds runs in one background thread (two races would only slow each other down) and is kept with the dataset;
a page shows what it has and is drawn anew when the job ends.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

import pandas as pd
import streamlit as st

from analytics import daily, outlook
from analytics.ahead import events, groups, hours, kept, plans, spikes, tiers
from analytics.ahead.hours import UnfinishedDay
from analytics.ahead.spikes import Watched
from analytics.charts.forecast import model_name
from analytics.forecasting.backtest import Cancelled
from analytics.forecasting.calendar_events import CalendarEvent
from analytics.forecasting.result import Forecast
from analytics.model import Filters
from analytics.warehouse.store import Dataset
from pages._kit import cached
from pages._kit.cached import Answer
from pages._kit.text import plain
from pages._kit.turns import stands_back
from pages._kit.view import View

RACED, BEFORE, QUICK = "raced", "before the last import", "8-week mean"


# ------------------------------------------------------------------------------------------------- background jobs


@dataclass
class Job:
    """Something that takes seconds. `share` (0-1) and `text` tell how far it is; `stop` asks it to end."""

    share: float = 0.0
    text: str = "waiting for its turn"
    stop: Event = field(default_factory=Event)
    future: Future[Any] = field(default_factory=Future)

    def tell(self, share: float, text: str) -> None:
        self.share, self.text = share, text


@st.cache_resource(show_spinner=False)
def _desk() -> tuple[ThreadPoolExecutor, dict[tuple, Job], Lock]:
    """The one background thread and the jobs by what they are for, shared by all sessions."""
    return ThreadPoolExecutor(1, thread_name_prefix="forecast", initializer=stands_back), {}, Lock()


def start(key: tuple, run: Callable[[Job], Any]) -> Job:
    """The job of that key; begun where there is none, or where the last one was cancelled."""
    pool, jobs, lock = _desk()
    with lock:
        if key not in jobs or (jobs[key].stop.is_set() and jobs[key].future.done()):
            job = jobs[key] = Job()
            job.future = pool.submit(run, job)
            for old in [name for name, one in jobs.items() if one.future.done()][:-64]:
                del jobs[old]
        return jobs[key]


def running(key: tuple) -> Job | None:
    """The job of that key, where it has been begun and not been cancelled."""
    job = _desk()[1].get(key)
    return None if job is None or (job.stop.is_set() and job.future.done()) else job


def stop_all() -> None:
    """Asks all jobs to end, and none that waits for its turn is begun."""
    pool, jobs, lock = _desk()
    with lock:
        pool.shutdown(wait=False, cancel_futures=True)
        for job in jobs.values():
            job.stop.set()


@st.fragment(run_every=0.8)
def wait_for(key: tuple, words: str, may_cancel: bool = False) -> None:
    """Tells how far a job is, and draws the page anew when it has ended."""
    job = running(key)
    if job is None or job.future.done():
        st.rerun()
        return
    st.progress(min(job.share, 1.0), text=f"{words} {plain(_progress_words(job.text))}")
    if may_cancel and st.button("Cancel", key=f"cancel_{abs(hash(key))}", icon=":material/close:"):
        job.stop.set()


def _progress_words(text: str) -> str:
    """How far a job is, with a model's name as people read it: "last_year: 3 of 9" as "Last year's shape: 3 of 9"."""
    name, colon, rest = text.partition(": ")
    words = f"{model_name(name)}: {rest}" if colon else text
    return words[:1].upper() + words[1:]


def result_of(job: Job) -> Any:
    """What a job gave; None where it is not done or was cancelled. Its error otherwise."""
    if not job.future.done():
        return None
    try:
        return job.future.result()
    except Cancelled:
        return None


# ------------------------------------------------------------------------------------------------------ one series


@dataclass(frozen=True)
class Shown:
    """A forecast as a page shows it. `state`: RACED, BEFORE (an import) or QUICK; `filters`: up to the last whole day."""

    forecast: Forecast
    state: str
    counts: pd.Series
    unit: str
    filters: Filters
    unfinished: UnfinishedDay | None
    key: tuple


def _mark(dataset: Dataset) -> tuple[str, str]:
    """Data and calendar events: what every cached forecast depends on."""
    return dataset.key, kept.events_mark(dataset)


@st.cache_data(max_entries=64, show_spinner=False)
def _unfinished(dataset_key: str, _dataset: Dataset) -> UnfinishedDay | None:
    return hours.unfinished_day(cached.warehouse(_dataset))


@st.cache_data(max_entries=256, show_spinner=False)
def _counts(dataset_key: str, filters: Filters, _dataset: Dataset) -> tuple[pd.Series, str]:
    return daily.daily_counts(cached.warehouse(_dataset), filters, daily.one_tier(filters))


@st.cache_resource(max_entries=128, show_spinner=False)
def _quick(mark: tuple[str, str], filters: Filters, horizon_days: int, _dataset: Dataset) -> Forecast:
    return outlook.forecast_dataset(cached.warehouse(_dataset), horizon_days, filters, quick=True)


@st.cache_resource(max_entries=128, show_spinner=False)
def _kept(mark: tuple[str, str], filters: Filters, horizon_days: int, _dataset: Dataset) -> Forecast | None:
    """A fresh forecast from the shelf; asked again until there is one (see `shown`)."""
    found = kept.find(_dataset, filters, horizon_days, _counts(_dataset.key, filters, _dataset)[0])
    return found.forecast if found is not None and found.fresh else None


def shown(seen: View, horizon_days: int) -> Shown:
    """The forecast of what is in view: the race's where it is kept or has ended, else the one from before the last import,
    else the 8-week mean at once, while the race runs in the background."""
    dataset, mark = seen.dataset, _mark(seen.dataset)
    unfinished = _unfinished(dataset.key, dataset)
    filters = hours.whole_days(seen.filters, unfinished)
    counts, unit = _counts(dataset.key, filters, dataset)
    key = ("race", *mark, filters, horizon_days)
    told, state = _kept(mark, filters, horizon_days, dataset), RACED
    if told is None:
        _kept.clear(mark, filters, horizon_days, dataset)
        warehouse = cached.warehouse(dataset)
        job = start(key, lambda job: outlook.forecast_dataset(warehouse, horizon_days, filters, progress=job.tell))
        told = result_of(job)
    if told is None:
        told, state = _meanwhile(dataset, mark, filters, horizon_days)
    return Shown(told, state, counts, unit, filters, unfinished, key)


def _meanwhile(dataset: Dataset, mark: tuple[str, str], filters: Filters, horizon_days: int) -> tuple[Forecast, str]:
    """What is shown while the race runs. A kept forecast whose days are mostly past already is of no use, and
    one that does not know the calendar events as they are now would hide what has just been planned."""
    old = kept.find(dataset, filters, horizon_days)
    quick = _quick(mark, filters, horizon_days, dataset)
    if old is not None and old.same_making and (quick.data_end - old.forecast.data_end).days <= 7:
        return old.forecast, BEFORE
    return quick, QUICK


def wait(told: Shown) -> None:
    """Says what is shown while the race runs; nothing once it has ended."""
    if told.state == QUICK:
        wait_for(told.key, "This is the 8-week mean; the other models are being tried on your history.")
    elif told.state == BEFORE:
        wait_for(told.key, "This is from before the last import; the models are being tried again.")


def answer(seen: View, frame: pd.DataFrame) -> Answer:
    """A computed frame as a card's answer, with the SQL of the daily counts that it was made from."""
    name = "visits_by_day" if daily.one_tier(seen.filters) else "volume_by_day"
    asked = cached.question(seen.dataset, seen.filters, name)
    return Answer(frame, asked.sql, asked.params, seen.sentence, asked.zone)


# --------------------------------------------------------------------------------------- hours, events, tiers, groups


@st.cache_data(max_entries=64, show_spinner=False)
def _hours(dataset_key: str, filters: Filters, _dataset: Dataset):
    return hours.profile_of(cached.warehouse(_dataset), filters)


def profile(told: Shown, dataset: Dataset):
    """The hours of the week of what is shown."""
    return _hours(dataset.key, told.filters, dataset)


def today(told: Shown, seen: View):
    """The day under way, corrected by what has come of it; None where the data end with a whole day."""
    if told.unfinished is None or told.forecast.points["at"].iloc[0].date() != told.unfinished.day:
        return None
    return hours.today(cached.warehouse(seen.dataset), seen.filters, told.forecast, told.unfinished)


@st.cache_data(max_entries=64, show_spinner=False)
def _effects(
    mark: tuple[str, str], filters: Filters, horizon_days: int, state: str, _dataset: Dataset, _told: Forecast
):
    counts, _ = _counts(_dataset.key, filters, _dataset)
    return events.effects_table(counts, events.events_for(cached.warehouse(_dataset), filters), _told)


def effects(told: Shown, dataset: Dataset) -> pd.DataFrame:
    """What calendar events do to the days ahead, one row per event."""
    return _effects(_mark(dataset), told.filters, told.forecast.horizon, told.state, dataset, told.forecast)


@st.cache_resource(max_entries=32, show_spinner="Measuring past events")
def _learned(mark: tuple[str, str], _dataset: Dataset):
    known = events.stored(_dataset)
    warehouse = cached.warehouse(_dataset)
    return events.learned(warehouse, known), events.offered(warehouse, known)


def learned(dataset: Dataset):
    """(what past events taught, past spikes that no event explains)."""
    return _learned(_mark(dataset), dataset)


def save_events(dataset: Dataset, known: tuple[CalendarEvent, ...] | list[CalendarEvent]) -> None:
    """Keeps the events; forecasts made with others are old from then on."""
    events.save(dataset, known)


def tiers_key(seen: View, horizon_days: int) -> tuple:
    return ("tiers", *_mark(seen.dataset), seen.filters, horizon_days)


def tier_forecast(seen: View, horizon_days: int):
    """The kept forecast of all tiers, else None while it is made in the background."""
    warehouse = cached.warehouse(seen.dataset)
    found = tiers.find(warehouse, horizon_days, seen.filters)
    if found is not None and found.fresh:
        return found
    job = start(
        tiers_key(seen, horizon_days),
        lambda job: tiers.forecast_tiers(
            warehouse, horizon_days, seen.filters, progress=job.tell, cancelled=job.stop.is_set
        ),
    )
    return result_of(job)


def group_key(seen: View, horizon_days: int, dimensions: tuple[str, ...]) -> tuple:
    return ("group", *_mark(seen.dataset), seen.filters, horizon_days, dimensions)


def start_group(seen: View, horizon_days: int, dimensions: tuple[str, ...]) -> Job:
    """Begins the forecasts of a split in the background."""
    warehouse = cached.warehouse(seen.dataset)
    chosen = groups.split(warehouse, seen.filters, dimensions).selections
    return start(
        group_key(seen, horizon_days, dimensions),
        lambda job: groups.forecast_group(
            warehouse, chosen, horizon_days, progress=job.tell, cancelled=job.stop.is_set
        ),
    )


@st.cache_data(max_entries=32, show_spinner=False)
def group_table(
    key: tuple, names: tuple[str, ...], _seen: View, _found: dict[str, Forecast], _chosen: Any
) -> pd.DataFrame:
    """The table of a split; the key and the names of the series that are there identify it."""
    return groups.table(cached.warehouse(_seen.dataset), _found, _chosen)


# --------------------------------------------------------------------------------------------------- spikes, plans


@st.cache_data(max_entries=64, show_spinner="Looking for spikes")
def _watch(mark: tuple[str, str], filters: Filters, _dataset: Dataset) -> Watched:
    return spikes.under_way(cached.warehouse(_dataset), filters)


def spikes_now(seen: View) -> Watched:
    """What is out of the ordinary in the last two weeks of what is in view: `stories` (each with a `sentence`, counts and
    the cells that made it) and `words` about what was watched. From the cache, else from the dataset's shelf (a few ms), else
    computed (a few seconds) and kept. NotEnoughData where nothing is in view."""
    return _watch(
        _mark(seen.dataset), hours.whole_days(seen.filters, _unfinished(seen.dataset.key, seen.dataset)), seen.dataset
    )


@st.cache_data(max_entries=64, show_spinner=False)
def watch_days(mark: tuple[str, str], filters: Filters, _dataset: Dataset):
    """The last four weeks of one selection against what was forecast before them: days and alarms."""
    from analytics.forecasting.watch import watch

    warehouse = cached.warehouse(_dataset)
    counts, unit = _counts(_dataset.key, filters, _dataset)
    told = watch(
        counts.tail(spikes.HISTORY_DAYS), events=events.events_for(warehouse, spikes.before_watch(filters, counts))
    )
    return told.days, unit


def story_days(seen: View, story: spikes.Story):
    """The days around a story: at, count, expected and bands, with their unit."""
    return watch_days(_mark(seen.dataset), story.filters, seen.dataset)


def plan_scores(dataset: Dataset) -> tuple[tuple[plans.LockedPlan, ...], pd.DataFrame]:
    """All plans with their scores so far."""
    locked = plans.plans(dataset)
    return locked, plans.scores_table(cached.warehouse(dataset), locked)
