"""Forecasts that are kept with their dataset, found again by any process, and known to be old when the data have changed.

One file per selection and horizon in `<dataset>/forecasts/`, beside the version files, so that it survives imports and goes
with the dataset when that is renamed or deleted. A forecast is *fresh* where engine and calendar events are those it was
made with and the dataset's version, or else its daily counts, are still the same: a change of settings need not cost a race,
and an import that brought days does. What was raced among many series by the lean field stands apart (`lean`): what one
series' own page says must not depend on whether somebody asked for many before. Imports nothing heavy: a fresh forecast is
told without pandas.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.forecasting import shelf
from analytics.model import Filters
from analytics.warehouse.store import Dataset

if TYPE_CHECKING:
    import pandas as pd

    from analytics.forecasting.result import Forecast

ENGINE = 6
"""Goes up with every change that moves the numbers of a forecast: older results are then made anew."""

EVENTS_FILE = "events.json"


@dataclass(frozen=True)
class Kept:
    """A forecast from the shelf. `version`: of the dataset it was made from; `same_making`: by today's engine and with today's
    calendar events; `fresh`: that, and of today's data."""

    forecast: Forecast
    version: int
    made_at: str
    same_making: bool
    fresh: bool


def folder_of(dataset: Dataset) -> Path:
    """Where a dataset's forecasts, plans and calendar events are."""
    return dataset.folder / "forecasts"


def filters_record(filters: Filters) -> dict[str, Any]:
    """Filters as plain data; what is not filtered by is left out."""
    told = {item.name: getattr(filters, item.name) for item in fields(filters) if getattr(filters, item.name)}
    return {name: value.isoformat() if isinstance(value, date) else _listed(value) for name, value in told.items()}


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, tuple) else value


def filters_from(record: dict[str, Any]) -> Filters:
    """Filters of `filters_record`; TypeError or ValueError where they are not."""
    days = {name: date.fromisoformat(record[name]) for name in ("start", "end") if name in record}
    custom = tuple((column, tuple(values)) for column, values in record.get("custom", ()))
    rest = {name: tuple(value) for name, value in record.items() if name not in {"start", "end", "custom"}}
    return Filters(**days, **rest, custom=custom)


def told(dataset: Dataset, filters: Filters, horizon_days: int) -> dict[str, Any] | None:
    """The JSON object of the command line where a forecast from this very version is kept, else None. No query is run."""
    record = shelf.read(_file(dataset, filters, horizon_days))
    if record is None or not _same_making(record, dataset) or record.get("version") != dataset.version:
        return None
    return record.get("told")


def find(
    dataset: Dataset, filters: Filters, horizon_days: int, counts: pd.Series | None = None, *, lean: bool = False
) -> Kept | None:
    """The kept forecast, fresh or not; None where there is none. `counts`: today's daily counts, where they are known."""
    from analytics.forecasting.result import Forecast

    record = shelf.read(_file(dataset, filters, horizon_days, lean))
    if record is None:
        return None
    try:
        forecast = Forecast.from_record(record["forecast"])
        version, made_at = int(record["version"]), str(record["made_at"])
    except (KeyError, TypeError, ValueError):
        return None
    same_counts = version == dataset.version or (counts is not None and record.get("counts") == counts_mark(counts))
    same_making = _same_making(record, dataset)
    return Kept(forecast, version, made_at, same_making, same_making and same_counts)


def keep(
    dataset: Dataset,
    filters: Filters,
    horizon_days: int,
    counts: pd.Series,
    forecast: Forecast,
    *,
    lean: bool = False,
) -> bool:
    """Puts a forecast on the shelf; False where the folder cannot be written (a read-only home, a deleted dataset)."""
    record = {
        "engine": ENGINE, "events": events_mark(dataset), "version": dataset.version, "counts": counts_mark(counts),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"), "filters": filters_record(filters),
        "horizon": horizon_days, "told": forecast.to_dict(), "forecast": forecast.to_record(),
    }  # fmt: skip
    try:
        shelf.write(_file(dataset, filters, horizon_days, lean), record)
    except OSError:
        return False
    with contextlib.suppress(OSError):
        shelf.sweep(folder_of(dataset), "result-*.json")
    return True


def _file(dataset: Dataset, filters: Filters, horizon_days: int, lean: bool = False) -> Path:
    name = shelf.digest([filters_record(filters), horizon_days])
    return folder_of(dataset) / f"result-{'lean-' if lean else ''}{name}.json"


def _same_making(record: dict[str, Any], dataset: Dataset) -> bool:
    return record.get("engine") == ENGINE and record.get("events") == events_mark(dataset)


def events_mark(dataset: Dataset) -> str:
    """Stands for the calendar events as they are stored; changes with every edit of them."""
    return shelf.digest(shelf.read(folder_of(dataset) / EVENTS_FILE))


def counts_mark(counts: pd.Series) -> str:
    """Stands for a daily series: its first day and its counts."""
    return shelf.digest([str(counts.index[0])[:10], [float(count) for count in counts]])
