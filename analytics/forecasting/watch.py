"""The last weeks of a series against what was forecast before they began: alerts and the picture behind them.

The forecast is made at the beginning of the watched days and not updated: one that followed the counts would call a
slow rise normal after a week. It knows the time of the year where the history does: against the 8-week mean, every
autumn's climb was a slow rise (17 of 60 made series with a yearly swing raised a false one, none with it; and of 60 true
rises of 30 % within such a swing 58 were found instead of 44).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.errors import NotEnoughData
from analytics.forecasting.calendar_events import CalendarEvent
from analytics.forecasting.race import seasonal_forecast
from analytics.forecasting.result import Forecast
from analytics.forecasting.series import DailySeries, prepare
from analytics.forecasting.spikes import Alert, find_alerts

LEAST_HISTORY_DAYS = 14
WIDTH_OF_80 = 2.5631031310892007
"""Standard deviations between a normal's 10th and 90th percentile."""


@dataclass(frozen=True)
class Watch:
    """`days`: at, count, expected, low80, high80, low95, high95 per watched day; `alerts`: worst first; `dispersion`: of
    the forecast's errors, which the alarms were set by."""

    days: pd.DataFrame
    alerts: tuple[Alert, ...]
    dispersion: float


def watch(
    counts: pd.Series | DailySeries,
    days: int = 28,
    *,
    events: Sequence[CalendarEvent] = (),
    false_alerts_per_year: float = 6.0,
    series_watched: int = 1,
    forecaster: Callable[..., Forecast] = seasonal_forecast,
) -> Watch:
    """Watch the last `days` days (fewer on a short series) of a series, known events taken into account.

    `forecaster`: `seasonal_forecast`, or `forecast` where there is time. Raises `NotEnoughData` below three weeks.
    """
    series = counts if isinstance(counts, DailySeries) else prepare(counts)
    watched = min(days, len(series) - LEAST_HISTORY_DAYS)
    if watched < 7:
        raise NotEnoughData(
            "The series is too short to watch.", found=f"{len(series)} days.", todo="Three weeks are needed."
        )
    ahead = forecaster(series.head(len(series) - watched), watched, events=events)
    points = ahead.points.rename(columns={"mean": "expected"})
    points.insert(1, "count", series.values[-watched:])
    dispersion = error_dispersion(ahead)
    alerts = find_alerts(
        points.set_index("at")["count"],
        points.set_index("at")["expected"],
        dispersion,
        false_alerts_per_year=false_alerts_per_year,
        series_watched=series_watched,
    )
    return Watch(points, alerts, dispersion)


def error_dispersion(forecast: Forecast) -> float:
    """Dispersion a with which m + a·m² is the variance that the 80 % intervals show, over all days together."""
    mean = forecast.points["mean"].to_numpy(dtype=float)
    width = (forecast.points["high80"] - forecast.points["low80"]).to_numpy(dtype=float)
    squared = float(np.sum(mean**2))
    return max(float(np.sum((width / WIDTH_OF_80) ** 2 - mean)), 0.0) / squared if squared > 0 else 0.0
