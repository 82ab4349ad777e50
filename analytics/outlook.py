"""The forecast of a dataset: its daily series through the race, its result kept with it.

The staffing model's inputs are made in `analytics.workforce.inputs`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from analytics import daily
from analytics.model import Filters
from analytics.warehouse.questions import NO_FILTER
from analytics.warehouse.store import Warehouse

if TYPE_CHECKING:
    from analytics.forecasting.result import Forecast


def forecast_dataset(
    warehouse: Warehouse,
    horizon_days: int,
    filters: Filters = NO_FILTER,
    *,
    quick: bool = False,
    events: Sequence[Any] | None = None,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Forecast:
    """The forecast of what the filters select; of one tier's visits where they name exactly one tier.

    With the dataset's own calendar events, unless others are given. The race's result is kept with the dataset and taken
    from there while nothing has changed; one with other events is not.
    """
    from analytics.ahead import kept
    from analytics.ahead.events import events_for
    from analytics.forecasting.race import forecast, quick_forecast

    series, unit = daily.daily_counts(warehouse, filters, daily.one_tier(filters))
    own = events is None
    if own and not quick and (found := kept.find(warehouse.dataset, filters, horizon_days, series)) and found.fresh:
        return found.forecast
    known = events_for(warehouse, filters) if events is None else events
    if quick:
        return quick_forecast(series, horizon_days, events=known, unit=unit)
    made = forecast(series, horizon_days, events=known, unit=unit, progress=progress, cancelled=cancelled)
    if own:
        kept.keep(warehouse.dataset, filters, horizon_days, series, made)
    return made
