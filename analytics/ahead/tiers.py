"""Tiers that add up: what enters is forecast, what moves between the tiers follows through routing and delay.

Each tier leans on its own forecast as far as that was closer in the past (see coherent.leaning). Kept with the dataset as one
result per selection and horizon: visits per tier with bands, their total, and how both ways of forecasting a tier (through
the routing, or by itself) and the two together would have done over the last months.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics import daily, outlook
from analytics.ahead import kept
from analytics.ahead.events import events_for
from analytics.errors import NotEnoughData
from analytics.forecasting import shelf
from analytics.forecasting.calendar_events import CalendarEvent, effects_ahead
from analytics.forecasting.coherent import (
    CoherentForecast,
    Routing,
    backtest_against_direct,
    entering_for_mix,
    follow_through,
    leaning,
    routing_from_visits,
)
from analytics.forecasting.series import prepare
from analytics.model import Filters
from analytics.warehouse import questions
from analytics.warehouse.questions import NO_FILTER
from analytics.warehouse.store import Warehouse

PATHS = 400
ORIGINS = 6
MATURING_DAYS = 28
"""Visits that began in the last four weeks are left out of the routing: the quick ones among them have ended, the slow not."""
RACED_FROM_PER_DAY = 1.0
"""Entries below one a day are not worth a race: the 8-week mean is what they get."""

_SCORES = ("tier", "coherent_wape", "direct_wape", "better", "together_wape", "direct_part")

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class TierForecast:
    """`points`: tier, at, mean, low80 … high95 of visits; `total`: the same over all tiers; `direct`: tier, at, mean of each
    tier forecast by itself; `scores`: tier, coherent_wape, direct_wape, better, together_wape, direct_part; `routing`: tier,
    next, share, visits; `fresh`: made from what the dataset holds now."""

    points: pd.DataFrame
    total: pd.DataFrame
    direct: pd.DataFrame
    scores: pd.DataFrame
    routing: pd.DataFrame
    fresh: bool


def flows(warehouse: Warehouse, filters: Filters = NO_FILTER) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(tickets that enter, visits that begin): one row per day, one column per tier, complete from the first day to the last."""
    whole = replace(filters, tiers=(), start=None, end=None)
    frame = questions.visits_by_day(warehouse, whole)
    if frame.empty:
        raise NotEnoughData("No ticket with a tier matches, so there is nothing to follow.", todo="Widen the filters.")
    first, last = daily.span_of(warehouse, filters)
    days = pd.date_range(max(first, frame["day"].min()), last, freq="D")
    tiers = sorted(frame["tier"].unique())
    wide = [
        frame.pivot(index="day", columns="tier", values=column).reindex(days, columns=tiers).fillna(0.0)
        for column in ("entries", "visits")
    ]
    return wide[0], wide[1]


def routing_until(frame: pd.DataFrame, tiers: Sequence[str], day: pd.Timestamp) -> Routing:
    """Routing as it could be known on a day: visits of the half year before the last four weeks that had ended by then."""
    start, end = day - pd.Timedelta(days=daily.RECENT_DAYS + MATURING_DAYS), day - pd.Timedelta(days=MATURING_DAYS)
    age = (day - frame["day"]).dt.days
    there = frame[(frame["day"] >= start) & (frame["day"] < end) & (frame["ended_days"] < age)]
    there = there[there["tier"] != there["next_tier"]]
    delay = pd.to_timedelta(there["delay_days"].astype(float), unit="D")
    visits = there.assign(started_at=there["day"], next_started_at=there["day"] + delay)
    return routing_from_visits(visits, tuple(tiers))


