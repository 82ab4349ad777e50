"""First answers in time: what it takes to answer every new ticket within its priority's first-response target.

A first answer is the first minutes of a ticket's work (`first_answer_minutes` of the plan), given by the tier that the ticket
enters and due within `first_response_hours` of its clock. Work is fluid and the demand bound is that of `deferred`, over steps
of open time instead of days: in every window of steps, the answers that arrive and are due within it must fit,

    c* = max over s, L of  sum_k W_k[s .. s + L - D_k] / L      (steps from s, L of them, D_k steps for priority k)

What comes while the tier is closed lies there when it opens, and its clock starts then: with short targets, the Monday morning
asks for more than any whole day. The team is taken to sit evenly over the open hours and to answer new tickets before it goes
on with others. Chance within a day is left out; a live channel, where it rules, has `live`.

Windows are searched on the mean path and then measured on all: they move with the size of the days, hardly with their order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

import numpy as np

from analytics.staffing.calendars import TierCalendar

_STEP_MINUTES = 60.0
_SHORT_HOURS, _SHORT_STEP_MINUTES = 2.0, 30.0
"""With a target below so many hours, steps are shorter."""
_MOST_DAYS = 1
"""Windows are at most so many days longer than the longest target: beyond, whole days of work bind."""
_WINDOWS = 6
"""Windows of each week that are measured on all paths."""


@dataclass(frozen=True)
class NewTickets:
    """Tickets that a tier answers first, with what their first answers take."""

    entering: np.ndarray
    """(paths, calendar days), those answered live left out."""
    shares: np.ndarray
    """By priority; they sum to 1."""
    target_hours: tuple[float, ...]
    """Open hours until the first answer, by priority."""
    minutes: float
    """Of work per first answer."""
    start: date


@dataclass(frozen=True)
class FirstAnswers:
    """What first answers in time ask for."""

    capacity: np.ndarray
    """Hours of work per day, by path and week, (paths, weeks)."""
    begins: datetime
    ends: datetime
    """The hardest window of the week that the quantile names."""


def first_answers(
    new: NewTickets, calendar: TierCalendar, week: np.ndarray, hours: np.ndarray | None, quantile: float
) -> FirstAnswers | None:
    """Capacity for first answers in time; `week` is the number of each business day's week, `hours` the tier's arrivals by
    weekday and hour, (7, 24). None where no ticket enters here or an answer takes no time.

    `quantile`: of the mean path's weeks, the one whose window is named; 0.9 names that of the second hardest of thirteen.
    """
    if new.minutes <= 0 or not new.entering.any():
        return None
    step = _SHORT_STEP_MINUTES if min(new.target_hours) < _SHORT_HOURS else _STEP_MINUTES
    due = [max(1, int(hours_ * 60.0 / step + 1e-9)) for hours_ in new.target_hours]
    told = None if hours is None else np.ascontiguousarray(hours, float).tobytes()
    clock, came = _steps(calendar, new.start, new.entering.shape[1], step, told)
    tight = _tight(came @ new.entering.mean(axis=0), new.shares, due, clock.most)
    windows = _hardest(tight, week[clock.day_of])
    per_day = new.minutes / 60.0 * calendar.hours_per_day * 60.0 / step
    rows = _asked(came, new.shares, due, windows).reshape(-1, came.shape[1])
    asked = np.einsum("pd,wd->pw", new.entering, rows)  # rejected: @, whose threads cost more than so few numbers
    by_week = asked.reshape(len(asked), -1, windows.shape[1]).max(axis=2) * per_day
    hardest = tight[windows[..., 0], windows[..., 1]]
    at = np.argsort(hardest.max(axis=1))[min(int(quantile * len(windows)), len(windows) - 1)]
    length, end = windows[at, int(hardest[at].argmax())]
    begins, ends = clock.moment(end - length, ends=False), clock.moment(end + 1, ends=True)
    return FirstAnswers(by_week, begins, ends)


def _asked(came: np.ndarray, shares: np.ndarray, due: list[int], windows: np.ndarray) -> np.ndarray:
    """Answers per step that each window asks for, for each day's tickets, (weeks, windows, days)."""
    length, end = windows[..., 0], windows[..., 1]
    total = np.zeros((*length.shape, came.shape[1]))
    for share, within in zip(shares, due, strict=True):
        until = np.maximum(end + 2 - within, end - length)  # a window shorter than the target asks for none of them
        total += share * (came[until] - came[end - length])
    return total / (length + 1)[..., None]


