"""Working hours: how much business time lies between two moments, exactly, across weekends, holidays and DST.

A calendar says at which local minutes a tier is open. From it comes `B(t)`, the open time from the start of the clock until
`t`, so that the business time between two moments is `B(end) - B(start)`: additive, never negative, and equal to calendar
time for a tier that is open 24 x 7.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from analytics.errors import InputError, did_you_mean
from analytics.model import TIERS, US_PER_DAY, US_PER_HOUR, US_PER_MINUTE

Minutes = tuple[int, int]
"""An opening: minutes after local midnight, start inclusive and end exclusive; 1440 is the next midnight."""

OFFICE_WEEK: tuple[tuple[Minutes, ...], ...] = (((540, 1020),),) * 5 + ((), ())
"""Monday to Friday, 9 to 17: what stands until somebody says otherwise."""

ALWAYS: tuple[tuple[Minutes, ...], ...] = (((0, 1440),),) * 7


@dataclass(frozen=True)
class Calendar:
    """When a tier works. `week` has Monday first; `exceptions` replace a day's hours (no openings: closed)."""

    timezone: str = "UTC"
    week: tuple[tuple[Minutes, ...], ...] = OFFICE_WEEK
    holidays_country: str = ""
    holidays_region: str = ""
    exceptions: tuple[tuple[date, tuple[Minutes, ...]], ...] = field(default=())

    def __post_init__(self) -> None:
        _zone(self.timezone)
        if len(self.week) != 7:
            raise InputError("A week has seven days.", found=f"{len(self.week)} were given.", todo="Give Monday first.")
        for openings in (*self.week, *(openings for _, openings in self.exceptions)):
            _check_openings(openings)

    def openings(self, day: date) -> tuple[Minutes, ...]:
        """The day's openings in local minutes: the exception where there is one, nothing on a holiday, else the week's."""
        for exception, openings in self.exceptions:
            if exception == day:
                return openings
        if self.holidays_country and day in _holidays(self.holidays_country, self.holidays_region, day.year):
            return ()
        return self.week[day.weekday()]


def _check_openings(openings: tuple[Minutes, ...]) -> None:
    edges = [minute for opening in openings for minute in opening]
    if edges != sorted(edges) or any(not 0 <= minute <= 1440 for minute in edges):
        raise InputError(
            "A day's opening hours must not overlap and must lie between 0:00 and 24:00.",
            found=str(openings),
            todo="Give each opening as start and end, in order.",
        )


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise InputError(f"There is no time zone '{name}'.", todo="Use a name such as Europe/Berlin.") from problem


@cache
def _holidays(country: str, region: str, year: int) -> frozenset[date]:
    import holidays

    try:
        return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
    except NotImplementedError as problem:
        raise InputError(
            f"No holidays are known for '{country}{' ' + region if region else ''}'.",
            todo=did_you_mean(country, sorted(holidays.list_supported_countries())) or "Enter them as exceptions.",
        ) from problem


def _utc_us(zone: ZoneInfo, day: date, minute: int) -> int:
    """A local minute as UTC microseconds. A skipped one moves forward, of a repeated one it is the first."""
    local = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    return int(local.replace(tzinfo=zone, fold=0).astimezone(UTC).timestamp()) * 1_000_000


def open_intervals(calendar: Calendar, first: date, last: date) -> np.ndarray:
    """Open intervals of the local days first … last, as UTC microseconds: an (n, 2) array, in order, merged where they touch."""
    zone, found = _zone(calendar.timezone), []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for start, end in calendar.openings(day):
            opens, closes = _utc_us(zone, day, start), _utc_us(zone, day, end)
            if found and opens <= found[-1][1]:
                found[-1][1] = max(found[-1][1], closes)
            elif closes > opens:
                found.append([opens, closes])
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _open_until(spans: np.ndarray):
    """B(t) as a function of microseconds: open time before t."""
    before = np.concatenate([[0], np.cumsum(spans[:, 1] - spans[:, 0])]).astype(np.int64)

    def until(moments: np.ndarray) -> np.ndarray:
        index = np.searchsorted(spans[:, 0], moments, side="right")
        last = np.maximum(index - 1, 0)
        if not len(spans):
            return np.zeros_like(moments)
        over = np.where(index > 0, np.maximum(moments - spans[last, 1], 0), 0)
        return np.where(index > 0, before[last] + (moments - spans[last, 0]) - over, 0)

    return until


