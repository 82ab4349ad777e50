"""Hours of the week of a selection, days as hours, and the day that has begun: what it will still bring."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from analytics import daily
from analytics.errors import NotEnoughData
from analytics.forecasting.profile import TodayForecast, WeekProfile, hourly, reforecast_today, week_profile
from analytics.forecasting.result import Forecast
from analytics.model import Filters
from analytics.warehouse import questions
from analytics.warehouse.questions import NO_FILTER
from analytics.warehouse.store import Warehouse

MONDAY = pd.Timestamp("2024-01-01")
LEAST_EXPECTED_REST = 5.0
"""With five more tickets expected, a day that brings none of them is one chance in 150: its data stop early."""
COMPARED_WEEKS = 8


@dataclass(frozen=True)
class UnfinishedDay:
    """The data's last day where they stop before it ended. `elapsed_hours`: local hours of it that are in the data."""

    day: date
    elapsed_hours: float
    expected_rest: float


def profile_of(warehouse: Warehouse, filters: Filters = NO_FILTER) -> WeekProfile:
    """The hours of the week at which a selection comes, over the half year up to its end. NotEnoughData without a ticket."""
    lately = daily.recent(warehouse, filters)
    if filters.end and lately.end and filters.end < lately.end:
        lately = filters.with_period(filters.end - pd.Timedelta(days=daily.RECENT_DAYS).to_pytimedelta(), filters.end)
    tier = daily.one_tier(lately)
    frame = questions.came_by_hour(warehouse, _without_tier(lately) if tier else lately, tier)
    hours = frame["weekday"].to_numpy(dtype=int) * 24 + frame["hour"].to_numpy(dtype=int)
    return week_profile(pd.DataFrame({"at": MONDAY + pd.to_timedelta(hours, unit="h"), "count": frame["count"]}))


def _without_tier(filters: Filters) -> Filters:
    return replace(filters, tiers=())


def by_hour(forecast: Forecast, profile: WeekProfile, days: int = 14) -> pd.DataFrame:
    """The first days of a forecast by hour: at, mean and bands; the hours of a day add up to its mean."""
    return hourly(forecast.points.head(days), profile)


def unfinished_day(warehouse: Warehouse) -> UnfinishedDay | None:
    """The data's last day where tickets of it are certainly missing; None where it is whole, as far as can be told.

    The data reach to their last event. The day is unfinished where that lies in it and where, by the usual hours and the
    usual volume of the weekday, more than LEAST_EXPECTED_REST tickets should have followed.
    """
    last = _last_moment(warehouse)
    day = questions.period_bounds(warehouse).iloc[0]["last_day"]
    if last is None or pd.isna(day) or pd.Timestamp(day).date() != last.date():
        return None
    elapsed = last.hour + last.minute / 60 + last.second / 3600
    try:
        counts, _ = daily.daily_counts(warehouse, Filters())
        shares = profile_of(warehouse).shares[last.weekday()]
    except NotEnoughData:
        return None
    before = counts.iloc[:-1]
    usual = before[before.index.day_of_week == last.weekday()].tail(COMPARED_WEEKS)
    rest = float(usual.mean()) * _share_after(shares, elapsed) if len(usual) else 0.0
    return UnfinishedDay(last.date(), elapsed, rest) if rest > LEAST_EXPECTED_REST else None


def _last_moment(warehouse: Warehouse) -> datetime | None:
    """The data's last event in the dataset's local time."""
    at = questions.dataset_summary(warehouse).iloc[0]["last_at"]
    return None if pd.isna(at) else at.to_pydatetime().astimezone(ZoneInfo(questions.timezone(warehouse)))


def _share_after(hours: np.ndarray, elapsed: float) -> float:
    whole = min(int(elapsed), 23)
    return float(hours[whole + 1 :].sum() + hours[whole] * (1 - min(elapsed - whole, 1.0)))


def whole_days(filters: Filters, unfinished: UnfinishedDay | None) -> Filters:
    """The selection up to the last whole day: half a day must not be learnt as a quiet one."""
    if unfinished is None or (filters.end is not None and filters.end < unfinished.day):
        return filters
    yesterday = (pd.Timestamp(unfinished.day) - pd.Timedelta(days=1)).date()
    return filters if filters.start and filters.start > yesterday else filters.with_period(filters.start, yesterday)


def today(warehouse: Warehouse, filters: Filters, forecast: Forecast, unfinished: UnfinishedDay) -> TodayForecast:
    """The unfinished day's total by what has come of it. `forecast` begins on that day (it is of `whole_days`)."""
    first = forecast.points.iloc[0]
    if first["at"].date() != unfinished.day:
        raise NotEnoughData(
            "The forecast does not begin on the day that is under way.", found=f"{first['at']:%Y-%m-%d}."
        )
    that_day = filters.with_period(unfinished.day, unfinished.day)
    try:
        came = float(daily.daily_counts(warehouse, that_day, daily.one_tier(filters))[0].sum())
    except NotEnoughData:
        came = 0.0
    hours = profile_of(warehouse, filters).of_days(pd.DatetimeIndex([first["at"]]))[0]
    return reforecast_today(
        first["mean"], first["low80"], first["high80"], hours, came, min(unfinished.elapsed_hours, 24)
    )