def _tight(came: np.ndarray, shares: np.ndarray, due: list[int], most: int) -> np.ndarray:
    """Answers per step that every window asks for: row `length - 1`, column its last step; 0 where there is none."""
    steps = came.size - 1
    tight = np.zeros((min(most + max(due), steps), steps))
    for length in range(1, len(tight) + 1):
        starts = came[: steps - length + 1]
        total = np.zeros(starts.size)
        for share, within in zip(shares, due, strict=True):
            if within <= length:
                total += share * (came[length - within + 1 :][: starts.size] - starts)
        tight[length - 1, length - 1 :] = total / length
    return tight


def _hardest(tight: np.ndarray, week: np.ndarray) -> np.ndarray:
    """Row and column of the tightest windows that end in each week, (weeks, _WINDOWS, 2); `week` is that of each step."""
    found = []
    for begin, end in pairwise([0, *(np.flatnonzero(np.diff(week)) + 1), week.size]):
        own = tight[:, begin:end]
        best = np.resize(np.argpartition(own, -min(_WINDOWS, own.size), axis=None)[-_WINDOWS:], _WINDOWS)
        row, column = np.unravel_index(best, own.shape)
        found.append(np.stack([row, np.maximum(column + begin, row)], axis=1))
    return np.array(found)


@lru_cache(maxsize=16)
def _steps(
    calendar: TierCalendar, start: date, days: int, minutes: float, hours: bytes | None
) -> tuple[_Steps, np.ndarray]:
    """The open time of a horizon and what has come when; the same for every plan with this calendar."""
    clock = _Steps.of(calendar, start, days, minutes)
    came = clock.came(None if hours is None else np.frombuffer(hours).reshape(7, 24))
    came.flags.writeable = False  # one array for all who ask
    return clock, came


@dataclass(frozen=True)
class _Steps:
    """The open time of a horizon in steps, one after the other."""

    calendar: TierCalendar
    start: date
    days: int
    minutes: float
    open_before: np.ndarray
    """Open minutes before each calendar day, and in all, (days + 1,)."""

    @classmethod
    def of(cls, calendar: TierCalendar, start: date, days: int, minutes: float) -> _Steps:
        openings = [calendar.opening(start + timedelta(d)) or (0, 0) for d in range(days)]
        return cls(calendar, start, days, minutes, np.concatenate([[0.0], np.cumsum([b - a for a, b in openings])]))

    @property
    def count(self) -> int:
        return max(1, int(np.ceil(self.open_before[-1] / self.minutes - 1e-9)))

    @property
    def most(self) -> int:
        """Steps of the longest window, the longest target left out."""
        return int(np.ceil(_MOST_DAYS * self.calendar.hours_per_day * 60.0 / self.minutes))

    @property
    def day_of(self) -> np.ndarray:
        """The business day, from 0, in which each step begins, (steps,)."""
        ends = np.unique(self.open_before)[1:]
        return np.searchsorted(ends, np.arange(self.count) * self.minutes + 1e-9, side="right").clip(max=len(ends) - 1)

    def came(self, hours: np.ndarray | None) -> np.ndarray:
        """Share of each day's tickets that has come before each step begins, (steps + 1, days); what comes while the tier is
        closed has come when it opens, after the last day's closing never."""
        found = np.zeros((self.count + 2, self.days))
        for day in range(self.days):
            opens, closes = self.calendar.opening(self.start + timedelta(day)) or (0, 0)
            clock = np.arange(24) * 60.0
            shown = self.open_before[day] + np.clip(clock - opens, 0.0, closes - opens)
            weights = self._weights(hours, day, opens, closes)
            np.add.at(found[:, day], np.minimum((shown / self.minutes + 1e-9).astype(int), self.count) + 1, weights)
        return np.cumsum(found, axis=0)[: self.count + 1]

    def _weights(self, hours: np.ndarray | None, day: int, opens: int, closes: int) -> np.ndarray:
        """Shares of a day's tickets by hour, (24,): history's, else even over the open hours."""
        told = np.zeros(24) if hours is None else np.asarray(hours, float)[(self.start + timedelta(day)).weekday()]
        if not told.any():
            clock = np.arange(24) * 60.0
            told = np.clip(np.minimum(clock + 60.0, closes) - np.maximum(clock, opens), 0.0, None)
        return told / told.sum() if told.any() else np.eye(24)[0]

    def moment(self, step: int, ends: bool) -> datetime:
        """When a step begins; where it `ends` what came before, a closing time is not told as the next opening."""
        at = min(step * self.minutes, float(self.open_before[-1]))
        day = int(np.searchsorted(self.open_before, at, side="left" if ends else "right")) - 1
        opens = (self.calendar.opening(self.start + timedelta(day)) or (0, 0))[0]
        return datetime.combine(self.start, time()) + timedelta(day, minutes=opens + at - self.open_before[day])