def clock_table(calendars: dict[str, Calendar], first_us: int, last_us: int) -> pd.DataFrame:
    """B(t) as a table that plain SQL can join: one row per tier and UTC quarter of an hour.

    Columns tier (rank), bucket_us, open_before_us, opens_us, closes_us (the open part of the quarter; opens = closes where
    there is none). `B(t) = open_before_us + greatest(0, least(t, closes_us) - opens_us)` for t in the quarter. Exact where
    a quarter holds at most one opening; others are refused. Rejected: ASOF joins, which Spark does not have.
    """
    frames = [_tier_clock(rank, calendars.get(tier, Calendar()), first_us, last_us) for rank, tier in enumerate(TIERS)]
    return pd.concat(frames, ignore_index=True)


QUARTER_US = 15 * US_PER_MINUTE


def _tier_clock(rank: int, calendar: Calendar, first_us: int, last_us: int) -> pd.DataFrame:
    start = first_us - first_us % US_PER_DAY - US_PER_DAY
    buckets = np.arange(start, last_us + 2 * US_PER_DAY, QUARTER_US, dtype=np.int64)
    days = [datetime.fromtimestamp(edge / 1e6, UTC).date() for edge in (int(buckets[0]), int(buckets[-1]))]
    spans = open_intervals(calendar, days[0] - timedelta(days=2), days[1] + timedelta(days=2))
    before = _open_until(spans)(buckets)
    opens, closes = buckets.copy(), buckets.copy()
    if len(spans):
        _check_quarters(spans)
        index = np.searchsorted(spans[:, 1], buckets, side="right").clip(max=len(spans) - 1)
        low, high = np.maximum(spans[index, 0], buckets), np.minimum(spans[index, 1], buckets + QUARTER_US)
        opens, closes = np.where(high > low, low, buckets), np.where(high > low, high, buckets)
    return pd.DataFrame(
        {"tier": rank, "bucket_us": buckets, "open_before_us": before, "opens_us": opens, "closes_us": closes}
    )


def _check_quarters(spans: np.ndarray) -> None:
    """Two openings inside one quarter of an hour would need two rows for it."""
    if np.any(spans[:-1, 1] // QUARTER_US == spans[1:, 0] // QUARTER_US):
        raise InputError(
            "Two openings lie within the same quarter of an hour.", todo="Leave out breaks that are shorter than that."
        )


def to_json(calendars: dict[str, Calendar]) -> str:
    """Calendars as text, as they are kept with a dataset."""
    told = {tier: asdict(calendar) for tier, calendar in calendars.items()}
    return json.dumps(told, default=str)


def from_json(text: str) -> dict[str, Calendar]:
    """The inverse of `to_json`."""
    return {tier: _calendar(told) for tier, told in json.loads(text or "{}").items()}


def _calendar(told: dict) -> Calendar:
    openings = lambda day: tuple((int(a), int(b)) for a, b in day)  # noqa: E731
    return Calendar(
        timezone=told["timezone"],
        week=tuple(openings(day) for day in told["week"]),
        holidays_country=told["holidays_country"],
        holidays_region=told["holidays_region"],
        exceptions=tuple((date.fromisoformat(str(day)), openings(hours)) for day, hours in told["exceptions"]),
    )


def hours_per_week(calendar: Calendar) -> float:
    """Open hours of an ordinary week."""
    return sum(end - start for day in calendar.week for start, end in day) * US_PER_MINUTE / US_PER_HOUR