def forecast_tiers(
    warehouse: Warehouse,
    horizon_days: int,
    filters: Filters = NO_FILTER,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> TierForecast:
    """Visits per tier ahead, through the routing and each by itself, with the backtest of both. Kept with the dataset."""
    found = find(warehouse, horizon_days, filters)
    if found is not None and found.fresh:
        return found
    entries, visits = flows(warehouse, filters)
    frame = questions.routing_by_day(warehouse, replace(filters, tiers=(), start=None, end=None))
    tiers, tomorrow = list(visits.columns), visits.index[-1] + pd.Timedelta(days=1)
    routing = routing_until(frame, tiers, tomorrow)
    tell = progress or (lambda share, text: None)
    external = _entering(warehouse, filters, entries, horizon_days, routing, _part(tell, 0.0, 0.4), cancelled)
    days = pd.date_range(tomorrow, periods=horizon_days, freq="D")
    through = follow_through(external, visits.to_numpy(dtype=float), routing, days, seed=3)
    direct = _direct(warehouse, filters, tiers, horizon_days, _part(tell, 0.4, 0.9), cancelled)
    tell(0.95, "trying both ways on the last months")
    scores = _compared(entries, visits, frame, horizon_days)
    leant = _leant(through, tiers, direct, scores)
    made = TierForecast(leant.points, leant.total, direct, scores, _routing_table(routing), True)
    _keep(warehouse, horizon_days, filters, made)
    return made


def _part(tell: Progress, start: float, end: float) -> Progress:
    return lambda share, text: tell(start + share * (end - start), text)


def _entering(
    warehouse: Warehouse,
    filters: Filters,
    entries: pd.DataFrame,
    horizon: int,
    routing: Routing,
    progress: Progress,
    cancelled: Callable[[], bool] | None,
) -> np.ndarray:
    """paths × days × tiers: sample paths of the tickets that enter at each tier, planned events with a tier mix put where it
    says."""
    events = events_for(warehouse, replace(filters, tiers=()))
    last = entries.index[-1].date()
    mixed = [event for event in events if event.tier_mix and event.start > last]
    rest = tuple(event for event in events if event not in mixed)
    paths = np.zeros((PATHS, horizon, entries.shape[1]))
    for at, tier in enumerate(entries.columns):
        told = _entry_forecast(entries[tier], horizon, rest, progress, cancelled)
        if told is not None:
            paths[:, :, at] = told.sample_paths(PATHS, seed=10 + at)
    return paths + _placed(entries, mixed, paths.sum(axis=2).mean(axis=0), routing)


def _entry_forecast(
    counts: pd.Series,
    horizon: int,
    events: Sequence[CalendarEvent],
    progress: Progress,
    cancelled: Callable[[], bool] | None,
):
    """The race where there is something to race for, the 8-week mean below a ticket a day, None where nobody enters."""
    from analytics.forecasting.race import forecast, quick_forecast

    if counts.sum() == 0:
        return None
    if counts.tail(56).mean() < RACED_FROM_PER_DAY:
        return quick_forecast(counts, horizon, events=events)
    return forecast(counts, horizon, events=events, progress=progress, cancelled=cancelled)


def _placed(entries: pd.DataFrame, events: Sequence[CalendarEvent], usual: np.ndarray, routing: Routing) -> np.ndarray:
    """paths × days × tiers: the extra tickets of events with a tier mix, entering where their visits come out in that mix."""
    extra, rng = np.zeros((PATHS, len(usual), len(routing.tiers))), np.random.default_rng(5)
    whole = prepare(entries.sum(axis=1))
    for one in effects_ahead(whole, events, len(usual)):
        mix = np.array([dict(one.event.tier_mix).get(tier, 0.0) for tier in routing.tiers])
        uplifts = np.maximum(rng.normal(one.uplift, one.sd_uplift, (PATHS, 1, 1)), 0.0)
        mean = uplifts * (one.shape * usual)[None, :, None] * entering_for_mix(routing, mix)
        extra = extra + rng.poisson(mean)
    return extra


def _direct(
    warehouse: Warehouse,
    filters: Filters,
    tiers: Sequence[str],
    horizon: int,
    progress: Progress,
    cancelled: Callable[[], bool] | None,
) -> pd.DataFrame:
    """Each tier's visits forecast by themselves: tier, at, mean. The same forecasts as those of the tier's own page."""
    parts = []
    for number, tier in enumerate(tiers):
        tell = _part(progress, number / len(tiers), (number + 1) / len(tiers))
        mine = replace(filters, tiers=(tier,))
        told = outlook.forecast_dataset(warehouse, horizon, mine, progress=tell, cancelled=cancelled)
        parts.append(told.points[["at", "mean"]].assign(tier=tier))
    return pd.concat(parts, ignore_index=True)[["tier", "at", "mean"]]


def _compared(entries: pd.DataFrame, visits: pd.DataFrame, frame: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Both ways over the last horizons, each with the 8-week mean; fewer where the history is short, empty below three."""
    scored = min(horizon, 28)
    origins = min(ORIGINS, len(visits) // scored - 4)
    if origins < 1:
        return pd.DataFrame(columns=list(_SCORES))
    known = lambda day: routing_until(frame, list(visits.columns), day)  # noqa: E731
    return backtest_against_direct(entries, visits, known, scored, origins=origins)


def _leant(
    through: CoherentForecast, tiers: Sequence[str], direct: pd.DataFrame, scores: pd.DataFrame
) -> CoherentForecast:
    """What came through the routing, leaning on each tier's own forecast by its part; as it is where nothing was compared."""
    if scores.empty:
        return through
    alone = direct.pivot(index="at", columns="tier", values="mean")[list(tiers)].to_numpy(dtype=float)
    parts = scores.set_index("tier").loc[list(tiers), "direct_part"].to_numpy(dtype=float)
    return leaning(through, tuple(tiers), alone, parts, seed=4)


def _routing_table(routing: Routing) -> pd.DataFrame:
    totals = np.maximum(routing.moves.sum(axis=1), 1)
    rows = [
        {"tier": tier, "next": after, "share": routing.moves[i, j] / totals[i], "visits": routing.moves[i, j]}
        for i, tier in enumerate(routing.tiers)
        for j, after in enumerate((*routing.tiers, "ended here"))
        if routing.moves[i, j]
    ]
    return pd.DataFrame(rows, columns=["tier", "next", "share", "visits"])


# ------------------------------------------------------------------------------------------------------- the shelf

_FRAMES = ("points", "total", "direct", "scores", "routing")


def find(warehouse: Warehouse, horizon_days: int, filters: Filters = NO_FILTER) -> TierForecast | None:
    """The kept result, fresh or from before the last import; None where there is none."""
    record = shelf.read(_file(warehouse, horizon_days, filters))
    if record is None or record.get("engine") != kept.ENGINE:
        return None
    dataset = warehouse.dataset
    fresh = record.get("version") == dataset.version and record.get("events") == kept.events_mark(dataset)
    try:
        frames = {name: _dated(pd.DataFrame(record[name])) for name in _FRAMES}
    except (KeyError, ValueError):
        return None
    return TierForecast(**frames, fresh=fresh)


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(at=pd.to_datetime(frame["at"])) if "at" in frame else frame


def _keep(warehouse: Warehouse, horizon_days: int, filters: Filters, made: TierForecast) -> None:
    record = {
        "engine": kept.ENGINE,
        "version": warehouse.dataset.version,
        "events": kept.events_mark(warehouse.dataset),
    }
    for name in _FRAMES:
        frame: pd.DataFrame = getattr(made, name)
        plain = frame.assign(at=frame["at"].dt.strftime("%Y-%m-%d")) if "at" in frame else frame
        record[name] = plain.astype(object).where(plain.notna(), None).to_dict("list")
    try:
        shelf.write(_file(warehouse, horizon_days, filters), record)
    except OSError:
        return  # a read-only home: the result is used, and made anew the next time


def _file(warehouse: Warehouse, horizon_days: int, filters: Filters):
    name = shelf.digest([kept.filters_record(replace(filters, tiers=())), horizon_days])
    return kept.folder_of(warehouse.dataset) / f"tiers-{name}.json"


__all__ = ["TierForecast", "find", "flows", "forecast_tiers", "routing_until"]
