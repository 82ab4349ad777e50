"""Business days and open hours of a tier: which days count, which minutes it is open.

Days are local dates of the dataset; minutes count from midnight. A tier has at most one opening per weekday ("0-24" is
all day) and a set of closed dates. Work that arrives on a closed day is work of the next open day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analytics.errors import InputError, did_you_mean

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Opening = tuple[int, int]
"""Minutes after midnight: opens, closes."""


@dataclass(frozen=True)
class TierCalendar:
    """When a tier is open."""

    openings: tuple[Opening | None, ...]
    """One per weekday from Monday; None where closed."""
    closed: frozenset[date] = frozenset()
    """Holidays and other closed dates."""

    def __post_init__(self) -> None:
        if len(self.openings) != 7 or not any(self.openings):
            raise InputError("A calendar needs at least one open weekday.", found=f"Found {self.openings}.")

    @property
    def days_per_week(self) -> int:
        """Open weekdays."""
        return sum(opening is not None for opening in self.openings)

    @property
    def hours_per_day(self) -> float:
        """Mean open hours of an open weekday."""
        return sum(end - start for start, end in filter(None, self.openings)) / 60.0 / self.days_per_week

    @property
    def hours_per_week(self) -> float:
        """Open hours of a week without holidays."""
        return self.hours_per_day * self.days_per_week

    def opening(self, day: date) -> Opening | None:
        """The opening of a date, None where closed."""
        return None if day in self.closed else self.openings[day.weekday()]

    def open_days(self, start: date, days: int) -> np.ndarray:
        """Which of `days` dates from `start` are open, (days,) bool."""
        return np.array([self.opening(start + timedelta(d)) is not None for d in range(days)], dtype=bool)

    def business_day_of(self, start: date, days: int) -> np.ndarray:
        """For each date from `start` the number (from 0) of the business day its arrivals are work of, (days,) int.

        Arrivals of a closed day belong to the next open day; after the last open day, to a business day beyond the end.
        """
        is_open = self.open_days(start, days)
        return np.cumsum(is_open) - is_open

    def business_dates(self, start: date, days: int) -> list[date]:
        """The open dates among `days` dates from `start`."""
        return [start + timedelta(int(d)) for d in np.flatnonzero(self.open_days(start, days))]


def by_business_day(values: np.ndarray, calendar: TierCalendar, start: date) -> np.ndarray:
    """Add up daily values (paths, days) to business days (paths, business days); what comes after the last open day of
    the horizon belongs to a day beyond it and is left out."""
    index = calendar.business_day_of(start, values.shape[1])
    business = int(calendar.open_days(start, values.shape[1]).sum())
    if business == 0:
        raise InputError("The tier is closed on every day of the horizon.", found=f"{values.shape[1]} days, {start}.")
    starts = np.concatenate([[0], np.flatnonzero(np.diff(index)) + 1])
    return np.add.reduceat(values, starts, axis=1)[:, :business]


def parse_days(value: str | Sequence[str]) -> tuple[int, ...]:
    """Weekday numbers from "Mon-Fri", "Mon, Wed" or ["Mon", "Wed"]."""
    parts = value.split(",") if isinstance(value, str) else list(value)
    days: list[int] = []
    for part in parts:
        ends = [_weekday(name.strip()) for name in str(part).replace("–", "-").split("-")]
        span = (ends[-1] - ends[0]) % 7 if len(ends) == 2 else 0
        days.extend((ends[0] + step) % 7 for step in range(span + 1))
    return tuple(sorted(set(days)))


def _weekday(name: str) -> int:
    short = name[:3].title()
    if short not in WEEKDAYS:
        raise InputError("A weekday was expected.", found=f"Found '{name}'.", todo=did_you_mean(name, list(WEEKDAYS)))
    return WEEKDAYS.index(short)


def parse_hours(value: str) -> Opening:
    """Minutes after midnight from "9-17" or "08:30-17:30"."""
    try:
        start, end = (_minutes(part) for part in value.replace("–", "-").split("-"))
    except ValueError as error:
        raise InputError("Opening hours were expected, such as '9-17'.", found=f"Found {value!r}.") from error
    if not 0 <= start < end <= 1440:
        raise InputError("A tier opens before it closes, within one day.", found=f"Found {value!r}.")
    return start, end


def _minutes(text: str) -> int:
    hours, _, minutes = text.strip().partition(":")
    return int(hours) * 60 + int(minutes or 0)


def calendar_of(days: str | Sequence[str], hours: str | Mapping[str, str], holidays: Sequence[date]) -> TierCalendar:
    """A calendar from the words of a plan; `hours` is one opening for all `days`, or one per weekday by name."""
    openings: list[Opening | None] = [None] * 7
    if isinstance(hours, Mapping):
        for name, text in hours.items():
            for day in parse_days(name):
                openings[day] = parse_hours(text)
    else:
        for day in parse_days(days):
            openings[day] = parse_hours(hours)
    return TierCalendar(tuple(openings), frozenset(holidays))


def openings_of(
    calendar: TierCalendar, start: date, days: int, seats: np.ndarray | Sequence[float] | float
) -> np.ndarray:
    """The tier's openings from `start` as minutes: (openings, 4) start, end, open minutes before, seats.

    `seats` is one number, or one per date. The horizon is followed by what the simulation needs to end visits: nothing.
    """
    per_day = np.broadcast_to(np.asarray(seats, dtype=float), (days,))
    rows, before = [], 0.0
    for day in range(days):
        opening = calendar.opening(start + timedelta(day))
        if opening is not None:
            rows.append((day * 1440.0 + opening[0], day * 1440.0 + opening[1], before, per_day[day]))
            before += opening[1] - opening[0]
    if not rows:
        raise InputError("The tier is closed on every day of the horizon.", found=f"{days} days from {start}.")
    return np.array(rows)
