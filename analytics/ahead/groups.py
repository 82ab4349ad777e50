"""Many forecasts at once: a selection split by tier, by an attribute or by both, with progress, kept one by one.

A series that was forecast on its own, by the whole field, keeps that forecast here too; the others are raced by the lean one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics import daily
from analytics.ahead import kept
from analytics.ahead.events import events_for
from analytics.errors import FilterError, NotEnoughData, did_you_mean
from analytics.forecasting.result import Forecast
from analytics.model import Filters
from analytics.warehouse import questions
from analytics.warehouse.store import Warehouse

FIELDS = {
    "tier": "tiers", "product": "products", "category": "categories", "channel": "channels", "priority": "priorities",
    "team": "teams",
}  # fmt: skip
MOST_SERIES = 40
PATHS = 500
SEPARATOR = " · "


@dataclass(frozen=True)
class Group:
    """The selections of a split by name, and how many were left out as the smallest beyond MOST_SERIES."""

    selections: Mapping[str, Filters]
    left_out: int


def split(warehouse: Warehouse, filters: Filters, dimensions: tuple[str, ...]) -> Group:
    """The selections of a split: every value of each dimension that has tickets, the largest first, tiers in order.

    Values that are already filtered by stay the only ones of their dimension. Tickets without a value are in none.
    """
    for name in dimensions:
        if name not in FIELDS:
            raise FilterError(f"A forecast cannot be split by '{name}'.", todo=did_you_mean(name, list(FIELDS)))
    known = questions.filter_values(warehouse)
    made: list[tuple[str, Filters]] = [("", filters)]
    for name in dimensions:
        values = [str(value) for value in known.loc[known["attribute"] == name, "value"] if value != "(not given)"]
        wanted = getattr(filters, FIELDS[name])
        values = [value for value in values if not wanted or value in wanted]
        made = [
            (SEPARATOR.join(part for part in (before, value) if part), replace(chosen, **{FIELDS[name]: (value,)}))
            for before, chosen in made
            for value in (sorted(values) if name == "tier" else values)
        ]
    return Group(dict(made[:MOST_SERIES]), max(len(made) - MOST_SERIES, 0))


def forecast_group(
    warehouse: Warehouse,
    selections: Mapping[str, Filters],
    horizon_days: int,
    *,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> dict[str, Forecast]:
    """Forecasts by name, raced side by side; those that are kept and fresh are taken, and each new one is kept at once, so
    that a cancelled run goes on where it stopped. Selections without any ticket are left out."""
    from analytics.forecasting.many import forecast_many

    counted = _counted(warehouse, selections)
    found = {name: _fresh(warehouse, selections[name], horizon_days, series) for name, (series, _) in counted.items()}
    missing = {name: counted[name][0] for name, forecast in found.items() if forecast is None}

    def each(name: str, forecast: Forecast) -> None:
        found[name] = forecast
        kept.keep(warehouse.dataset, selections[name], horizon_days, missing[name], forecast, lean=True)

    if missing:
        forecast_many(
            missing,
            horizon_days,
            events={name: events_for(warehouse, selections[name]) for name in missing},
            unit={name: counted[name][1] for name in missing},
            progress=progress,
            cancelled=cancelled,
            each=each,
        )
    return {name: forecast for name, forecast in found.items() if forecast is not None}


def _counted(warehouse: Warehouse, selections: Mapping[str, Filters]) -> dict[str, tuple[pd.Series, str]]:
    counted = {}
    for name, filters in selections.items():
        try:
            counted[name] = daily.daily_counts(warehouse, filters, daily.one_tier(filters))
        except NotEnoughData:
            continue  # nothing ever came there: no row, rather than a forecast of zero
    return counted


def _fresh(
    warehouse: Warehouse, filters: Filters, horizon_days: int, counts: pd.Series | None = None
) -> Forecast | None:
    """The selection's own forecast where it is kept and fresh, else the one that was raced among many."""
    for lean in (False, True):
        found = kept.find(warehouse.dataset, filters, horizon_days, counts, lean=lean)
        if found is not None and found.fresh:
            return found.forecast
    return None


def kept_group(warehouse: Warehouse, selections: Mapping[str, Filters], horizon_days: int) -> dict[str, Forecast]:
    """Those of the group that are kept and made from this version of the dataset. No query is run."""
    found = {name: _fresh(warehouse, filters, horizon_days) for name, filters in selections.items()}
    return {name: forecast for name, forecast in found.items() if forecast is not None}


def table(warehouse: Warehouse, forecasts: Mapping[str, Forecast], selections: Mapping[str, Filters]) -> pd.DataFrame:
    """One row per series: series, forecast_total with total_low80 and total_high80, last_total (of as many days before),
    change, wape, mean_8_weeks_wape, noise_floor_wape, coverage80, model, unit."""
    rows = []
    for name, told in forecasts.items():
        counts, _ = daily.daily_counts(warehouse, selections[name], daily.one_tier(selections[name]))
        rows.append({"series": name} | _row(told, counts))
    return pd.DataFrame(rows)


def _row(told: Forecast, counts: pd.Series) -> dict[str, object]:
    low, high = total_interval(told)
    total, last = float(told.points["mean"].sum()), float(counts.tail(told.horizon).sum())
    scores = {score.model: score for score in told.backtest}
    best, mean = told.backtest[0] if told.backtest else None, scores.get("mean_8_weeks")
    return {
        "forecast_total": total, "total_low80": low, "total_high80": high,
        "last_total": last if len(counts) >= told.horizon else np.nan,
        "change": total / last - 1 if last and len(counts) >= told.horizon else np.nan,
        "wape": best.wape if best else None, "mean_8_weeks_wape": mean.wape if mean else None,
        "noise_floor_wape": told.noise_floor_wape, "coverage80": best.coverage80 if best else None,
        "model": told.model.replace("_", " "), "unit": told.unit,
    }  # fmt: skip


def total_interval(told: Forecast) -> tuple[float, float]:
    """80 % interval of the sum over all days: of sample paths, since days go wrong together and bands do not add up."""
    totals = told.sample_paths(PATHS, seed=1).sum(axis=1)
    low, high = np.quantile(totals, [0.1, 0.9])
    return float(low), float(high)


__all__ = ["FIELDS", "Group", "forecast_group", "kept_group", "split", "table", "total_interval"]
